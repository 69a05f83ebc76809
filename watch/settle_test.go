package watch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// rig drives a settler as the worker does, on a disk and a clock of its own.
type rig struct {
	t     *testing.T
	s     *settler
	disk  map[string]sight // what a look finds; nothing for a missing file
	lock  bool
	ended bool
	start time.Time
	log   []string // what was delivered when
	looks int
	asked int
}

// step is what happens on the disk at a time after the start.
type step struct {
	at time.Duration
	do func(*rig)
}

// The things that happen. In put, writer says who has the file open then.
func put(path, text string, w writer) func(*rig) {
	return func(r *rig) { r.set(path, sight{text: []byte(text), writer: w}); r.touch(path) }
}

// silently is put without an event.
func silently(path, text string, w writer) func(*rig) {
	return func(r *rig) { r.set(path, sight{text: []byte(text), writer: w}) }
}
func rm(path string) func(*rig) { return func(r *rig) { delete(r.disk, path); r.touch(path) } }
func deny(path string) func(*rig) {
	return func(r *rig) { r.set(path, sight{err: errors.New("denied")}); r.touch(path) }
}
func touch(path string) func(*rig) { return func(r *rig) { r.touch(path) } }
func stir(r *rig)                  { r.s.stir(time.Now()) }
func lock(r *rig)                  { r.lock = true }
func unlock(r *rig)                { r.lock, r.ended = false, true }
func all(do ...func(*rig)) func(*rig) {
	return func(r *rig) {
		for _, f := range do {
			f(r)
		}
	}
}

func (r *rig) set(path string, s sight) { r.disk[path] = s }
func (r *rig) touch(path string)        { r.s.touch(r.s.file(path, path), time.Now()) }

// newRig has the files a and b, with the texts A and B, and nobody writing. A
// text is ready when it holds no "?".
func newRig(t *testing.T, c Config) *rig {
	r := &rig{t: t, s: newSettler(paceOf(c.withDefaults())), disk: map[string]sight{}, start: time.Now()}
	for path, text := range map[string]string{"a": "A", "b": "B"} {
		r.set(path, sight{text: []byte(text), writer: writerGone})
		f := r.s.file(path, path)
		f.known, f.text = true, []byte(text)
	}
	r.s.look = func(path string) sight {
		r.looks++
		s, ok := r.disk[path]
		s.missing = !ok
		s.at = time.Now()
		return s
	}
	r.s.locked = func() bool { return r.lock }
	r.s.ended = func(time.Time) bool { return r.ended }
	r.s.ready = func(changes []Change) bool {
		r.asked++
		for _, c := range changes {
			if strings.Contains(string(c.Text), "?") {
				return false
			}
		}
		return true
	}
	return r
}

// run takes the steps and goes on until nothing is pending.
func (r *rig) run(steps []step) {
	for {
		done, until := r.s.settle()
		if done {
			r.deliver()
			continue
		}
		var next time.Time
		if len(steps) > 0 {
			next = r.start.Add(steps[0].at)
		}
		if until.IsZero() && next.IsZero() {
			return
		}
		if !until.IsZero() && !until.After(time.Now()) {
			r.t.Fatalf("at %v: settle wants to be called again at once", time.Since(r.start))
		}
		if until.IsZero() || !next.IsZero() && next.Before(until) {
			time.Sleep(time.Until(next))
			steps[0].do(r)
			steps = steps[1:]
			continue
		}
		time.Sleep(time.Until(until))
	}
}

func (r *rig) deliver() {
	b, failed := r.s.commit()
	var s strings.Builder
	fmt.Fprint(&s, time.Since(r.start))
	for _, c := range b.Changes {
		if c.Removed {
			fmt.Fprintf(&s, " -%s", c.Path)
		} else {
			fmt.Fprintf(&s, " %s=%s", c.Path, c.Text)
		}
	}
	for _, f := range failed {
		fmt.Fprintf(&s, " !%s", f.path)
	}
	r.log = append(r.log, s.String())
}

func TestSettle(t *testing.T) {
	const (
		us = time.Microsecond
		ms = time.Millisecond
	)
	// A change of one file, or of one and another in turn, every so often.
	storm := func(from, length, every time.Duration, paths string, w writer) (steps []step) {
		for i := 0; time.Duration(i)*every < length; i++ {
			path := paths[i%len(paths) : i%len(paths)+1]
			steps = append(steps, step{from + time.Duration(i)*every, put(path, fmt.Sprint(i), w)})
		}
		return steps
	}
	tests := []struct {
		name  string
		cfg   Config
		blind bool
		steps []step
		want  []string
	}{
		{name: "nothing"},
		{
			name:  "one file, closed",
			steps: []step{{0, put("a", "1", writerGone)}},
			want:  []string{"400µs a=1"},
		},
		{
			name:  "one file, nobody knows whether closed",
			steps: []step{{0, put("a", "1", writerUnknown)}},
			want:  []string{"1ms a=1"},
		},
		{
			name:  "settle as configured",
			cfg:   Config{Settle: 30 * ms},
			steps: []step{{0, put("a", "1", writerGone)}},
			want:  []string{"30ms a=1"},
		},
		{
			name:  "the same content",
			steps: []step{{0, put("a", "A", writerGone)}},
		},
		{
			name:  "changed and changed back",
			steps: []step{{0, put("a", "1", writerGone)}, {300 * us, put("a", "A", writerGone)}},
		},
		{
			name: "truncated, then written",
			steps: []step{
				{0, put("a", "", writerPresent)},
				{30 * ms, put("a", "1", writerGone)},
			},
			want: []string{"30.4ms a=1"},
		},
		{
			name:  "empty for good",
			steps: []step{{0, put("a", "", writerGone)}},
			want:  []string{"200ms a="},
		},
		{
			name:  "a new empty file",
			steps: []step{{0, put("n", "", writerGone)}},
			want:  []string{"200ms n="},
		},
		{
			name: "in chunks, open throughout",
			steps: []step{
				{0, put("a", "1?", writerPresent)},
				{150 * ms, put("a", "12", writerPresent)}, // would do, but is not the end
				{300 * ms, put("a", "123", writerPresent)},
				{300*ms + 50*us, silently("a", "123", writerGone)},
			},
			want: []string{"301ms a=123"},
		},
		{
			name: "in chunks, closed in between",
			steps: []step{
				{0, put("a", "1?", writerGone)},
				{150 * ms, put("a", "12?", writerGone)},
				{300 * ms, put("a", "123", writerGone)},
			},
			want: []string{"300.4ms a=123"},
		},
		{
			name:  "not ready for good",
			steps: []step{{0, put("a", "1?", writerGone)}},
			want:  []string{"200ms a=1?"},
		},
		{
			name:  "hold as configured",
			cfg:   Config{HoldFor: time.Second},
			steps: []step{{0, put("a", "1?", writerGone)}},
			want:  []string{"1s a=1?"},
		},
		{
			name:  "ready and open for good",
			steps: []step{{0, put("a", "1", writerPresent)}},
			want:  []string{"200ms a=1"},
		},
		{
			name:  "not ready and open for good",
			steps: []step{{0, put("a", "1?", writerPresent)}},
			want:  []string{"800ms a=1?"},
		},
		{
			name: "one that is not ready holds the others back",
			steps: []step{
				{0, put("a", "1?", writerGone)},
				{100 * ms, put("b", "2", writerGone)},
				{150 * ms, put("a", "1", writerGone)},
			},
			want: []string{"170ms a=1 b=2"},
		},
		{
			name: "two files",
			steps: []step{
				{0, put("a", "1", writerGone)},
				{200 * us, put("b", "2", writerGone)},
			},
			want: []string{"20.2ms a=1 b=2"},
		},
		{
			name: "two files too far apart, and a third",
			steps: []step{
				{0, put("a", "1", writerGone)},
				{30 * ms, put("b", "2", writerGone)},
				{40 * ms, put("n", "3", writerGone)},
			},
			want: []string{"400µs a=1", "60ms b=2 n=3"},
		},
		{
			name: "one file, and again",
			steps: []step{
				{0, put("a", "1", writerGone)},
				{30 * ms, put("a", "2", writerGone)},
				{130 * ms, put("b", "3", writerGone)},
			},
			want: []string{"400µs a=1", "30.4ms a=2", "130.4ms b=3"},
		},
		{
			name: "a temporary file announces the next",
			steps: []step{
				{0, put("a", "1", writerGone)},
				{300 * us, stir},
				{4 * ms, put("b", "2", writerGone)},
			},
			want: []string{"24ms a=1 b=2"},
		},
		{
			name: "a temporary file announces nothing",
			steps: []step{
				{0, put("a", "1", writerGone)},
				{300 * us, stir},
			},
			want: []string{"5.3ms a=1"},
		},
		{
			name: "a temporary file in the middle of a save",
			steps: []step{
				{0, rm("a")},
				{100 * us, stir},
				{200 * us, put("a", "1", writerGone)},
			},
			want: []string{"600µs a=1"},
		},
		{
			name:  "events that never pause",
			steps: storm(0, 1500*ms, 10*ms, "ab", writerGone),
			want:  []string{"400µs a=0", "1.01s a=100 b=101", "1.51s a=148 b=149"},
		},
		{
			name: "a log that is never closed, and a save",
			steps: append(
				storm(0, time.Second, 100*ms, "b", writerPresent),
				step{950 * ms, put("a", "1", writerGone)},
				step{1050 * ms, put("b", "last", writerGone)},
			),
			want: []string{"1s a=1 b=9", "1.0504s b=last"},
		},
		{
			name: "held back for long, then written on",
			cfg:  Config{HoldFor: time.Minute},
			steps: []step{
				{0, put("a", "1?", writerUnknown)},
				{10 * time.Second, put("a", "12", writerUnknown)},
				{10*time.Second + 500*us, put("a", "123", writerUnknown)},
			},
			want: []string{"10.0015s a=123"},
		},
		{
			name: "removed",
			steps: []step{
				{0, rm("a")},
				{100 * us, touch("a")},
			},
			want: []string{"400ms -a"},
		},
		{
			name: "missing for a while",
			steps: []step{
				{0, rm("a")},
				{399 * ms, put("a", "1", writerGone)},
			},
			want: []string{"399.4ms a=1"},
		},
		{
			name: "missing for a while, and back as it was",
			steps: []step{
				{0, rm("a")},
				{300 * ms, put("a", "A", writerGone)},
			},
		},
		{
			name: "back without an event",
			steps: []step{
				{0, rm("a")},
				{300 * ms, silently("a", "1", writerGone)},
			},
			want: []string{"400.4ms a=1"},
		},
		{
			name: "back without an event, half written",
			steps: []step{
				{0, rm("a")},
				{300 * ms, silently("a", "1?", writerGone)},
				{500 * ms, put("a", "1", writerGone)},
			},
			want: []string{"500.4ms a=1"},
		},
		{
			name: "missing holds the others back",
			steps: []step{
				{0, rm("a")},
				{100 * ms, put("b", "1", writerGone)},
			},
			want: []string{"400ms -a b=1"},
		},
		{
			name:  "renamed",
			steps: []step{{0, all(rm("a"), put("z", "A", writerGone))}},
			want:  []string{"40ms -a z=A"},
		},
		{
			name: "created and removed",
			steps: []step{
				{0, put("n", "1", writerGone)},
				{100 * us, rm("n")},
			},
		},
		{
			name: "replaced, slowly and repeatedly",
			steps: []step{
				{0, rm("a")},
				{390 * ms, put("a", "1", writerGone)},
				{395 * ms, rm("a")},
				{790 * ms, put("a", "2", writerGone)},
			},
			want: []string{"390.4ms a=1", "790.4ms a=2"},
		},
		{
			name: "a checkout",
			steps: []step{
				{0, all(lock, put("a", "1", writerGone))},
				{60 * ms, rm("b")},
				{120 * ms, put("n", "3", writerGone)},
				{125 * ms, unlock},
			},
			want: []string{"140ms a=1 -b n=3"},
		},
		{
			name:  "a checkout that was over before anybody looked",
			steps: []step{{0, all(put("a", "1", writerGone), unlock)}, {10 * ms, put("b", "2", writerGone)}},
			want:  []string{"30ms a=1 b=2"},
		},
		{
			name:  "removed by a checkout",
			steps: []step{{0, all(rm("a"), unlock)}},
			want:  []string{"40ms -a"},
		},
		{
			name:  "a lock that stays",
			steps: []step{{0, all(lock, put("a", "1", writerGone))}},
			want:  []string{"7.2004s a=1"},
		},
		{
			name: "cannot be read for a while",
			steps: []step{
				{0, deny("a")},
				{100 * ms, put("a", "1", writerGone)},
			},
			want: []string{"100.4ms a=1"},
		},
		{
			name: "cannot be read",
			steps: []step{
				{0, deny("a")},
				{1 * ms, put("b", "1", writerGone)},
				{time.Second, put("a", "A", writerGone)},
			},
			want: []string{"201ms b=1 !a"},
		},
		{
			name:  "nobody tells of changes, and there is another",
			blind: true,
			steps: []step{
				{0, put("a", "1?", writerGone)},
				{50 * ms, silently("a", "1", writerGone)},
			},
			want: []string{"60.4ms a=1"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, test.cfg)
				r.s.blind = test.blind
				r.run(test.steps)
				if got, want := strings.Join(r.log, "\n"), strings.Join(test.want, "\n"); got != want {
					t.Errorf("delivered\n%s\nwant\n%s", got, want)
				}
				if len(r.s.pending) != 0 {
					t.Errorf("%d files are pending at the end", len(r.s.pending))
				}
				for path, f := range r.s.files {
					if f.pending || f.stale || f.seen.text != nil {
						t.Errorf("%s is left as %+v", path, f)
					}
				}
			})
		})
	}
}

// What is torn (changed while it was read) is read again until it holds still,
// and delivered in the end if it never does.
func TestSettleTorn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{})
		torn := 5
		look := r.s.look
		r.s.look = func(path string) sight {
			s := look(path)
			torn--
			s.torn = torn > 0
			return s
		}
		r.run([]step{{0, put("a", "1", writerUnknown)}})
		if len(r.log) != 1 || !strings.HasSuffix(r.log[0], " a=1") || torn != 0 {
			t.Errorf("delivered %q after %d torn looks", r.log, 5-torn)
		}
		torn = 1 << 30
		r.run([]step{{time.Minute, put("a", "2", writerUnknown)}})
		if len(r.log) != 2 || !strings.HasSuffix(r.log[1], " a=2") {
			t.Errorf("never delivered what never holds still: %q", r.log)
		}
	})
}

// Looking and asking are bounded: once for what a burst of events did to one
// file after the first, and Ready once for what was seen.
func TestSettleEffort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{})
		r.run([]step{{0, put("a", "1?", writerGone)}})
		if r.looks != 1 || r.asked != 1 {
			t.Errorf("%d looks and %d questions for one save", r.looks, r.asked)
		}
		r.looks, r.asked = 0, 0
		var steps []step
		for i := range 1000 {
			steps = append(steps, step{time.Minute, put(fmt.Sprint("f", i), "1", writerGone)})
		}
		r.run(steps)
		if r.looks > 1001 || r.asked > 2 {
			t.Errorf("%d looks and %d questions for 1000 files", r.looks, r.asked)
		}
	})
}
