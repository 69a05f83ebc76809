package interp

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// BenchmarkHTTP sends requests over loopback to one handler: compiled, in the
// bare interpreter, and in a script as a host calls it.
func BenchmarkHTTP(b *testing.B) {
	text, err := os.ReadFile("bench_handlers_test.go")
	if err != nil {
		b.Fatal(err)
	}
	handlers := strings.Replace(string(text), "package interp", "package s", 1)
	bare := yaegi.New(yaegi.Options{})
	if err := bare.Use(stdlib.Symbols); err != nil {
		b.Fatal(err)
	}
	if _, err := bare.Eval(handlers); err != nil {
		b.Fatal(err)
	}
	v, err := bare.Eval("s.Sum")
	if err != nil {
		b.Fatal(err)
	}
	live, out := Load(Source{Name: "s", Files: []File{{Name: "s.go", Text: handlers}}}, nil, Options{Exclusive: true})
	if live == nil {
		b.Fatalf("%+v", out.Report.Diagnostics)
	}
	defer live.Close()
	for _, h := range []struct {
		name string
		f    http.HandlerFunc
	}{
		{"compiled", Sum},
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
