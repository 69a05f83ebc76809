package interp

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A report names the calls in flight that can still run what it changed, and
// no others.
func TestReportNamesStaleCalls(t *testing.T) {
	const text = `package main

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
	for l.InFlight() < 2 {
		time.Sleep(time.Millisecond)
	}
	out := l.Apply(Source{Name: "test", Files: []File{{"a.go", strings.Replace(text, "return 1", "return 2", 1)}}}, false)
	said := strings.Join(out.Report.Reasons, "; ")
	if out.Report.InFlight != 2 || !strings.Contains(said, "a call of Wait that began") || !strings.Contains(said, "old code of step") || strings.Contains(said, "Idle") {
		t.Errorf("%d in flight: %s", out.Report.InFlight, said)
	}
	l.Call(context.Background(), CallRequest{Function: "Free"})
	<-done
	<-done
}
