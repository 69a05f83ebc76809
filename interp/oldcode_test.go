package interp

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What is known of the interpreter's inside is as it is taken to be.
func TestNodesAreKnown(t *testing.T) {
	if !nodeFields().known || !frameFields().known || madeFunc() < 0 {
		t.Errorf("nodes known: %v, frames known: %v, functions behind func values at word %d", nodeFields().known, frameFields().known, madeFunc())
	}
}

// A report names the calls in flight that are in what it changed, and no others.
func TestReportNamesOldCalls(t *testing.T) {
	if raceEnabled {
		t.Skip("a patch under calls is something that it reports")
	}
	text := `package main

var begin, end = make(chan bool, 2), make(chan bool)

func Wait() int { begin <- true; <-end; return step() }
func Idle() { begin <- true; <-end }
func step() int { return 1 }
func Free() { end <- true; end <- true }
`
	l := loadText(t, text)
	done := make(chan Call, 2)
	for _, name := range []string{"Wait", "Idle"} {
		go func() { done <- l.Call(context.Background(), CallRequest{Function: name}) }()
	}
	for l.InFlight() < 2 || !bothWait(l) {
		time.Sleep(time.Millisecond)
	}
	edit := func(old, new string) Report {
		t.Helper()
		text = strings.Replace(text, old, new, 1)
		return l.Apply(Source{Name: "test", Files: []File{{"a.go", text}}}, false).Report
	}
	// Both wait before they call it: they will run the new one.
	if rep := edit("return 1", "return 2"); rep.InFlight != 2 || len(rep.Old) > 0 {
		t.Errorf("%d in flight: %v", rep.InFlight, rep.Old)
	}
	rep := edit("return step()", "return step() + 1")
	if len(rep.Old) != 1 || rep.Old[0].State != "waits for a channel" || rep.Old[0].String() != "a call of Wait in flight: in v1 of Wait until that returns (waits for a channel)" {
		t.Errorf("%s", rep.Old)
	}
	edit("return 2", "return 3")
	if list, whole := l.Old(); fmt.Sprint(list) != fmt.Sprint(rep.Old) || !whole {
		t.Errorf("on demand: %v, %v", list, whole)
	}
	l.Call(context.Background(), CallRequest{Function: "Free"})
	<-done
	<-done
	if list, _ := l.Old(); len(list) > 0 {
		t.Errorf("after the calls have ended: %v", list)
	}
}

// A plan, which changes nothing, tells from the text what may stay old.
func TestPlanTellsOldCode(t *testing.T) {
	text := `package main

var in = make(chan int)

func pump() { for v := range in { _ = v } }
func maker() func() int { return func() int { return 1 } }
func Start() { go pump() }
`
	l := loadText(t, text)
	text = strings.NewReplacer("_ = v", "_ = v + 1", "return 1", "return 2").Replace(text)
	rep := l.Apply(Source{Name: "test", Files: []File{{"a.go", text}}}, true).Report
	said := strings.Join(rep.Reasons, "; ")
	if !strings.Contains(said, "goroutines that are in pump stay in its old code") || !strings.Contains(said, "closures that maker made before keep") {
		t.Error(said)
	}
	rep = l.Apply(Source{Name: "test", Files: []File{{"a.go", text}}}, false).Report
	if len(rep.Notes()) > 0 { // nothing was started, nothing was made
		t.Error(rep.Notes())
	}
}

// bothWait tells whether two goroutines of the script wait for a channel.
func bothWait(l *Live) bool {
	n := 0
	for _, g := range l.goroutines() {
		if g.state == "waits for a channel" {
			n++
		}
	}
	return n == 2
}

// Every kind of function is found on a stack and in values: methods, generic
// ones, those with deferred calls, those that recover, loops over functions,
// closures in closures, and what compiled code calls.
func TestOldCodeKinds(t *testing.T) {
	if raceEnabled {
		t.Skip("a patch under goroutines is something that it reports")
	}
	text := `package main

import (
	"sort"
	"sync"
)

var wake = make(chan bool)

type T struct{ n int }

func (t *T) Method() { wait(1) }
func (t T) Value() int { wait(2); return t.n }

type Waiter interface{ Value() int }

func generic[V any](v V) V { wait(3); return v }

func deferring() (n int) {
	defer func() { n++ }()
	wait(4)
	return 4
}

func recovering() {
	defer rescue()
	panic("x")
}

func rescue() {
	if recover() != nil {
		wait(5)
	}
}

func loop() {
	for v := range seq {
		wait(v)
	}
}

func seq(yield func(int) bool) { yield(6) }

func nested() func() {
	return func() {
		func() { wait(7) }()
	}
}

func less() bool { wait(8); return false }

var once sync.Once

func wait(n int) { <-wake }

func Start() {
	go (&T{}).Method()
	var w Waiter = T{1}
	go w.Value()
	go generic("x")
	go deferring()
	go recovering()
	go loop()
	go nested()()
	go sort.Slice([]int{1, 2}, func(i, j int) bool { return less() })
	go once.Do(func() { wait(9) })
}
`
	l := loadText(t, text)
	if c := l.Call(context.Background(), CallRequest{Function: "Start"}); c.Error != nil {
		t.Fatal(c.Error)
	}
	for deadline := time.Now().Add(10 * time.Second); len(l.goroutines()) < 9 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	for i := range 10 {
		text = strings.ReplaceAll(text, fmt.Sprintf("wait(%d)", i), fmt.Sprintf("wait(%d)", i+100))
	}
	text = strings.ReplaceAll(text, "wait(v)", "wait(v + 1)")
	rep := l.Apply(Source{Name: "test", Files: []File{{"a.go", text}}}, false).Report
	var got []string
	for _, o := range rep.Old {
		got = append(got, fmt.Sprintf("%d %s v%d closure=%v", o.Count, o.Unit, o.Version, o.Closure))
	}
	want := `1 func Start v1 closure=true
1 func deferring v1 closure=false
1 func generic v1 closure=false
1 func less v1 closure=false
1 func loop v1 closure=false
1 func nested v1 closure=true
1 func rescue v1 closure=false
1 method (*T).Method v1 closure=false
1 method (T).Value v1 closure=false`
	for _, w := range strings.Split(want, "\n") {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			t.Errorf("missing %s", w)
		}
	}
	if t.Failed() {
		t.Logf("got:\n%s", strings.Join(got, "\n"))
	}
}

// BenchmarkOldCode is what a look at 100 goroutines and a state of 100,000
// values costs.
func BenchmarkOldCode(b *testing.B) {
	text := `package main

var wake = make(chan bool)
var state = map[int]*item{}

type item struct{ name string; next *item }

func worker() { <-wake }

func Start() {
	for i := range 100 { go worker(); _ = i }
	for i := range 50000 { state[i] = &item{next: &item{}} }
}
`
	l := loadText(b, text)
	defer l.Close()
	l.Call(context.Background(), CallRequest{Function: "Start"})
	b.Run("stacks", func(b *testing.B) {
		for b.Loop() {
			l.oldStacks(nil)
		}
	})
	b.Run("all", func(b *testing.B) {
		whole := true
		for b.Loop() {
			_, w := l.Old()
			whole = whole && w
		}
		b.ReportMetric(map[bool]float64{true: 1}[whole], "whole")
	})
}
