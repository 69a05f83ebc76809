package interp

import (
	"context"
	"strings"
	"testing"
	"time"
)

const repeated = `package main

import (
	"fmt"
	"math/rand"
	v2 "math/rand/v2"
	"sync"
	"time"
)

var mu sync.Mutex
var started = time.Now()
var ticks, late int
var dice = rand.Intn(1000000)

func init() {
	go func() {
		for range time.Tick(time.Minute) {
			mu.Lock()
			ticks++
			mu.Unlock()
		}
	}()
	time.AfterFunc(90*time.Second, func() {
		mu.Lock()
		defer mu.Unlock()
		late = v2.IntN(1000000)
	})
}

func Roll() string {
	began := time.Now()
	time.Sleep(3 * time.Hour)
	select {
	case <-time.After(time.Hour):
	case <-time.NewTimer(30 * time.Minute).C:
	}
	t := time.NewTimer(time.Second)
	t.Stop()
	list := []int{1, 2, 3, 4, 5, 6, 7, 8}
	v2.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return fmt.Sprint(time.Since(began), " ", v2.N(1000000), " ", rand.Float64(), " ", list, " ", dice)
}

func Since() string {
	mu.Lock()
	defer mu.Unlock()
	return fmt.Sprint(time.Now().Sub(started), " ", ticks > 100, " ", late > 0, " ", late)
}
`

// A script that uses time and random numbers does the same each time.
func TestRepeat(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	once := func(seed int64) string {
		l, out := Load(Source{Name: "test", Files: []File{{"a.go", repeated}}}, nil, Options{Repeat: &Repeat{Seed: seed, Start: start}})
		if l == nil {
			t.Fatal(out.Report.Diagnostics)
		}
		defer l.Close()
		if out.Report.Seed != seed {
			t.Errorf("seed %d", out.Report.Seed)
		}
		var all []string
		for i, name := range []string{"Since", "Roll", "Since"} {
			c := l.Call(context.Background(), CallRequest{Function: name, Timeout: 20 * time.Second, At: start.Add(time.Duration(i) * 200 * time.Second)})
			if c.Error != nil {
				t.Fatal(c.Error)
			}
			all = append(all, c.Returns[0].Text)
		}
		return strings.Join(all, "\n")
	}
	first := once(7)
	if second := once(7); second != first {
		t.Errorf("first\n%s\nthen\n%s", first, second)
	}
	if other := once(8); other == first {
		t.Errorf("the seed does not matter:\n%s", other)
	}
	if !strings.HasPrefix(first, `"2µs false false 0"`) && !strings.Contains(first, " false false 0\"\n\"3h30m0.") {
		t.Errorf("times:\n%s", first)
	}
	t.Log(first)
}

const repeatedKinds = `package main

import (
	"context"
	crypto "crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"sync/atomic"
	"time"
)

type place struct {
	x, y int
}

func (p place) String() string { return fmt.Sprint(p.x, "/", p.y) }

func Reset() string {
	t := time.NewTimer(time.Hour)
	was := t.Reset(2 * time.Hour)
	began := time.Now()
	at := <-t.C
	again := t.Reset(time.Minute)
	<-t.C
	var n atomic.Int32
	f := time.AfterFunc(time.Second, func() { n.Add(1) })
	time.Sleep(2 * time.Second)
	f.Reset(time.Second)
	time.Sleep(2 * time.Second)
	k := time.NewTicker(time.Hour)
	<-k.C
	k.Reset(time.Minute)
	first := <-k.C
	second := <-k.C
	k.Stop()
	select {
	case <-k.C:
		return "ticks on"
	case <-time.After(time.Hour):
	}
	return fmt.Sprint(was, " ", at.Sub(began).Round(time.Millisecond), " ", again, " ", n.Load(), " ", second.Sub(first), " ", time.Since(began).Round(time.Millisecond))
}

func wait(d time.Duration) time.Time { return <-time.After(d) }

func Inside() string {
	began := time.Now()
	show := func(t time.Time) string { return t.Sub(began).Round(time.Second).String() }
	return show(<-time.After(time.Hour)) + " " + show(wait(time.Hour))
}

func Deadlines(ctx context.Context) string {
	began := time.Now()
	own, _ := ctx.Deadline()
	in, cancel := context.WithTimeout(context.Background(), 3*time.Hour)
	defer cancel()
	sub, stop := context.WithCancel(in)
	defer stop()
	<-sub.Done()
	waited := time.Since(began).Round(time.Second)
	late, quit := context.WithTimeoutCause(context.Background(), time.Hour, errors.New("too late"))
	<-late.Done()
	err := late.Err()
	quit()
	early, quit := context.WithDeadline(context.Background(), time.Now().Add(time.Hour))
	quit()
	past, quit := context.WithDeadline(context.Background(), time.Now().Add(-time.Hour))
	quit()
	return fmt.Sprint(own.Sub(began).Round(time.Second), " ", waited, " ", sub.Err(), " ", in.Err(), " ", err, " ", context.Cause(late), " ", early.Err(), " ", context.Cause(early), " ", past.Err())
}

func Crypto() string {
	b := make([]byte, 8)
	crypto.Read(b)
	n, _ := crypto.Int(crypto.Reader, big.NewInt(1000000))
	return fmt.Sprint(b, " ", n)
}

func Maps() string {
	m, p, a := map[string]int{}, map[place]string{}, map[[2]bool]int{}
	for i := range 40 {
		m[fmt.Sprint(i*7%40)] = i
		p[place{i % 7, i}] = "x"
		a[[2]bool{i%2 == 0, i%3 == 0}] = i
	}
	s := ""
outer:
	for k, v := range m {
		for range m {
			continue outer
		}
		s += k
		_ = v
	}
	for k, v := range m {
		s += fmt.Sprint(k, v, ",")
		delete(m, fmt.Sprint(v))
	}
	var k place
	var n int
	for k = range p {
		s += k.String()
	}
	for _, n = range a {
		s += fmt.Sprint(" ", n)
	}
	for k := range maps.Keys(m) {
		s += k
	}
	return s
}

func Select() string {
	a, b := make(chan int, 100), make(chan int, 100)
	for i := range 100 {
		a <- i
		b <- -i
	}
	s := 0
	for range 100 {
		select {
		case v := <-a:
			s += v
		case v := <-b:
			s += v * 1000
		}
	}
	return fmt.Sprint(s)
}
`

// A replay is the same each time: timers that are reset,
// receives anywhere, deadlines of contexts, crypto/rand, maps and selects.
func TestRepeatKinds(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	names := []string{"Reset", "Inside", "Deadlines", "Crypto", "Maps", "Select"}
	once := func() (all []string) {
		l, out := Load(Source{Name: "test", Files: []File{{"a.go", repeatedKinds}}}, nil, Options{Repeat: &Repeat{Seed: 7, Start: start}})
		if l == nil {
			t.Fatal(out.Report.Diagnostics)
		}
		defer l.Close()
		for i, name := range names {
			c := l.Call(context.Background(), CallRequest{Function: name, Timeout: 20 * time.Second, At: start.Add(time.Duration(i) * 200 * time.Hour)})
			if c.Error != nil {
				t.Fatal(name, c.Error)
			}
			all = append(all, c.Returns[0].Text)
		}
		return all
	}
	first := once()
	for i, want := range []string{`"true 2h0m0s false 2 1m0s 4h3m4s"`, `"1h0m0s 2h0m0s"`,
		`"20s 3h0m0s context deadline exceeded context deadline exceeded context deadline exceeded too late context canceled context canceled context deadline exceeded"`} {
		if first[i] != want {
			t.Errorf("%s gave %s", names[i], first[i])
		}
	}
	for range 24 {
		if again := once(); strings.Join(again, "\n") != strings.Join(first, "\n") {
			t.Fatalf("first\n%s\nthen\n%s", strings.Join(first, "\n"), strings.Join(again, "\n"))
		}
	}
}
