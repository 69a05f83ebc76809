package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"hotloop/interp"
)

// attached gives a session on sources in memory, its socket, and a screen's view
// of it from elsewhere.
func attached(t *testing.T) (*Session, *Socket, *Remote) {
	t.Helper()
	privateSockets(t)
	s := embedded(t, Host{Sources: map[string]string{"door.go": doorText}})
	sock, err := Listen(s, "on", []string{"door"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	r, err := Attach(t.Context(), sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return s, sock, r
}

// waitLog waits until the copy of the log has an entry.
func waitLog(t *testing.T, r *Remote, want func(Entry) bool) Entry {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patienceForTests)
	defer cancel()
	var since uint64
	next := uint64(1)
	for {
		now, err := r.Changed(ctx, since)
		if err != nil {
			t.Fatal(err)
		}
		since = now
		for _, e := range r.Log().Window(next, 1000) {
			next = e.Seq + 1
			if want(e) {
				return e
			}
		}
	}
}

func TestRemoteIsTheSession(t *testing.T) {
	s, _, r := attached(t)
	ctx := t.Context()
	if info := r.Info(); info != s.Info() {
		t.Errorf("%+v, want %+v", info, s.Info())
	}
	ev, err := r.Fire(ctx, FireRequest{Event: "door.OnOpen", Data: []byte(`{"Door":"front","People":3}`)})
	if err != nil || ev.Calls[0].Returns[0].Text != `"front 1"` {
		t.Fatalf("%+v, %v", ev, err)
	}
	waitLog(t, r, func(e Entry) bool { return e.Event != nil && e.Event.Calls[0].Returns[0].Text == `"front 1"` })
	if _, err := s.Save(ctx, map[string]string{"door.go": strings.Replace(doorText, " 1", " 2", 1)}); err != nil {
		t.Fatal(err)
	}
	rep := waitLog(t, r, func(e Entry) bool { return e.Report != nil && e.Report.Cause == interp.CauseWatch }).Report
	if rep.Units[0].Key != "func OnOpen" || rep.Units[0].Diff == "" {
		t.Errorf("%+v", rep)
	}
	scripts := r.Scripts()
	if len(scripts) != 1 || scripts[0].Name != "door" || len(scripts[0].Units) != len(s.Scripts()[0].Units) {
		t.Errorf("%+v", scripts)
	}
	reports, err := r.Reports("door", 0)
	if err != nil || len(reports) != 2 {
		t.Errorf("%+v, %v", reports, err)
	}
	if text, err := r.Source("door", "OnOpen", 1); err != nil || !strings.Contains(text.Text, " 1") {
		t.Errorf("%+v, %v", text, err)
	}
	if list, err := r.Versions("door", "OnOpen"); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	if vars, err := r.State(ctx, "door"); err != nil || len(vars) != 1 || vars[0].Text != "3" {
		t.Errorf("%+v, %v", vars, err)
	}
	if parts, err := r.Parts(ctx, "door", "total", nil, 0, 10); err != nil || parts.Self.Text != "3" {
		t.Errorf("%+v, %v", parts, err)
	}
	if shape, err := r.Shape(ctx, "door", "OnOpen"); err != nil || len(shape) != 1 {
		t.Errorf("%+v, %v", shape, err)
	}
	if v, fail, err := r.Eval(ctx, "door", "total + 1"); err != nil || fail != nil || v.Text != "4" {
		t.Errorf("%+v, %+v, %v", v, fail, err)
	}
	if _, fail, err := r.Eval(ctx, "door", "nothing"); err != nil || fail == nil || !strings.Contains(fail.Message, "undefined") {
		t.Errorf("%+v, %v", fail, err)
	}
	if before, after, fail, err := r.Set(ctx, "door", "total", "9"); err != nil || fail != nil || before.Text != "3" || after.Text != "9" {
		t.Errorf("%+v, %+v, %+v, %v", before, after, fail, err)
	}
	if rep, err := r.Rollback(ctx, "door", "OnOpen", 1, 0); err != nil || rep.Cause != interp.CauseRollback {
		t.Errorf("%+v, %v", rep, err)
	}
	r.SetApply(ApplyAsk)
	if r.Info().Apply != ApplyAsk {
		t.Error("the mode was not set")
	}
	if _, err := s.Save(ctx, map[string]string{"door.go": strings.Replace(doorText, " 1", " 3", 1)}); err != nil {
		t.Fatal(err)
	}
	if p := r.Pending(); len(p) != 1 || p[0].Script != "door" {
		t.Errorf("%+v", p)
	}
	if rep, err := r.Confirm(ctx, "door", true); err != nil || rep.Status != interp.StatusLive {
		t.Errorf("%+v, %v", rep, err)
	}
	if _, err := r.Reload(ctx, "dor", ""); err == nil || !strings.Contains(err.Error(), "did you mean door?") {
		t.Errorf("%v", err)
	}
	if n, err := r.Stop(ctx, "door"); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if rep, err := r.Restart(ctx, "door"); err != nil || rep.Status != interp.StatusReloaded {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestManyClients has handles, events, screens elsewhere and plain clients at one
// session at once: each gets its answers, and all see the same log.
func TestManyClients(t *testing.T) {
	s, sock, r := attached(t)
	// It only reads: what a script does to its variables from several calls at
	// once is its own business.
	total, err := Func[func() (int, error)](s, "door.Total")
	if err != nil {
		t.Fatal(err)
	}
	const each = 20
	var wg sync.WaitGroup
	try := func(f func(i int) error) {
		wg.Go(func() {
			for i := range each {
				if err := f(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	try(func(int) error { _, err := total(); return err })
	try(func(int) error { _, err := r.Fire(t.Context(), FireRequest{Event: "Total"}); return err })
	c, err := Dial(t.Context(), sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	try(func(int) error {
		return c.Call(t.Context(), "session.fire", map[string]any{"event": "Total"}, nil)
	})
	try(func(i int) error {
		_, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, " 1", fmt.Sprint(" ", i+2), 1)})
		return err
	})
	wg.Wait()
	last := waitLog(t, r, func(e Entry) bool { return e.Report != nil && e.Report.ID == each+1 })
	if last.Report.Status != interp.StatusLive {
		t.Errorf("%+v", last.Report)
	}
}

func TestRemoteSeesTheEnd(t *testing.T) {
	_, sock, r := attached(t)
	sock.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patienceForTests)
	defer cancel()
	var since uint64
	for {
		now, err := r.Changed(ctx, since)
		if errors.Is(err, ErrClosed) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		since = now
	}
}

func TestAttachFindsNothing(t *testing.T) {
	privateSockets(t)
	for _, at := range []string{"", t.TempDir(), "no/such/place"} {
		if r, err := Attach(t.Context(), at); err == nil {
			r.Close()
			t.Errorf("%q was attached to", at)
		}
	}
}

func TestRemoteOldCode(t *testing.T) {
	_, _, r := attached(t)
	if old, err := r.Old(t.Context(), "door"); err != nil || len(old.Old) != 0 || !old.Whole {
		t.Errorf("%+v, %v", old, err)
	}
	if _, err := r.Old(t.Context(), "dor"); err == nil {
		t.Error("told of a script that there is not")
	}
}
