package session

import (
	"context"
	"fmt"
	"io"
)

// Start begins a session and, unless listen is "off", its socket; see Listen
// for what else listen may be. end closes both. The context it returns ends
// with ctx, and when a client of the socket asks for session.shutdown. When
// listen is "on" and another session of the same paths has the socket, or there
// is no place for one, this one runs without and its log says so.
func Start(ctx context.Context, cfg Config, listen string) (s *Session, running context.Context, end func() error, err error) {
	s, err = New(ctx, cfg)
	if err != nil {
		return nil, nil, nil, err
	}
	running, cancel := context.WithCancel(ctx)
	if listen == "off" {
		return s, running, func() error { cancel(); return s.Close() }, nil
	}
	sock, err := Listen(s, listen, cfg.Paths, cancel)
	if err != nil {
		end = func() error { cancel(); return s.Close() }
		if listen == "on" {
			return s, running, end, nil
		}
		end()
		return nil, nil, nil, err
	}
	return s, running, func() error { cancel(); sock.Close(); return s.Close() }, nil
}

// PrintNotices writes a line for everything that the session says of itself
// (what cannot be watched, recorded or reached) until ctx ends or the session
// closes. It is for those who have no screen.
func PrintNotices(ctx context.Context, s *Session, w io.Writer) {
	var since, seen uint64
	for {
		now, err := s.Changed(ctx, since)
		for {
			entries := s.Log().Window(seen, 256)
			for _, e := range entries {
				if e.Notice != "" {
					fmt.Fprintf(w, "hotloop: %s\n", e.Notice)
				}
			}
			if len(entries) == 0 {
				break
			}
			seen = entries[len(entries)-1].Seq + 1
		}
		if err != nil {
			return
		}
		since = now
	}
}
