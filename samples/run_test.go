package samples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

var update = flag.Bool("update", false, "rewrite the expected results of the samples")

// moving lists the events whose results depend on when they are fired: the
// fish swim, and how far a million generations get is up to the machine.
var moving = map[string]bool{
	"look into the tank":            true,
	"a pinch of food in the middle": true,
	"a lot of food on the left":     true,
	"who is there?":                 true,
	"a million steps":               true,
	"show the board":                true,
}

// TestEvents fires the events of every sample in their order and compares what
// comes back with testdata/<sample>.golden.
func TestEvents(t *testing.T) {
	for _, dir := range sampleDirs(t) {
		t.Run(dir, func(t *testing.T) {
			ctx := context.Background()
			s, err := session.New(ctx, session.Config{Paths: []string{dir}, Timeout: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, script := range s.Scripts() {
				for _, d := range script.Diagnostics {
					t.Errorf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
				}
			}
			var got bytes.Buffer
			for _, e := range readEvents(t, dir) {
				fired, err := s.Fire(ctx, session.FireRequest{Event: e.Event, Data: e.Data})
				if err != nil {
					t.Errorf("%s: %v", e.Name, err)
					continue
				}
				fmt.Fprintf(&got, "%s\n", strings.TrimSpace(e.Event+" "+string(e.Data)))
				for _, c := range fired.Calls {
					if moving[e.Name] {
						continue
					}
					describe(&got, c)
				}
			}
			golden := filepath.Join("testdata", dir+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got:\n%s\nwant, by %s:\n%s", &got, golden, want)
			}
		})
	}
}

// describe writes a call as the golden files have it: the results as JSON, or
// the error, and then the output.
func describe(w *bytes.Buffer, c interp.Call) {
	if c.Error != nil {
		fmt.Fprintf(w, "  %s: %s\n", c.Error.Kind, c.Error.Message)
	} else {
		for _, r := range c.Returns {
			fmt.Fprintf(w, "  %s\n", sortedJSON(r.Value))
		}
	}
	for line := range strings.Lines(c.Output) {
		fmt.Fprintf(w, "  | %s", line)
	}
}

// sortedJSON has the fields of objects in the order of their names, whether the
// value is still a struct or has come through JSON already.
func sortedJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return err.Error()
	}
	text, err = json.Marshal(plain)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
