package interp

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// eventScript has handlers that do next to nothing, and a bit.
const eventScript = `
type Opening struct {
	Door   string   ` + "`json:\"door\"`" + `
	People int      ` + "`json:\"people\"`" + `
	Tags   []string ` + "`json:\"tags\"`" + `
}

var seen = map[string]int{}

var count int

func Map(m map[string]any) int { count++; return len(m) }

func Struct(o Opening) Opening { count += o.People; o.People = count; return o }

func MapWork(m map[string]any) int {
	n := 0
	for i := 0; i < 100; i++ {
		for k := range m {
			seen[k]++
			n += len(k)
		}
	}
	return n
}

func StructWork(o Opening) Opening {
	for i := 0; i < 100; i++ {
		for _, tag := range o.Tags {
			seen[tag]++
			count += len(tag) + o.People
		}
	}
	o.People = count
	return o
}
`

// BenchmarkEvent fires events at a script, and in turns does what a program does
// that uses the bare interpreter: it decodes the data, calls the function and
// encodes the result. of-bare is how many times the bare interpreter's rate
// that is.
func BenchmarkEvent(b *testing.B) {
	const data = `{"door":"front","people":3,"tags":["a","b"]}`
	bare := yaegi.New(yaegi.Options{})
	if err := bare.Use(stdlib.Symbols); err != nil {
		b.Fatal(err)
	}
	if _, err := bare.Eval("package main\n" + eventScript); err != nil {
		b.Fatal(err)
	}
	l, _ := loaded(b, eventScript, Options{})
	for _, name := range []string{"Map", "Struct", "MapWork", "StructWork"} {
		b.Run(name, func(b *testing.B) {
			f, err := bare.Eval("main." + name)
			if err != nil {
				b.Fatal(err)
			}
			theirs := func() {
				arg := reflect.New(f.Type().In(0))
				if err := json.Unmarshal([]byte(data), arg.Interface()); err != nil {
					b.Fatal(err)
				}
				if _, err := json.Marshal(f.Call([]reflect.Value{arg.Elem()})[0].Interface()); err != nil {
					b.Fatal(err)
				}
			}
			ours := func() {
				if c := l.Call(context.Background(), CallRequest{Function: name, Data: []byte(data), Timeout: 5 * time.Second}); c.Error != nil {
					b.Fatal(c.Error)
				}
			}
			const events = 200
			best := func(f func()) time.Duration {
				start := time.Now()
				for range events {
					f()
				}
				return time.Since(start) / events
			}
			ourBest, theirBest := time.Hour, time.Hour
			for b.Loop() {
				ourBest, theirBest = min(ourBest, best(ours)), min(theirBest, best(theirs))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ourBest.Nanoseconds())/1e3, "µs/event")
			b.ReportMetric(float64(theirBest.Nanoseconds())/1e3, "bare-µs/event")
			b.ReportMetric(float64(theirBest)/float64(ourBest), "of-bare")
		})
	}
}
