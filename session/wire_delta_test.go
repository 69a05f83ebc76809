package session

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"hotloop/interp"
)

// FuzzSourceDelta sends pairs of texts, also ones that no Go file holds.
func FuzzSourceDelta(f *testing.F) {
	f.Add("package p\n", "package p\n\nvar x = 1\n")
	f.Add("aaaa", "aa")
	f.Add("aa", "aaaa")
	f.Add("é", "è") // equal first byte: the cut falls inside a character
	f.Add("\xff\xfe", "\xff")
	f.Add(strings.Repeat("line\n", 500), strings.Repeat("line\n", 499)+"end\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		var sender, receiver sourceTexts
		for _, text := range []string{before, after, after, before, ""} {
			src := interp.Source{Name: "s", Files: []interp.File{{Name: "a.go", Text: text}, {Name: "b.go", Text: after}},
				Imports: []interp.SourcePackage{{Path: "m/p", Files: []interp.File{{Name: "a.go", Text: before + text}}}}}
			delta, blob := sender.encode(src)
			got, err := receiver.decode(delta, blob)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(src, got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestSourceDeltaIsSmall(t *testing.T) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "func F%d(a, b int) int {\n\treturn a + b*%d\n}\n\n", i, i)
	}
	src := func(s string) interp.Source {
		return interp.Source{Name: "s", Files: []interp.File{{Name: "a.go", Text: s}}}
	}
	var sender sourceTexts
	sender.encode(src(text.String()))
	_, blob := sender.encode(src(strings.Replace(text.String(), "a + b*5000", "a - b*5000", 1)))
	if string(blob) != "-" {
		t.Errorf("one changed character travels as %q", blob)
	}
}

func TestSourceDeltaRefusesNonsense(t *testing.T) {
	for _, d := range []fileDelta{
		{Name: "a.go", Prefix: 1}, {Name: "a.go", Suffix: 1}, {Name: "a.go", Len: 1}, {Name: "a.go", Len: -1},
		{Name: "a.go", Prefix: -1}, {Name: "a.go", Suffix: -1}, {Name: "b.go", Prefix: 3, Suffix: 3},
	} {
		receiver := sourceTexts{{"", "b.go"}: "12345"}
		if _, err := receiver.decode(sourceDelta{Files: []fileDelta{d}}, nil); err == nil {
			t.Errorf("%+v is taken", d)
		}
	}
}

// TestOutcomeDelta plays random edits of a list of units.
func TestOutcomeDelta(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var sender, receiver outcomeLists
	var units []interp.Unit
	fresh := 0
	for round := range 300 {
		units = slices.Clone(units) // what was given out is not changed
		versions, gone := interp.Baseline{}, []string(nil)
		for range r.IntN(4) {
			at := r.IntN(len(units) + 1)
			switch op := r.IntN(6); {
			case op == 0 || len(units) < 5:
				fresh++
				key := fmt.Sprintf("func F%d", fresh)
				units = slices.Insert(units, at, interp.Unit{Key: key, Name: fmt.Sprint(fresh), Line: at, Version: 1, Params: []interp.Param{{Name: "e", Fields: []string{"door"}}}})
				versions[key] = interp.UnitVersion{Fingerprint: key, Version: 1}
			case at == len(units):
			case op == 1:
				gone = append(gone, units[at].Key)
				units = slices.Delete(units, at, at+1)
			case op == 2:
				units[at].Version++
				versions[units[at].Key] = interp.UnitVersion{Fingerprint: fmt.Sprint(round), Version: units[at].Version}
			case op == 3: // lines move from here on
				for i := at; i < len(units); i++ {
					units[i].Line += 7
				}
			case op == 4: // moved within the file
				u := units[at]
				units = slices.Delete(units, at, at+1)
				units = slices.Insert(units, r.IntN(len(units)+1), u)
			case op == 5:
				units[at].Params = []interp.Param{{Name: "other"}}
			}
		}
		out := interp.Outcome{Report: interp.Report{ID: round}, NeedsReload: round%2 == 0, Units: units, Versions: versions, Gone: gone}
		encoded, err := json.Marshal(sender.encode(out))
		if err != nil {
			t.Fatal(err)
		}
		var delta outcomeDelta
		if err := json.Unmarshal(encoded, &delta); err != nil {
			t.Fatal(err)
		}
		got, err := receiver.decode(delta)
		if err != nil {
			t.Fatal(err)
		}
		want := interp.Outcome{Report: out.Report, NeedsReload: out.NeedsReload, Units: slices.Clone(units), Versions: maps.Clone(versions), Gone: gone}
		if len(want.Units) == 0 {
			want.Units = nil
		}
		if len(versions) == 0 {
			want.Versions = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d: %s", round, diff)
		}
	}
}

func TestOutcomeDeltaIsSmall(t *testing.T) {
	units := make([]interp.Unit, 10_000)
	for i := range units {
		units[i] = interp.Unit{Key: fmt.Sprintf("func F%d", i), Line: i * 4, Version: 1}
	}
	var sender outcomeLists
	sender.encode(interp.Outcome{Units: units})
	units = slices.Clone(units)
	for i := 5000; i < len(units); i++ {
		units[i].Line += 2
	}
	units[5000].Version++
	encoded, _ := json.Marshal(sender.encode(interp.Outcome{Units: units}).Units)
	if len(encoded) > 500 {
		t.Errorf("one changed unit of 10,000 travels as %d bytes", len(encoded))
	}
}

func TestOutcomeDeltaRefusesNonsense(t *testing.T) {
	for _, run := range []unitRun{{From: 1, N: 3}, {From: -1, N: 1}, {N: -1}, {From: 4}} {
		l := outcomeLists{units: make([]interp.Unit, 3)}
		if _, err := l.decode(outcomeDelta{Units: []unitRun{run}}); err == nil {
			t.Errorf("%+v is taken", run)
		}
	}
}

// BenchmarkWireSave is what the wire adds to a save of one function in a script
// of 10,000, both ends together and without the pipe.
func BenchmarkWireSave(b *testing.B) {
	var text strings.Builder
	units := make([]interp.Unit, 10_000)
	for i := range units {
		fmt.Fprintf(&text, "func F%d(a, b int) int {\n\tc := a * b\n\tif c > 100 {\n\t\treturn c\n\t}\n\treturn a + b*%d\n}\n\n", i, i)
		key := fmt.Sprintf("func F%d", i)
		units[i] = interp.Unit{Key: key, Kind: interp.KindFunc, Name: key[5:], Signature: "(a, b int) int", File: "a.go", Line: i * 8, Version: 1,
			Params: []interp.Param{{Name: "a", Type: "int"}, {Name: "b", Type: "int"}}}
	}
	texts := []string{text.String(), strings.Replace(text.String(), "a + b*5000", "a +\n b*5000", 1)}
	var from, to sourceTexts
	var fromLists, toLists outcomeLists
	i := 0
	save := func() {
		i++
		delta, blob := from.encode(interp.Source{Name: "s", Files: []interp.File{{Name: "a.go", Text: texts[i%2]}}})
		if _, err := to.decode(delta, blob); err != nil {
			b.Fatal(err)
		}
		units = slices.Clone(units)
		units[5000].Version++
		for j := 5001; j < len(units); j++ {
			units[j].Line += 1 - i%2*2
		}
		versions := interp.Baseline{"func F5000": {Fingerprint: fmt.Sprint(i), Version: i}}
		encoded, _ := json.Marshal(fromLists.encode(interp.Outcome{Units: units, Versions: versions}))
		var d outcomeDelta
		if err := json.Unmarshal(encoded, &d); err != nil {
			b.Fatal(err)
		}
		if _, err := toLists.decode(d); err != nil {
			b.Fatal(err)
		}
	}
	save()
	for b.Loop() {
		save()
	}
}
