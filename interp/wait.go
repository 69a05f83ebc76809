package interp

import (
	"sync"
	"sync/atomic"
	"time"
)

// What a script waits for in package sync is waited for by a goroutine of the
// host's, so that the script's own can be ended meanwhile. Locks and conditions
// belong to no goroutine, which is why that can be done.

// waitFor waits until done is closed. A goroutine that is to end does so here.
func (s *stopper) waitFor(done <-chan struct{}, function, file string, line int) {
	for {
		s.mu.Lock()
		wake, asked := s.wake, len(s.targets) > 0 || s.closing
		s.mu.Unlock()
		if asked {
			s.check(function, file, line)
		}
		select {
		case <-done:
			return
		case <-wake:
		case <-s.idle():
			s.clock.step(time.Time{})
		}
	}
}

// wait is what a script calls for on.how(), where on is something of package
// sync that may have to be waited for.
func (s *stopper) wait(function, file string, line int, how string, on any) {
	switch on := on.(type) {
	case *sync.Mutex:
		if !on.TryLock() {
			s.lock(on.Lock, on.Unlock, function, file, line)
		}
	case *sync.RWMutex:
		switch {
		case how == "RLock":
			if !on.TryRLock() {
				s.lock(on.RLock, on.RUnlock, function, file, line)
			}
		case !on.TryLock():
			s.lock(on.Lock, on.Unlock, function, file, line)
		}
	case *sync.WaitGroup:
		done := make(chan struct{})
		go func() {
			defer close(done)
			on.Wait()
		}()
		s.waitFor(done, function, file, line)
	case *sync.Cond:
		s.waitCond(on, function, file, line)
	}
}

// States of a lock that is waited for.
const (
	lockWaits = iota
	lockTaken
	lockAbandoned
)

// lock takes a lock that somebody holds. When the goroutine ends meanwhile, the
// lock is let go of as soon as it is there.
func (s *stopper) lock(lock, unlock func(), function, file string, line int) {
	var state atomic.Int32
	done := make(chan struct{})
	go func() {
		lock()
		if !state.CompareAndSwap(lockWaits, lockTaken) {
			unlock()
		}
		close(done)
	}()
	finished := false
	defer func() {
		if !finished && !state.CompareAndSwap(lockWaits, lockAbandoned) {
			unlock() // it came at the last moment
		}
	}()
	s.waitFor(done, function, file, line)
	finished = true
}

// waitCond waits for a condition. Its lock is held before and after, also when
// the goroutine ends: a deferred call will unlock it. To get it back everybody
// who waits is woken, who have to look again what is the case anyway.
func (s *stopper) waitCond(c *sync.Cond, function, file string, line int) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Wait()
	}()
	finished := false
	defer func() {
		for !finished {
			c.Broadcast()
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond): // it may not have begun to wait
			}
		}
	}()
	s.waitFor(done, function, file, line)
	finished = true
}

// sleep is time.Sleep.
func (s *stopper) sleep(function, file string, line int, d time.Duration) {
	if d <= 0 {
		return
	}
	if s.clock != nil {
		s.waitFor(s.clock.sleep(d), function, file, line)
		return
	}
	done := make(chan struct{})
	timer := time.AfterFunc(d, func() { close(done) })
	defer timer.Stop()
	s.waitFor(done, function, file, line)
}
