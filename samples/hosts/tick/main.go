//go:build !hotloop

// Tick is a loop with a fixed tick whose rules are a script: what a tick does,
// and how the frame looks. Saves land between ticks, never within one. The
// world itself belongs to the program, so that it outlives even a reload. Run
// it in this directory, and edit _rules/rules.go:
//
//	go run .
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// World is what the script moves and draws.
type World struct {
	Width, Height int
	Tick          int
	Balls         []Ball
}

// Ball is at a place and moves by so much a tick.
type Ball struct{ X, Y, DX, DY int }

func main() {
	rules := flag.String("rules", "_rules", "directory of the script")
	tick := flag.Duration("tick", 100*time.Millisecond, "time between ticks")
	ticks := flag.Int("n", 0, "end after so many ticks; 0 for no end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	w := &World{Width: 40, Height: 8, Balls: []Ball{{1, 1, 1, 1}, {20, 3, -1, 1}, {33, 6, 2, -1}}}
	if err := loop(ctx, *rules, w, *tick, *ticks, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// loop runs ticks until ctx ends or there were as many as wanted. A tick that
// fails leaves the world to the next one, which may have better code.
func loop(ctx context.Context, rules string, w *World, every time.Duration, ticks int, out io.Writer) error {
	offered, err := session.Offer(map[string]map[string]any{
		"tick/world": {"World": reflect.TypeFor[World](), "Ball": reflect.TypeFor[Ball]()},
	})
	if err != nil {
		return err
	}
	s, err := session.New(ctx, session.Config{
		Paths: []string{rules}, Timeout: time.Second,
		Host: session.Host{Packages: offered, Points: true},
	})
	if err != nil {
		return err
	}
	defer s.Close()
	step, err := session.Func[func(*World) error](s, "Step")
	if err != nil {
		return err
	}
	draw, err := session.Func[func(*World) (string, error)](s, "Draw")
	if err != nil {
		return err
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	status := "edit " + rules
	for ticks == 0 || w.Tick < ticks {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		reports, err := s.Patch(ctx) // between two ticks
		if err != nil {
			return nil // it is over
		}
		for _, r := range reports {
			status = describe(r)
		}
		w.Tick++
		if err := step(w); err != nil {
			status = err.Error()
		}
		frame, err := draw(w)
		if err != nil {
			status = err.Error()
		}
		// Home, the frame, and nothing left of what was longer.
		fmt.Fprintf(out, "\x1b[H%s\ntick %d  %s\x1b[K\n\x1b[J", frame, w.Tick, status)
	}
	return nil
}

// describe is a report in a line.
func describe(r interp.Report) string {
	if len(r.Diagnostics) > 0 {
		return interp.FormatDiagnostic(r.Diagnostics[0])
	}
	text := fmt.Sprintf("%s in %.1f ms", r.Status, float64(r.Timing.Total)/1000)
	for _, u := range r.Units {
		text += ", " + u.Key
	}
	return text
}
