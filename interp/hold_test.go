package interp

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCarryUnderGoroutines changes a type over and over while goroutines of the
// script work with its values: nothing that they do is lost, and nothing older
// is seen after something newer.
func TestCarryUnderGoroutines(t *testing.T) {
	if raceEnabled {
		t.Skip("goroutines of the script run under the patch")
	}
	const text = `package demo

import "time"

type Work struct {
	FIELDS
	N int
}

var works = [3]*Work{{}, {}, {}}
var totals [3]int
var last [3]int
var older, done int
var stop bool

func init() {
	for i := range works {
		go loop(i)
	}
}

func loop(i int) {
	for !stop {
		step(i)
		time.Sleep(10 * time.Microsecond)
	}
	done++
}

func step(i int) {
	add(works[i], 1)
	totals[i]++
	if version() < last[i] {
		older++
	}
	last[i] = version()
}

func add(w *Work, n int) { w.N += n }

func version() int { return VERSION }

func Stop() { stop = true }

func Lost() (lost, seen, all int) {
	for i := range works {
		lost += totals[i] - works[i].N
		all += totals[i]
	}
	return lost, older, all
}
`
	source := func(n int) Source {
		fields := ""
		for i := range n % 3 {
			fields += fmt.Sprintf("F%d int\n\t", i+n)
		}
		s := strings.NewReplacer("FIELDS", fields, "VERSION", fmt.Sprint(n)).Replace(text)
		return Source{Name: "demo", Files: []File{{"a.go", s}}}
	}
	l, out := Load(source(0), nil, Options{})
	if l == nil {
		t.Fatal(out.Report.Diagnostics)
	}
	defer l.Close()
	for n := 1; n <= 60; n++ {
		out := l.Apply(source(n), false)
		if out.NeedsReload || out.Report.Status != StatusLive {
			t.Fatalf("save %d: %s %v %v", n, out.Report.Status, out.Report.Reasons, out.Report.Diagnostics)
		}
		time.Sleep(2 * time.Millisecond)
	}
	fire := func(name string) Call {
		return l.Call(context.Background(), CallRequest{Function: name, Timeout: 5 * time.Second})
	}
	fire("Stop")
	eventually(t, "the goroutines end", func() bool { v, _ := l.Eval(context.Background(), "done"); return v.Text == "3" })
	c := fire("Lost")
	if c.Error != nil || c.Returns[0].Text != "0" || c.Returns[1].Text != "0" || c.Returns[2].Text == "0" {
		t.Errorf("lost, older, all: %+v %+v", c.Returns, c.Error)
	}
	t.Log(c.Returns)
}
