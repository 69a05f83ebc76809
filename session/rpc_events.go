package session

import (
	"context"
	"strings"
)

// rpcEvents turns the session's log into notifications of one connection. It
// follows the log without ever waiting for the client; how much may pile up is
// the business of rpcOut.
type rpcEvents struct {
	s      rpcSession
	out    *rpcOut
	cursor uint64 // sequence number to send next
}

// follow delivers until ctx ends or the session closes.
func (e *rpcEvents) follow(ctx context.Context) {
	var since uint64
	for {
		now, err := e.s.Changed(ctx, since)
		e.deliver()
		if err != nil {
			return
		}
		since = now
	}
}

// deliver sends what the log holds from the cursor on.
func (e *rpcEvents) deliver() {
	for {
		entries := e.s.Log().Window(e.cursor, 256)
		if len(entries) == 0 {
			return
		}
		if gap := entries[0].Seq - e.cursor; gap > 0 {
			e.out.drop("", "log", int64(gap)) // the log itself has let go of them
		}
		for i := range entries {
			e.send(&entries[i])
		}
		e.cursor = entries[len(entries)-1].Seq + 1
	}
}

func (e *rpcEvents) send(entry *Entry) {
	switch {
	case entry.Event != nil:
		e.notify("event", entry, func() any { return wireEvent(*entry.Event) })
	case entry.Report != nil:
		e.notify("report", entry, func() any { return wireReport(*entry.Report) })
	case entry.Pins != nil:
		for i := range entry.Pins.Results {
			e.notify("pin", entry, func() any { return wirePinResult(entry.Pins.Results[i]) })
		}
	case entry.Crash != nil:
		e.notify("crash", entry, func() any { return entry.Crash })
	case entry.Output != nil:
		e.notify("output", entry, func() any { return entry.Output })
	case entry.Notice != "":
		e.notify("notice", entry, func() any { return Notice{entry.Script, entry.Notice} })
	case entry.Dropped != nil:
		e.out.drop(entry.Dropped.Script, entry.Dropped.Stream, entry.Dropped.Count)
	}
}

// notify sends one notification, or counts it when there is no room.
func (e *rpcEvents) notify(method string, entry *Entry, params func() any) {
	if !e.out.room(method) {
		stream, count := method, int64(1)
		if o := entry.Output; o != nil {
			stream, count = o.Stream, int64(max(1, strings.Count(o.Text, "\n")))
		}
		e.out.drop(entry.Script, stream, count)
		return
	}
	line, err := encodeLine(rpcNotification{"2.0", method, params()})
	if err != nil {
		e.out.drop(entry.Script, method, 1) // a value that promised a JSON form and has none
		return
	}
	e.out.notify(line)
}
