package interp

import (
	"reflect"
	"time"
)

// choose is what a select statement of a script calls: operands are three for
// each case, the channel, a channel with room for one value (or false, when
// nobody wants what is received), and whether the case sends. The value to send
// is in the channel with room; what is received is put there. It gives the
// index of the case, -1 for the default, and whether a value was received.
//
// A goroutine that is to end does so here, also while it waits.
func (s *stopper) choose(function, file string, line int, hasDefault bool, operands ...any) (chosen int, ok bool) {
	if chosen, ok, did := alone(hasDefault, operands); did {
		return chosen, ok
	}
	n := len(operands) / 3
	cases := make([]reflect.SelectCase, n+2)
	for i := range n {
		ch, value, sends := reflect.ValueOf(operands[3*i]), reflect.ValueOf(operands[3*i+1]), operands[3*i+2].(bool)
		cases[i].Dir = reflect.SelectRecv
		if sends {
			cases[i].Dir = reflect.SelectSend
		}
		if !ch.IsValid() || ch.IsNil() {
			continue // never ready
		}
		cases[i].Chan = ch
		if sends {
			cases[i].Send, _ = value.Recv()
		}
	}
	for {
		if s.clock != nil { // the first that is ready, instead of any
			if i, v, ok, did := firstReady(cases[:n]); did {
				if into := reflect.ValueOf(operands[3*i+1]); cases[i].Dir == reflect.SelectRecv && into.Kind() == reflect.Chan {
					into.Send(v)
				}
				return i, ok
			}
		}
		s.mu.Lock()
		wake, asked := s.wake, len(s.targets) > 0 || s.closing
		s.mu.Unlock()
		if asked {
			s.check(function, file, line)
		}
		cases[n] = reflect.SelectCase{Dir: reflect.SelectDefault}
		cases[n+1] = reflect.SelectCase{Dir: reflect.SelectRecv}
		if !hasDefault {
			cases[n] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(wake)}
			if idle := s.idle(); idle != nil {
				cases[n+1].Chan = reflect.ValueOf(idle)
			}
		}
		chosen, v, ok := reflect.Select(cases)
		switch {
		case chosen == n+1:
			s.clock.step(time.Time{})
			continue
		case chosen == n && hasDefault:
			return -1, false
		case chosen == n:
			continue
		case cases[chosen].Dir == reflect.SelectRecv:
			if into := reflect.ValueOf(operands[3*chosen+1]); into.Kind() == reflect.Chan {
				into.Send(v)
			}
		}
		return chosen, ok
	}
}

// firstReady takes the first case that need not wait, if there is one.
func firstReady(cases []reflect.SelectCase) (i int, v reflect.Value, ok, did bool) {
	for i, c := range cases {
		if !c.Chan.IsValid() {
			continue
		}
		if chosen, v, ok := reflect.Select([]reflect.SelectCase{c, {Dir: reflect.SelectDefault}}); chosen == 0 {
			return i, v, ok, true
		}
	}
	return 0, v, false, false
}

// alone tries a single case that need not wait; otherwise it leaves everything
// as it is.
func alone(hasDefault bool, operands []any) (chosen int, ok, did bool) {
	if hasDefault || len(operands) != 3 {
		return 0, false, false
	}
	ch, value := reflect.ValueOf(operands[0]), reflect.ValueOf(operands[1])
	if !ch.IsValid() || ch.IsNil() {
		return 0, false, false
	}
	if operands[2] == true {
		v, _ := value.Recv()
		if ch.TrySend(v) {
			return 0, false, true
		}
		value.Send(v) // there is room
		return 0, false, false
	}
	v, ok := ch.TryRecv()
	if !v.IsValid() {
		return 0, false, false
	}
	if value.Kind() == reflect.Chan {
		value.Send(v)
	}
	return 0, ok, true
}
