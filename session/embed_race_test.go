package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"hotloop/interp"
)

// TestWholeAPIAtOnce uses all of a session's Go API from many goroutines: fires
// in every way, saves of two scripts, rollbacks, reloads, looks at everything.
// It is worth most under the race detector; apart from that, no call fails, and
// none sees two versions.
func TestWholeAPIAtOnce(t *testing.T) {
	text := func(name string, n int) string {
		return fmt.Sprintf("package %s\n\nimport \"sync/atomic\"\n\nvar calls atomic.Int64\n\nfunc left() int { return %d }\n\nfunc right() int { return %d }\n\n"+
			"func Both() (int, int) { calls.Add(1); return left(), right() }\n", name, n, n)
	}
	var reports sync.Map
	s := embedded(t, Host{
		Sources: map[string]string{"a/a.go": text("a", 1), "b/b.go": text("b", 1)},
		Before:  func(context.Context, Edit) error { return nil },
		After:   func(r interp.Report) { reports.Store(r.ID, true) },
		Logger:  slog.New(slog.DiscardHandler),
	})
	ctx := t.Context()
	stop := make(chan struct{})
	var busy, saving sync.WaitGroup
	whileSaving := func(n int, f func() error) {
		for range n {
			busy.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if err := f(); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	agree := func(a, b any, err error) error {
		if err == nil && a != b {
			err = fmt.Errorf("%v and %v are of two versions", a, b)
		}
		return err
	}
	for _, name := range []string{"a.Both", "b.Both"} {
		both, err := Func[func() (int, int, error)](s, name)
		if err != nil {
			t.Fatal(err)
		}
		whileSaving(2, func() error { a, b, err := both(); return agree(a, b, err) })
		whileSaving(1, func() error {
			out, err := s.Call(ctx, name)
			if err != nil {
				return err
			}
			return agree(out[0], out[1], nil)
		})
	}
	whileSaving(2, func() error {
		e, err := s.Fire(ctx, FireRequest{Event: "Both"}) // in both scripts
		if err == nil && len(e.Calls) != 2 {
			err = fmt.Errorf("%d calls", len(e.Calls))
		}
		for _, c := range e.Calls {
			if c.Error != nil {
				return errors.New(c.Error.Message)
			}
			err = errors.Join(err, agree(c.Returns[0].Text, c.Returns[1].Text, nil))
		}
		return err
	})
	whileSaving(1, func() error {
		_, err := s.State(ctx, "a")
		s.Scripts()
		s.SavedEvents()
		_ = s.MetricsVar().String()
		return err
	})
	whileSaving(1, func() error { _, fail, err := s.Eval(ctx, "b", "left()"); return errors.Join(err, failed(fail)) })
	follow, leave := context.WithCancel(ctx)
	busy.Go(func() {
		last := uint64(0)
		for e := range s.Follow(follow) {
			if e.Seq <= last {
				t.Errorf("entry %d after %d", e.Seq, last)
			}
			last = e.Seq
		}
	})
	const saves = 12
	for _, name := range []string{"a", "b"} {
		for k := range 2 {
			saving.Go(func() {
				for i := range saves {
					if _, err := s.Save(ctx, map[string]string{name + "/" + name + ".go": text(name, 2+2*i+k)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	saving.Go(func() {
		for range saves {
			list, err := s.Reports("a", 0)
			if err != nil {
				t.Error(err)
			}
			// Another save may have come in between, so it may be refused.
			_, _ = s.Rollback(ctx, "a", "", 0, list[len(list)-1].ID)
			if _, err := s.Reload(ctx, "b", ""); err != nil {
				t.Error(err)
			}
		}
	})
	saving.Wait()
	close(stop)
	leave()
	busy.Wait()
	m := s.Metrics()
	if m.Errors != 0 || m.InFlight != 0 {
		t.Errorf("%+v", m)
	}
	list, err := s.Reports("", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if _, ok := reports.Load(r.ID); !ok {
			t.Errorf("After was not told of report %d", r.ID)
		}
	}
}

func failed(e *interp.CallError) error {
	if e == nil {
		return nil
	}
	return errors.New(e.Message)
}
