package session

import "context"

// Start begins a session and, unless listen is "off", its socket; see Listen
// for what else listen may be. end closes both. The context it returns ends
// with ctx, and when a client of the socket asks for session.shutdown. When
// listen is "on" and another session of the same paths has the socket, or there
// is no place for one, this one runs without and its log says so.
func Start(ctx context.Context, cfg Config, listen string) (s *Session, running context.Context, end func(), err error) {
	s, err = New(ctx, cfg)
	if err != nil {
		return nil, nil, nil, err
	}
	running, cancel := context.WithCancel(ctx)
	if listen == "off" {
		return s, running, func() { cancel(); s.Close() }, nil
	}
	sock, err := Listen(s, listen, cfg.Paths, cancel)
	if err != nil {
		end = func() { cancel(); s.Close() }
		if listen == "on" {
			return s, running, end, nil
		}
		end()
		return nil, nil, nil, err
	}
	return s, running, func() { cancel(); sock.Close(); s.Close() }, nil
}
