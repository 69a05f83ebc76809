package session

import (
	"context"
	"errors"
	"time"
)

// probeWait is what an engine gets to answer at all before it is given up.
const probeWait = 2 * time.Second

// probed is an engine that can be asked for a sign of life, and ended when it
// gives none.
type probed interface {
	// Probe waits for an answer that takes no part of the script.
	Probe(ctx context.Context) error
	// Kill ends the engine at once; its Exit then gives the reason.
	Kill(reason string)
}

// probe finds out whether an engine that did not answer in time answers at all.
// One that does not (its process was stopped, or has no processor left for it)
// is ended, and with it goes everything that waits for it; the script is loaded
// again as after any crash. It returns at once.
func (s *Session) probe(e *engine) {
	p, ok := e.Engine.(probed)
	if !ok {
		return
	}
	s.mu.Lock()
	busy := e.probing || s.closed
	if !busy {
		e.probing = true
		s.wg.Add(1) // Close sets closed under the same lock before it waits
	}
	s.mu.Unlock()
	if busy {
		return
	}
	go func() {
		defer s.wg.Done()
		ctx, cancel := context.WithTimeout(s.ctx, s.probeWait)
		defer cancel()
		err := p.Probe(ctx)
		s.mu.Lock()
		e.probing = false
		s.mu.Unlock()
		if errors.Is(err, context.DeadlineExceeded) {
			p.Kill("it did not answer any more, so it was ended")
		}
	}()
}
