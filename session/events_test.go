package session

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"hotloop/watch"
)

func (st *sitting) ready() string {
	var out []string
	for _, e := range st.SavedEvents() {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s|%s.%s %s", e.Name, e.Script, e.Event, e.Data)))
	}
	return strings.Join(out, "\n")
}

func TestSavedEvents(t *testing.T) {
	st := sit(t, two+`
-- a/events.jsonl --
{"name":"z first","event":"OnOpen","data":{"x":1}}
# a comment

{"event":"Both","script":"b"}
{"name":"broken","event":
{"name":"typo","evnt":"OnOpen"}
{"name":"nothing"}
{"name":"nulled","event":"Both","data":null} trailing
{"name":"last","event":"Both","data":null}
-- tools/x.go --
//go:build ignore

package main

func X() {}

func Common() {}
-- tools/y.go --
//go:build ignore

package main

func Y() {}

func Common() {}
-- tools/events.jsonl --
{"event":"Y"}
{"event":"X"}
{"event":"Common"}
-- more.jsonl --
{"event":"Everywhere"}
{"event":"OnOpen","script":"a","name":"from the extra file"}
`, func(c *Config) { c.Events = "more.jsonl" })
	want := `z first|a.OnOpen {"x":1}
last|a.Both
from the extra file|a.OnOpen
Both|b.Both
X|tools/x.go.X
Y|tools/y.go.Y
Common|.Common
Everywhere|.Everywhere`
	if got := st.ready(); got != want {
		t.Errorf("saved events:\n%s\nwant:\n%s", got, want)
	}
	for _, n := range []string{
		"a/events.jsonl:5: unexpected EOF; the line is left out",
		`a/events.jsonl:6: unknown field "evnt"; there are name, event, script and data; the line is left out`,
		`a/events.jsonl:7: "event" is missing; the line is left out`,
		"a/events.jsonl:8: more than one JSON object; the line is left out",
	} {
		if !strings.Contains(st.history(), "notice : "+n+"\n") {
			t.Errorf("no notice %q in\n%s", n, st.history())
		}
	}
	// Edited, they are read again; gone, they are gone; no script is touched.
	st.loads()
	st.save("-- a/events.jsonl --\n{\"event\":\"OnOpen\"}\n-- more.jsonl --\n{\"event\":\"New\"}\n", "tools/events.jsonl")
	st.none()
	if got, want := st.ready(), "OnOpen|a.OnOpen\nNew|.New"; got != want {
		t.Errorf("after the edit:\n%s\nwant:\n%s", got, want)
	}
	// The extra file may go and come back.
	st.save("", "more.jsonl")
	st.quiet()
	st.save("-- more.jsonl --\n{\"event\":\"Back\"}\n")
	st.quiet()
	if got, want := st.ready(), "OnOpen|a.OnOpen\nBack|.Back"; got != want {
		t.Errorf("after it came back:\n%s\nwant:\n%s", got, want)
	}
	// A script that comes later brings its events.
	st.save("-- late/late.go --\npackage late\n\nfunc L() {}\n-- late/events.jsonl --\n{\"event\":\"L\"}\n")
	st.quiet()
	if got := st.ready(); !strings.Contains(got, "L|late.L") {
		t.Errorf("a new script:\n%s", got)
	}
}

func TestEventsFileMustExist(t *testing.T) {
	_, err := trySit(t, two, func(c *Config) { c.Events = "none.jsonl" })
	if err == nil || err.Error() != "none.jsonl: no such file or directory; give --events a file that exists" {
		t.Errorf("error: %v", err)
	}
}

// What is watched is what scripts are made of, and no more.
func TestWhatIsWatched(t *testing.T) {
	st := sit(t, "-- x/only.go --\npackage only\n-- x/events.jsonl --\n-- more.jsonl --\n", func(c *Config) {
		c.Paths = []string{"x/only.go"}
		c.Events = "more.jsonl"
	})
	c := st.watch.config
	var roots []string
	for _, r := range c.Roots {
		if !filepath.IsAbs(r) {
			t.Errorf("root %s is relative", r)
		}
		roots = append(roots, st.tree.show(r))
	}
	if got := strings.Join(roots, " "); got != "x/only.go x/events.jsonl more.jsonl" {
		t.Errorf("roots: %s", got)
	}
	for name, want := range map[string]bool{"a.go": true, "a_test.go": false, "events.jsonl": true, "go.mod": true, "a.txt": false, ".a.go": false} {
		if c.Match("/d/"+name) != want {
			t.Errorf("%s: watched is %v", name, !want)
		}
	}
	if !c.SkipDir("vendor") || c.SkipDir("door") || c.Ready([]watch.Change{{Path: "/a.go", Text: []byte("package")}}) {
		t.Error("the watcher's questions are answered wrongly")
	}
}
