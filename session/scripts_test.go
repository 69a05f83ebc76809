package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hotloop/interp"
)

// standing gives the scripts as text.
func (st *sitting) standing() string {
	var out []string
	for _, sc := range st.Scripts() {
		out = append(out, fmt.Sprintf("%s(%s %s: %s)", sc.Name, sc.Path, strings.Join(sc.Files, " "), sc.State))
	}
	return strings.Join(out, " ")
}

func TestFilesComeAndGo(t *testing.T) {
	st := sit(t, door)
	st.loads()
	old := st.world.last("door")

	// A file in the directory of a script belongs to it.
	st.save("-- door/more.go --\npackage door\n\nfunc More() {}\n")
	st.expect(st.next(), "door watch live | added func More 0→1")

	// Another package is another script; so is one below.
	st.save("-- door/gen.go --\n//go:build ignore\n\npackage main\n-- door/deep/d.go --\npackage deep\n")
	reports := []string{brief(st.next()), brief(st.next())}
	slices.Sort(reports)
	if want := []string{"deep load live", "main load live"}; !slices.Equal(reports, want) {
		t.Errorf("reports: %v", reports)
	}
	if got, want := st.standing(), "deep(door/deep door/deep/d.go: live) door(door door/door.go door/more.go: live) main(door/gen.go door/gen.go: live)"; got != want {
		t.Errorf("scripts:\n%s\nwant\n%s", got, want)
	}

	// One that would collide gets its path; the other keeps its name.
	st.save("-- other/deep/x.go --\npackage deep\n")
	st.expect(st.next(), "other/deep load live")

	// A file that goes takes its units along.
	st.save("", "door/more.go")
	st.expect(st.next(), "door watch live | removed func More 1→0")

	// A script goes with its last file.
	st.save("", "door/deep/d.go", "door/gen.go")
	reports = []string{brief(st.next()), brief(st.next())}
	slices.Sort(reports)
	if want := []string{"deep watch live | the files of deep are gone; it was unloaded", "main watch live | the files of main are gone; it was unloaded"}; !slices.Equal(reports, want) {
		t.Errorf("reports: %v", reports)
	}
	st.until("its engine closed", func() bool { return !st.world.last("deep").running() })
	if got, want := st.standing(), "door(door door/door.go: live) other/deep(other/deep other/deep/x.go: live)"; got != want {
		t.Errorf("scripts:\n%s\nwant\n%s", got, want)
	}
	if got := st.world.last("door"); got != old {
		t.Error("door was loaded anew")
	}
	if got, err := st.Reports("deep", 0); err != nil || len(got) != 2 {
		t.Errorf("reports of a script that is gone: %v, %v", got, err)
	}
}

// Versions go on where they were when a script comes back.
func TestScriptComesBack(t *testing.T) {
	st := sit(t, door+"-- x.go --\npackage x\n")
	st.loads()
	st.save(strings.Replace(door, `"one"`, `"two"`, 1))
	st.next()
	st.save("", "door/door.go")
	st.expect(st.next(), "door watch live | removed import fmt 1→0 | removed var count 1→0 | removed func OnOpen 2→0 | removed func Show 1→0 | removed count → | the files of door are gone; it was unloaded")
	st.save(strings.Replace(door, `"one"`, `"two"`, 1))
	st.next()
	if u := unit(st.get("door"), "func OnOpen"); u.Version != 2 {
		t.Errorf("version: %+v", u)
	}
}

func TestPackageRenamed(t *testing.T) {
	st := sit(t, door+"-- door/b.go --\npackage door\n")
	st.loads()
	old := st.world.last("door")
	st.save(strings.Replace(door, "package door", "package gate", 1) + "-- door/b.go --\npackage gate\n")
	st.expect(st.next(), "gate watch unchanged")
	if got, want := st.standing(), "gate(door door/b.go door/door.go: live)"; got != want {
		t.Errorf("scripts: %s, want %s", got, want)
	}
	if !old.running() || len(st.world.engines) != 1 {
		t.Error("its state was not kept")
	}
	if got := st.fire("gate.OnOpen"); got != `gate: "one"` {
		t.Errorf("fire: %s", got)
	}
	if !strings.Contains(st.history(), "door is called gate now") {
		t.Errorf("log:\n%s", st.history())
	}
}

func TestDirectoryRenamed(t *testing.T) {
	st := sit(t, door)
	st.loads()
	st.save(strings.Replace(door, "door/door.go", "tor/door.go", 1), "door/door.go")
	st.expect(st.next(), "door watch unchanged")
	if got, want := st.standing(), "door(tor tor/door.go: live)"; got != want {
		t.Errorf("scripts: %s, want %s", got, want)
	}
	if len(st.world.engines) != 1 {
		t.Error("its state was not kept")
	}
}

// A file whose package clause is being typed stays where it was.
func TestPackageClauseBroken(t *testing.T) {
	st := sit(t, door+"-- door/b.go --\npackage door\n\nfunc B() {}\n")
	st.loads()
	st.save("-- door/b.go --\npackag door\n\nfunc B() {}\n")
	rep := st.next()
	if rep.Script != "door" || rep.Status != interp.StatusRefused || rep.Diagnostics[0].File != "door/b.go" {
		t.Errorf("report: %s", brief(rep))
	}
	st.save("-- door/b.go --\npackage door\n\nfunc B() {}\n")
	st.expect(st.next(), "door watch unchanged")
}

func TestEmptyNewFileIsNoNews(t *testing.T) {
	st := sit(t, door)
	st.loads()
	st.save("-- door/new.go --\n")
	st.none()
	st.save("-- door/new.go --\npackage door\n")
	st.expect(st.next(), "door watch unchanged")
}

const house = `
-- go.mod --
// A comment.
module "example.com/house" // and another

go 1.26
-- app/app.go --
package app

import (
	"fmt"

	"example.com/house/geo"
	"example.com/lib"
	"hotloop/session/host"
)
-- geo/geo.go --
package geo

import "example.com/house/internal/units"

func Area() {}
-- geo/geo_test.go --
package geo
-- internal/units/units.go --
package units

func Metre() {}
-- vendor/example.com/lib/lib.go --
package lib

import "example.com/lib/sub"
-- vendor/example.com/lib/sub/sub.go --
package sub
`

func TestImports(t *testing.T) {
	st := sit(t, house, func(c *Config) { c.Paths = []string{"app"} })
	st.loads()
	src := st.world.last("app").source()
	var got []string
	for _, p := range src.Imports {
		for _, f := range p.Files {
			got = append(got, p.Path+" "+f.Name)
		}
	}
	want := []string{
		"example.com/house/internal/units internal/units/units.go",
		"example.com/house/geo geo/geo.go",
		"example.com/lib/sub vendor/example.com/lib/sub/sub.go",
		"example.com/lib vendor/example.com/lib/lib.go",
	}
	if !slices.Equal(got, want) {
		t.Errorf("imports:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var watched []string
	for range 4 {
		watched = append(watched, st.tree.show(<-st.watch.added))
	}
	slices.Sort(watched)
	if want := []string{"geo", "internal/units", "vendor/example.com/lib", "vendor/example.com/lib/sub"}; !slices.Equal(watched, want) {
		t.Errorf("watched: %v", watched)
	}
	st.save("-- internal/units/units.go --\npackage units\n\nfunc Metre() { _ = 1 }\n")
	st.expect(st.next(), "app watch live | changed func units.Metre 1→2")
	if v, err := st.Source("app", "units.Metre", 1); err != nil || v.Text != "func Metre() {}" {
		t.Errorf("source: %+v, %v", v, err)
	}
	if rep, err := st.Rollback(t.Context(), "app", "func units.Metre", 1, 0); err != nil || rep.Status != interp.StatusLive {
		t.Errorf("rollback in an imported package: %s, %v", brief(rep), err)
	} else {
		st.seen = rep.ID
	}
	// A file that is added to the package counts too; a test does not.
	st.save("-- geo/more.go --\npackage geo\n\nfunc Round() {}\n-- geo/x_test.go --\npackage geo\n")
	if rep := st.next(); !strings.Contains(brief(rep), "added func geo.Round 0→1") {
		t.Errorf("report: %s", brief(rep))
	}
}

// A package that two scripts use is applied to both, and is one itself.
func TestImportedPackageIsAScriptToo(t *testing.T) {
	st := sit(t, house+"-- app2/app2.go --\npackage app2\n\nimport \"example.com/house/geo\"\n", func(c *Config) { c.Paths = []string{"app", "app2", "geo"} })
	st.loads()
	st.save("-- geo/geo.go --\npackage geo\n\nfunc Area() { _ = 1 }\n")
	var got []string
	for range 3 {
		got = append(got, brief(st.next()))
	}
	slices.Sort(got)
	want := []string{
		"app watch live | changed func geo.Area 1→2 | removed func units.Metre 1→0 | removed import geo.example.com/house/internal/units 1→0",
		"app2 watch live | changed func geo.Area 1→2 | removed func units.Metre 1→0 | removed import geo.example.com/house/internal/units 1→0",
		"geo watch live | changed func Area 1→2 | removed func units.Metre 1→0 | removed import example.com/house/internal/units 1→0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("reports:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestImportsThatAreWrong(t *testing.T) {
	st := sit(t, `
-- go.mod --
module m
-- a/a.go --
package a

import "m/lib/goe"
-- b/b.go --
package b

import _ "m/one"
-- c/c.go --
package c

import "m/prog"
-- d/d.go --
package d

import "m/both"
-- one/one.go --
package one

import "m/two"
-- two/two.go --
package two

import "m/one"
-- lib/geo/geo.go --
package geo
-- prog/prog.go --
package main
-- both/x.go --
package x
-- both/y.go --
package y
`, func(c *Config) { c.Paths = []string{"a", "b", "c", "d"} })
	for name, want := range map[string]string{
		"a": "a/a.go:3:8: package m/lib/goe has no Go files | import \"m/lib/goe\" | did you mean the package in lib/geo?",
		"b": "two/two.go:3:8: import cycle not allowed: m/one imports m/two imports m/one | import \"m/one\" | ",
		"c": "c/c.go:3:8: package m/prog is a program (package main) and cannot be imported | import \"m/prog\" | ",
		"d": "d/d.go:3:8: package m/both: its directory holds several packages: x, y | import \"m/both\" | ",
	} {
		sc := st.get(name)
		if sc.State != interp.StateBehind || len(sc.Diagnostics) != 1 {
			t.Errorf("%s: %s %v", name, sc.State, sc.Diagnostics)
			continue
		}
		d := sc.Diagnostics[0]
		if got := fmt.Sprintf("%s:%d:%d: %s | %s | %s", d.File, d.Line, d.Column, d.Message, d.Excerpt, d.Hint); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
	st.loads()
	// The package turns up.
	st.save("-- lib/goe/goe.go --\npackage goe\n")
	if _, err := st.Reload(t.Context(), "a", ""); err != nil {
		t.Fatal(err)
	}
	if sc := st.get("a"); sc.State != interp.StateLive || len(sc.Diagnostics) != 0 {
		t.Errorf("a: %s %v", sc.State, sc.Diagnostics)
	}
}

func TestModulePath(t *testing.T) {
	for text, want := range map[string]string{
		"module a/b\n":                   "a/b",
		"// module x\nmodule `y` // z\n": "y",
		"go 1.26\n\nmodule\t\"q\"\n":     "q",
		"modules x\n":                    "",
		"":                               "",
	} {
		if got := modulePath(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestGoVersion(t *testing.T) {
	for text, want := range map[string]string{
		"module m\n\ngo 1.21 // old loops\n":            "1.21",
		"module m\n\ngo 1.25.3\n\ntoolchain go1.26.0\n": "1.25.3",
		"module m\n": "1.16",
	} {
		if got := goVersion(text); got != want {
			t.Errorf("%q is of Go %s, want %s", text, got, want)
		}
	}
}
