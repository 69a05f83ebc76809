package session

import (
	"encoding/json"
	"fmt"
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
	i := 0
	save := func() {
		i++
		delta, blob := from.encode(interp.Source{Name: "s", Files: []interp.File{{Name: "a.go", Text: texts[i%2]}}})
		if _, err := to.decode(delta, blob); err != nil {
			b.Fatal(err)
		}
		changed := units[5000]
		changed.Version = i
		out := interp.Outcome{Units: []interp.UnitRun{{N: 5000, Units: []interp.Unit{changed}}, {From: 5001, N: 4999, Shift: 1 - i%2*2}}}
		out.Versions = interp.Baseline{"func F5000": {Fingerprint: fmt.Sprint(i), Version: i}}
		encoded, _ := json.Marshal(out)
		var got interp.Outcome
		if err := json.Unmarshal(encoded, &got); err != nil {
			b.Fatal(err)
		}
		var err error
		if units, err = interp.FollowUnits(units, got.Units); err != nil {
			b.Fatal(err)
		}
	}
	save()
	for b.Loop() {
		save()
	}
}
