package interp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// sumHandler is what all of them serve: some work of the standard library's, and
// a loop of its own.
const sumHandler = `package s

import (
	"encoding/json"
	"fmt"
	"net/http"
)

func Sum(w http.ResponseWriter, r *http.Request) {
	var list []int
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	total := 0
	for _, n := range list {
		total += weight(n)
	}
	fmt.Fprintln(w, total)
}

func weight(n int) int {
	if n%2 == 0 {
		return n
	}
	return -n
}
`

func compiledSum(w http.ResponseWriter, r *http.Request) {
	var list []int
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	total := 0
	for _, n := range list {
		total += compiledWeight(n)
	}
	fmt.Fprintln(w, total)
}

//go:noinline
func compiledWeight(n int) int {
	if n%2 == 0 {
		return n
	}
	return -n
}

// BenchmarkHTTP sends requests over loopback to one handler: compiled, in the
// bare interpreter, and in a script as a host calls it.
func BenchmarkHTTP(b *testing.B) {
	bare := yaegi.New(yaegi.Options{})
	if err := bare.Use(stdlib.Symbols); err != nil {
		b.Fatal(err)
	}
	if _, err := bare.Eval(sumHandler); err != nil {
		b.Fatal(err)
	}
	v, err := bare.Eval("s.Sum")
	if err != nil {
		b.Fatal(err)
	}
	live, out := Load(Source{Name: "s", Files: []File{{Name: "s.go", Text: sumHandler}}}, nil, Options{Exclusive: true})
	if live == nil {
		b.Fatalf("%+v", out.Report.Diagnostics)
	}
	defer live.Close()
	for _, h := range []struct {
		name string
		f    http.HandlerFunc
	}{
		{"compiled", compiledSum},
		{"bare", v.Interface().(func(http.ResponseWriter, *http.Request))},
		{"script", func(w http.ResponseWriter, r *http.Request) {
			inv := live.Invoke(context.Background(), InvokeRequest{Function: "Sum", Args: []reflect.Value{reflect.ValueOf(w), reflect.ValueOf(r)}})
			if inv.Error != nil {
				http.Error(w, inv.Error.Message, http.StatusInternalServerError)
			}
		}},
	} {
		b.Run(h.name, func(b *testing.B) {
			server := httptest.NewServer(h.f)
			defer server.Close()
			for b.Loop() {
				r, err := http.Post(server.URL, "application/json", strings.NewReader("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]"))
				if err != nil {
					b.Fatal(err)
				}
				text, _ := io.ReadAll(r.Body)
				r.Body.Close()
				if string(text) != "8\n" {
					b.Fatalf("%q", text)
				}
			}
		})
	}
}
