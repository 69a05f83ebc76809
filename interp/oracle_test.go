package interp

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	oracleRounds = flag.Int("oracle.rounds", 0, "saves per history of TestOracle; 0 takes a few")
	oracleSeed   = flag.Uint64("oracle.seed", 1, "seed of the first history of TestOracle")
	oracleTrails = flag.Int("oracle.histories", 0, "histories of TestOracle; 0 takes a few")
)

// TestOracle holds the promise of the package against random histories: after
// any sequence of saves, a script behaves as a fresh start of the current files
// would, given the same variable values.
func TestOracle(t *testing.T) {
	rounds, histories := *oracleRounds, *oracleTrails
	if rounds == 0 {
		rounds = 12
	}
	if histories == 0 {
		histories = 12
		if raceEnabled || testing.Short() {
			histories = 4
		}
	}
	for i := range histories {
		seed := *oracleSeed + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			playHistory(t, &chooser{rnd: rand.New(rand.NewPCG(seed, 1))}, rounds)
		})
	}
}

// FuzzOracle does the same for histories that a fuzzer makes up.
func FuzzOracle(f *testing.F) {
	for _, seed := range []string{"", "hot", "loop0123456789", "\x00\xff\x10\x80zzzzzzzzzzzz"} {
		f.Add([]byte(strings.Repeat(seed, 40)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		playHistory(t, &chooser{bytes: data}, 6)
	})
}

// history is one script through a sequence of saves.
type history struct {
	t     *testing.T
	w     *world
	src   Source // what is live
	live  *Live
	kept  map[string]int // key in the script's registry -> entity whose function was stored there
	trail []string       // what was done, for messages
	count map[string]int // what came of it
}

func playHistory(t *testing.T, c *chooser, rounds int) {
	h := &history{t: t, kept: map[string]int{}, count: map[string]int{}}
	for {
		h.w = newWorld(c)
		h.src = h.w.source()
		if len(Check(h.src)) == 0 {
			break
		}
		if c.over {
			return
		}
	}
	h.live, _ = Load(h.src, nil, Options{})
	if h.live == nil {
		return // an initializer panics
	}
	defer func() { h.live.Close() }()
	h.compare(Outcome{})
	for i := 0; i < rounds && !t.Failed() && !c.over; i++ {
		if c.one(4) {
			h.store()
		}
		h.round()
		if c.one(2) {
			h.rest()
		}
	}
	t.Log(h.count)
	if t.Failed() {
		t.Logf("history:\n  %s", strings.Join(h.trail, "\n  "))
	}
}

// rest does what happens while nothing else does: newest versions are settled,
// and the memory of what nothing can run any more is used for something else.
func (h *history) rest() {
	h.live.settleNow()
	runtime.GC()
	h.trail = append(h.trail, "rest")
}

func (h *history) errorf(format string, args ...any) {
	h.t.Helper()
	h.t.Errorf(format, args...)
}

// round makes one save and holds what it did against a fresh load.
func (h *history) round() {
	before := h.w.clone()
	what, same := h.w.edit()
	src := h.w.source()
	typo := h.w.one(5)
	if typo {
		src, what = h.w.typo(src)
		what, same = "typo in "+what, false
	}
	out := h.live.Apply(src, false)
	fresh, freshOut := Load(src, nil, Options{})
	if fresh != nil {
		defer fresh.Close()
	}
	status := string(out.Report.Status)
	if out.NeedsReload {
		status = "reload"
	}
	h.count[status]++
	h.trail = append(h.trail, what+": "+status)
	switch {
	case out.Report.Status == StatusRefused:
		if fresh != nil {
			h.errorf("refused what loads: %v", out.Report.Diagnostics)
			h.dump(src)
			return
		}
		h.w = before
		h.compare(out) // with what was live before
	case fresh == nil:
		if ds := Check(src); len(ds) > 0 {
			h.errorf("live although it does not check: %v", ds)
		}
		// An initializer panics, which a patch does not run. Not comparable.
		h.w = before
		if back := h.live.Apply(h.src, false); back.NeedsReload {
			h.reload(h.src, back)
		}
		_ = freshOut
	default:
		if out.NeedsReload {
			h.reload(src, out)
		}
		if same && (out.Report.Status != StatusUnchanged || len(out.Report.Units) > 0) {
			h.errorf("%s gave %s: %v", what, out.Report.Status, out.Report.Units)
			h.dump(src)
		}
		old := h.src
		h.src = src
		h.compare(out)
		if h.t.Failed() {
			h.t.Log("before:")
			h.dump(old)
		}
		if typo && !h.t.Failed() { // back to what the model says
			h.src = h.w.source()
			h.w = before
			if out := h.live.Apply(before.source(), false); out.NeedsReload {
				h.reload(before.source(), out)
			} else if out.Report.Status == StatusRefused {
				h.errorf("going back is refused: %v", out.Report.Diagnostics)
			}
			h.src = before.source()
			h.compare(Outcome{})
		}
	}
}

func (h *history) reload(src Source, out Outcome) {
	fresh, freshOut := Load(src, maps.Clone(h.live.listed.told), Options{})
	if fresh == nil {
		h.errorf("the reload is refused: %v", freshOut.Report.Diagnostics)
		return
	}
	h.live.Close()
	h.live = fresh
	h.restore(h.live)
}

// store puts a function into a map of the script, where later versions have to
// be reached through.
func (h *history) store() {
	tables := h.w.all(func(e *entity) bool { return e.kind == "var" && e.typ == "table" })
	fs := h.w.all(func(e *entity) bool { return e.kind == "func" && e.sig == 0 && e.level > 1 })
	if len(tables) == 0 || len(fs) == 0 {
		return
	}
	h.kept[fmt.Sprintf("%d/%s", pick(h.w.chooser, tables).id, pick(h.w.chooser, []string{"0", "1"}))] = pick(h.w.chooser, fs).id
	h.restore(h.live)
}

// restore does again what store did, for a script that has started over.
func (h *history) restore(l *Live) {
	for key, id := range h.kept {
		var table int
		var slot string
		fmt.Sscanf(key, "%d/%s", &table, &slot)
		e, f := h.w.byID(table), h.w.byID(id)
		if e == nil {
			delete(h.kept, key)
			continue
		}
		do := fmt.Sprintf("delete(%s, %q)", e.name, slot) // what is gone has no fresh counterpart
		if f != nil && f.sig == 0 {
			do = fmt.Sprintf("%s[%q] = %s", e.name, slot, f.name)
		}
		if _, fail := l.Eval(context.Background(), do); fail != nil {
			h.errorf("%s: %s", do, fail.Message)
		}
	}
}

// compare loads h.src afresh, gives its variables the values that they have in
// the live script, and fires everything at both.
func (h *history) compare(out Outcome) {
	fresh, freshOut := Load(h.src, nil, Options{})
	if fresh == nil {
		h.errorf("what was live does not load: %v", freshOut.Report.Diagnostics)
		return
	}
	defer fresh.Close()
	h.restore(h.live)
	h.restore(fresh)
	h.initialised(fresh, out)
	h.copyState(fresh)
	h.sameState(fresh, "before any call")
	for _, f := range h.w.handlers() {
		if h.t.Failed() {
			break
		}
		req := CallRequest{Function: f.name, Data: []byte(f.data), Timeout: 2 * time.Second}
		got, want := outcomeText(h.live.Call(context.Background(), req)), outcomeText(fresh.Call(context.Background(), req))
		h.count["calls"]++
		if strings.Contains(want, ": ") {
			h.count["errors"]++
		}
		if strings.HasPrefix(want, ErrTimeout) {
			h.copyState(fresh)
			continue
		}
		if got != want {
			h.errorf("%s %s\n  live:  %s\n  fresh: %s", f.name, f.data, got, want)
		}
		h.sameState(fresh, "after "+f.name+" "+f.data)
	}
	if h.t.Failed() {
		h.dump(h.src)
	}
}

// sameState wants both scripts' variables to have the same values.
func (h *history) sameState(fresh *Live, when string) {
	if got, want := stateText(h.live), stateText(fresh); got != want {
		h.errorf("state %s\n  live:  %s\n  fresh: %s", when, got, want)
	}
}

// initialised wants variables that the report calls initialised to have the
// value that a fresh start gives them.
func (h *history) initialised(fresh *Live, out Outcome) {
	if out.Report.Status != StatusLive {
		return
	}
	values := map[string]string{}
	for _, v := range fresh.State() {
		values[v.Name] = v.Text
	}
	for _, c := range out.Report.Vars {
		plain := false
		for _, e := range h.w.kind("var") {
			plain = plain || e.name == c.Name && e.plain
		}
		if c.Effect == VarInitialised && plain && c.New != values[c.Name] {
			h.errorf("%s was initialised to %s, a fresh start has %s", c.Name, c.New, values[c.Name])
		}
	}
}

// copyState sets the variables of plain types of a fresh script to the values
// that they have in the live one.
func (h *history) copyState(fresh *Live) {
	var set []string
	for _, v := range h.live.State() {
		if e := h.plainVar(v.Name); e != nil {
			set = append(set, v.Name+" = "+v.Text)
		}
	}
	if _, fail := fresh.Eval(context.Background(), strings.Join(set, "; ")); fail != nil {
		h.errorf("copy the state: %s\n%s", fail.Message, strings.Join(set, "\n"))
	}
}

func (h *history) plainVar(name string) *entity {
	for _, e := range h.w.kind("var", "embedvar", "loose", "holder") {
		if e.kind == "holder" && e.sig != holdsValues && e.sig != holdsSlice {
			continue
		}
		if e.name == name && e.kind != "var" || e.name == name && slices.Contains([]string{"int", "string", "[]int", "map[string]int", "struct"}, e.typ) {
			return e
		}
	}
	return nil
}

// outcomeText is all of a call that has to be equal.
func outcomeText(c Call) string {
	var b strings.Builder
	if c.Error != nil {
		fmt.Fprintf(&b, "%s: %s %v ", c.Error.Kind, c.Error.Message, c.Error.Trace)
	}
	for _, v := range c.Returns {
		fmt.Fprintf(&b, "%s(%s) ", v.Type, v.Text)
	}
	return fmt.Sprintf("%soutput %q", b.String(), c.Output)
}

func stateText(l *Live) string {
	var b strings.Builder
	for _, v := range l.State() {
		if strings.Contains(v.Type, "func") {
			continue // how a closure is written tells where it was compiled
		}
		fmt.Fprintf(&b, "%s %s=%s; ", v.Name, v.Type, v.Text)
	}
	return b.String()
}

func (h *history) dump(src Source) {
	for _, f := range src.Files {
		h.t.Logf("-- %s --\n%s", f.Name, f.Text)
	}
}
