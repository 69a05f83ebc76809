package session

import (
	"fmt"
	"testing"
	"time"

	"hotloop/interp"
)

const lottery = `
-- lottery/lottery.go --
package lottery

import (
	"fmt"
	"math/rand/v2"
	"time"
)

var drawn []int

func Draw(e struct{ N int }) string {
	began := time.Now()
	for range e.N {
		drawn = append(drawn, rand.IntN(1000))
		time.Sleep(time.Minute)
	}
	return fmt.Sprint(drawn, time.Since(began).Round(time.Second))
}

func Long() string { time.Sleep(time.Millisecond); return fmt.Sprint(rand.N(1000)) }
`

// What a session did is repeated: the random numbers of its log, and every
// rehearsal is like the other.
func TestRehearse(t *testing.T) {
	st := realSit(t, lottery)
	for range 3 {
		st.fire("Long")
	}
	r, err := st.Rehearse(t.Context(), RehearsalRequest{})
	if err != nil || r.Same != 3 || len(r.Differences) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	// Two versions side by side, with their state.
	other := st.liveSources()
	src := other["lottery"]
	src.Files = []interp.File{{Name: src.Files[0].Name, Text: src.Files[0].Text + "\nfunc init() { drawn = append(drawn, 7) }\n"}}
	other["lottery"] = src
	if r, err = st.Rehearse(t.Context(), RehearsalRequest{Against: other}); err != nil || r.Same != 3 || len(r.States) != 1 || differing(r.States[0].Changes) != "changed drawn: []int{7} | nil" && differing(r.States[0].Changes) != "changed drawn: [7] | null" {
		t.Errorf("%+v, %v", r, err)
	}
}

// What a record cannot repeat is said, with a place, and nothing else is.
func TestRehearsalTellsChance(t *testing.T) {
	st := realSit(t, `
-- lot/lot.go --
package lot

import (
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

var keys = map[any]int{1: 1, "a": 2}

func Plain() string {
	s := ""
	for k := range map[string]int{"a": 1, "b": 2} {
		s += k
	}
	time.Sleep(time.Microsecond)
	return fmt.Sprint(len(s), rand.IntN(3))
}

func Loose() int {
	n := 0
	for range keys {
		n++
	}
	for k := range keys {
		_ = k
		n++
	}
	return help(n)
}

func help(n int) int {
	done := make(chan bool)
	go func() { done <- os.Getenv("HOME") != "" }()
	<-done
	return n
}
`)
	st.fire("Plain")
	st.fire("Loose")
	r, err := st.Rehearse(t.Context(), RehearsalRequest{})
	if err != nil || r.Same != 2 || len(r.Chance) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := fmt.Sprint(r.Chance[0]); got != "{lot Loose [it asks the world outside with os.Getenv (lot/lot.go:35) it goes through a map whose keys have no order (lot/lot.go:26) it starts goroutines (lot/lot.go:35)]}" {
		t.Error(got)
	}
}

func TestRehearsalsAreRepeatable(t *testing.T) {
	src := interp.Source{Name: "lottery", Files: []interp.File{{Name: "lottery.go", Text: lottery[len("\n-- lottery/lottery.go --\n"):]}}}
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ch := &chapter{script: "lottery", repeat: interp.Repeat{Seed: 99, Start: start}, why: make([]string, 5)}
	for i := range 5 {
		ch.calls = append(ch.calls, pastCall{seq: uint64(i), began: start.Add(time.Duration(i) * time.Hour), data: []byte(`{"N":2}`), call: interp.Call{Function: "Draw"}})
	}
	g := &stage{newEngine: InProcess, timeout: 20 * time.Second}
	first := ""
	for i := range 100 {
		p, err := g.play(t.Context(), ch, src)
		if err != nil || p.lost != "" {
			t.Fatal(err, p.lost)
		}
		all := ""
		for _, c := range p.calls {
			if c.Error != nil {
				t.Fatal(c.Error)
			}
			all += c.Returns[0].Text + "\n"
		}
		for _, v := range p.state {
			all += v.Name + " " + v.Text + "\n"
		}
		if first == "" {
			first = all
		}
		if all != first {
			t.Fatalf("rehearsal %d:\n%s\nthe first:\n%s", i, all, first)
		}
	}
	t.Log(first)
}

// 10,000 events of a script that does little.
func BenchmarkRehearse(b *testing.B) {
	src := interp.Source{Name: "n", Files: []interp.File{{Name: "n.go", Text: "package n\n\nvar n int\n\nfunc Add(e struct{ By int }) int { n += e.By; return n }\n"}}}
	ch := &chapter{script: "n", repeat: interp.Repeat{Seed: 1}, why: make([]string, 10_000)}
	for i := range 10_000 {
		ch.calls = append(ch.calls, pastCall{seq: uint64(i), data: []byte(`{"By":2}`),
			call: interp.Call{Function: "Add", Returns: []interp.Value{{Type: "int", Text: fmt.Sprint(2 * (i + 1)), Value: 2 * (i + 1)}}}})
	}
	g := &stage{newEngine: InProcess, timeout: 20 * time.Second}
	for b.Loop() {
		r, err := g.rehearse(b.Context(), RehearsalRequest{Sources: map[string]interp.Source{"n": src}}, []*chapter{ch})
		if err != nil || r.Same != 10_000 {
			b.Fatal(r.Same, err)
		}
	}
}
