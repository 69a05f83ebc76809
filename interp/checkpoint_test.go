package interp

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"
)

// What hchan says of channels holds for this toolchain.
func TestChannelsKnown(t *testing.T) {
	if !channelsKnown() {
		t.Error("channels look otherwise in memory: checkpoints leave them out")
	}
}

func loadText(t testing.TB, text string) *Live {
	t.Helper()
	l, out := Load(Source{Name: "test", Files: []File{{"a.go", text}}}, nil, Options{})
	if l == nil {
		t.Fatal(out.Report.Diagnostics)
	}
	t.Cleanup(l.Close)
	return l
}

func trial(l *Live, function string) Trial {
	return l.Try(context.Background(), []TrialRequest{{CallRequest: CallRequest{Function: function, Timeout: 5 * time.Second}}})[0]
}

// Trials that fail in every way leave the state as it was, too.
func TestTrialsThatFail(t *testing.T) {
	l := loadText(t, `package main

import ("errors"; "sync")

var n, list, mu = 0, []int{1}, sync.Mutex{}

func Panic() { mu.Lock(); n++; list = append(list, 2); panic("no") }
func Error() error { n++; list[0] = 9; return errors.New("no") }
func Long() { n++; for { list[0]++ } }
func Blocked() { n++; list[0]++; select {} }
func Locked() bool { if mu.TryLock() { mu.Unlock(); return false }; return true }
`)
	before := l.State()
	for _, c := range []struct{ function, kind string }{{"Panic", ErrPanic}, {"Error", ErrError}, {"Long", ErrTimeout}, {"Blocked", ErrTimeout}, {"Absent", ErrArguments}} {
		tr := l.Try(context.Background(), []TrialRequest{{CallRequest: CallRequest{Function: c.function, Timeout: 50 * time.Millisecond}}})[0]
		if tr.Call.Error == nil || tr.Call.Error.Kind != c.kind || !tr.OnCopy {
			t.Errorf("%s: %+v", c.function, tr)
		}
		if now := l.State(); !reflect.DeepEqual(before, now) {
			t.Errorf("after %s: %v", c.function, now)
		}
	}
	if c := l.Call(context.Background(), CallRequest{Function: "Locked"}); c.Error != nil || c.Returns[0].Text != "false" {
		t.Errorf("the mutex that a trial left locked: %+v", c)
	}
}

// A live trial stays; one on a copy does not run beside other calls.
func TestTrialsBesideCalls(t *testing.T) {
	l := loadText(t, `package main

var n int
var begin, end = make(chan bool, 1), make(chan bool)

func Add() int { n++; return n }
func Wait() { begin <- true; <-end }
func Free() { <-begin; end <- true }
`)
	tr := l.Try(context.Background(), []TrialRequest{
		{CallRequest: CallRequest{Function: "Add"}},
		{CallRequest: CallRequest{Function: "Add"}, Live: true},
		{CallRequest: CallRequest{Function: "Add"}}})
	for i, want := range []string{"1", "1", "2"} {
		if tr[i].Call.Returns[0].Text != want || len(tr[i].Touched) != 1 {
			t.Errorf("%d: %+v, want %s", i, tr[i], want)
		}
	}
	done := make(chan Call)
	go func() { done <- l.Call(context.Background(), CallRequest{Function: "Wait"}) }()
	for l.InFlight() == 0 {
		time.Sleep(time.Millisecond)
	}
	if tr := trial(l, "Add"); tr.OnCopy || !strings.Contains(tr.Why, "in flight") {
		t.Errorf("%+v", tr)
	}
	l.Call(context.Background(), CallRequest{Function: "Free"})
	<-done
	if tr := trial(l, "Add"); !tr.OnCopy || tr.Call.Returns[0].Text != "2" {
		t.Errorf("%+v", tr)
	}
}

const million = `package main

type Item struct { N int; Name string; Next *Item }

var items []*Item
var byN = map[int]*Item{}

func Fill(n int) {
	var last *Item
	for i := 0; i < n; i++ {
		last = &Item{i, "item", last}
		items = append(items, last)
		if i%10 == 0 { byN[i] = last }
	}
}
func Touch() { items[17].N++ }
`

// A state of 1,000,000 structs behind pointers, a tenth of them in a map.
func BenchmarkCheckpoint(b *testing.B) {
	l := loadText(b, million)
	if c := l.Call(context.Background(), CallRequest{Function: "Fill", Data: []byte("1000000")}); c.Error != nil {
		b.Fatal(c.Error)
	}
	b.Run("checkpoint", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.checkpoint(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("restore", func(b *testing.B) {
		c, err := l.checkpoint()
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			l.Call(context.Background(), CallRequest{Function: "Touch"})
			if changed := c.restore(); len(changed) == 0 {
				b.Fatal("nothing was put back")
			}
		}
	})
}

// Trials do not disturb goroutines that go on, nor these them.
func TestTrialsBesideGoroutines(t *testing.T) {
	if raceEnabled {
		t.Skip("goroutines of the script run under the checkpoint")
	}
	l := loadText(t, `package main

var n, rounds int
var table = map[int]int{}

func init() {
	go func() {
		for {
			table[rounds%100]++
			rounds++
		}
	}()
}

func Add() int { n++; return n }
`)
	for range 20 {
		tr := trial(l, "Add")
		if !tr.OnCopy || tr.Call.Error != nil || tr.Call.Returns[0].Text != "1" || !strings.Contains(strings.Join(tr.Notes, " "), "goroutines") {
			t.Fatalf("%+v", tr)
		}
	}
	if c := l.Call(context.Background(), CallRequest{Function: "Add"}); c.Error != nil || c.Returns[0].Text != "1" {
		t.Errorf("%+v", c)
	}
}

// What closures captured is put back too: numbers, what is shared between
// closures, closures in closures, and closures that closures hold.
func TestTrialsOfClosures(t *testing.T) {
	l := loadText(t, `package main

import "fmt"

type pair struct{ inc func() int; get func() (int, []string) }

func counter(start int) pair {
	n, log := start, []string{}
	return pair{func() int { n++; log = append(log, fmt.Sprint(n)); return n }, func() (int, []string) { return n, log }}
}

func outer() func() func() int {
	a := 1
	return func() func() int {
		a++
		b := a * 10
		return func() int { b += a; a++; return b }
	}
}

func chain(k int) func(int) int {
	total := k
	var next func(int) int
	next = func(d int) int {
		total += d
		if d > 1 { return next(d - 1) }
		return total
	}
	return next
}

func toggle() func() string {
	f := func() string { return "a" }
	return func() string {
		s := f()
		f = func() string { return s + "b" }
		return s
	}
}

var one, two = counter(1), counter(100)
var made = outer()
var inner = made()
var sum = chain(5)
var flip = toggle()
var byName = map[string]any{}

func init() {
	byName["inc"] = one.inc
	for i := range 3 {
		byName[fmt.Sprint(i)] = func() int { i += 10; return i }
	}
}

func Change() string {
	one.inc(); one.inc(); two.inc()
	byName["inc"].(func() int)()
	s := ""
	for i := range 3 { s += fmt.Sprint(byName[fmt.Sprint(i)].(func() int)(), " ") }
	f := made()
	f()
	return fmt.Sprint(s, inner(), " ", f(), " ", sum(3), " ", flip())
}

func Look() string {
	n, log := one.get()
	m, more := two.get()
	return fmt.Sprint(n, log, m, more)
}
`)
	call := func(name string) string {
		c := l.Call(context.Background(), CallRequest{Function: name, Timeout: 5 * time.Second})
		if c.Error != nil {
			t.Fatal(name, c.Error)
		}
		return c.Returns[0].Text
	}
	for round := range 3 {
		before := call("Look")
		first := trial(l, "Change")
		if first.Call.Error != nil || !first.OnCopy || len(first.Notes) > 0 {
			t.Fatalf("%+v", first)
		}
		if len(first.Touched) == 0 {
			t.Error("nothing was touched")
		}
		if again := trial(l, "Change"); again.Call.Returns[0].Text != first.Call.Returns[0].Text {
			t.Errorf("round %d: once %s, then %s", round, first.Call.Returns[0].Text, again.Call.Returns[0].Text)
		}
		if after := call("Look"); after != before {
			t.Errorf("round %d: %s, then %s", round, before, after)
		}
		if real := call("Change"); real != first.Call.Returns[0].Text {
			t.Errorf("round %d: tried %s, done %s", round, first.Call.Returns[0].Text, real)
		}
	}
}
