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
