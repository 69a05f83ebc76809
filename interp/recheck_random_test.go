package interp

import (
	"fmt"
	"go/token"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRecheckRandom edits programs of the corpus at random, at several places
// at once, and compares each program that is made by checking some functions
// with that of a check of the whole: it is right only if the whole is, and then
// every unit is the same, at the same place.
func TestRecheckRandom(t *testing.T) {
	var programs []corpusProgram
	for _, file := range corpusFiles(t) {
		programs = append(programs, readCorpus(t, file).programs...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	parts, wholes, wrong, names, objects := 0, 0, 0, 0, 0
	for range 40 {
		a, b := programs[r.IntN(len(programs))], programs[r.IntN(len(programs))]
		p := checked(t, Source{Name: "x", Files: []File{{"a.go", a.text}}})
		for range 25 {
			text := p.src.Files[0].Text
			for range 1 + r.IntN(2) {
				text = mutated(r, text, b.text)
			}
			src := Source{Name: "x", Files: []File{{"a.go", text}}}
			n := p.recheck(src)
			whole, ds := check(src)
			switch {
			case whole == nil && n != nil:
				t.Fatalf("taken by parts, but as a whole: %s\n%s", FormatDiagnostic(ds[0]), text)
			case whole == nil:
				wrong++
			case n == nil:
				wholes++
				p = whole
			default:
				parts++
				if diff := difference(n, whole); diff != "" {
					t.Fatalf("%s\n--- before\n%s\n--- now\n%s", diff, p.src.Files[0].Text, text)
				}
				if n.reordered {
					names++
				}
				if len(n.objects) > len(p.objects) {
					objects++
				}
				if r.IntN(4) == 0 { // it did not go live
					n.drop()
					continue
				}
				p = n
			}
		}
	}
	t.Logf("%d by parts, %d with other functions, %d with other objects; %d as a whole, %d wrong", parts, names, objects, wholes, wrong)
	if parts < 150 || names < 20 || objects < 10 {
		t.Error("these are too few")
	}
}

var (
	parameters = regexp.MustCompile(`^(func \w+\([^()]*)\)`)
	removable  = regexp.MustCompile(`\nfunc \w+\((?s:.*?)\n}\n`)
)

// mutated is a text with one thing changed; words may come from another one.
func mutated(r *rand.Rand, text, other string) string {
	lines := strings.SplitAfter(text, "\n")
	i := r.IntN(len(lines))
	words := strings.FieldsFunc(other, func(c rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", c)
	})
	switch []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 12, 12, 12}[r.IntN(17)] {
	case 0:
		lines[i] += lines[i]
	case 1:
		lines[i] = ""
	case 2:
		lines[i] += "// a comment\n"
	case 3:
		lines[i] += "\n\n"
	case 4:
		lines[i] = strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return rune('0' + r.IntN(10))
			}
			return c
		}, lines[i])
	case 5:
		lines[i] = strings.Replace(lines[i], words[r.IntN(len(words))], words[r.IntN(len(words))], 1)
	case 6:
		lines[i] = strings.Replace(lines[i], "{\n", fmt.Sprintf("{\n_ = %d\n", r.IntN(99)), 1)
	case 7:
		lines[i] = strings.Replace(lines[i], "\n", " /* x", 1)
	case 9:
		name := fmt.Sprintf("fresh%d", r.IntN(4))
		lines[i] = strings.Replace(lines[i], "{\n", "{\n"+name+"()\n", 1)
		if !strings.Contains(text, name) {
			lines[len(lines)-1] += "\nfunc " + name + "() int { return 7 }\n"
		}
	case 10: // a parameter that need not be given
		if strings.HasPrefix(lines[i], "func ") {
			lines[i] = parameters.ReplaceAllString(lines[i], "$1, more ...int)")
			lines[i] = strings.Replace(lines[i], "(, more", "(more", 1)
		}
	case 11:
		return removable.ReplaceAllStringFunc(text, func(f string) string {
			if r.IntN(8) == 0 {
				return "\n"
			}
			return f
		})
	case 12: // constants
		k := fmt.Sprintf("constant%d", r.IntN(3))
		switch {
		case !strings.Contains(text, k):
			lines[len(lines)-1] += fmt.Sprintf("\nconst %s = %d\n", k, r.IntN(9))
		case r.IntN(2) == 0:
			i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "const "+k) })
			lines[max(i, 0)] = fmt.Sprintf("const %s = %d + %s\n", k, r.IntN(9), []string{"1", "1.0", "'a'", "constant1", "len(\"ab\")"}[r.IntN(5)])
		default:
			lines[i] = strings.Replace(lines[i], "{\n", "{\nprint("+k+")\n", 1)
		}
	case 8:
		j := r.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
	}
	return strings.Join(lines, "")
}

// difference tells the first way in which two programs are not the same.
func difference(a, b *program) string {
	// More of the standard library's generic code may be there than is used.
	hidden := func(u *unit) bool { return u.hidden() }
	units, others := slices.DeleteFunc(slices.Clone(a.units), hidden), slices.DeleteFunc(slices.Clone(b.units), hidden)
	if len(units) != len(others) {
		return fmt.Sprintf("%d units for %d", len(units), len(others))
	}
	for i, u := range units {
		v := others[i]
		switch {
		case u.id != v.id || u.meaning != v.meaning || u.shape != v.shape || u.sig != v.sig || u.initial != v.initial || u.keep != v.keep:
			return fmt.Sprintf("%s is not %s, or means something else", u.id, v.id)
		case a.text(u) != b.text(v):
			return fmt.Sprintf("%s: text %q for %q", u.id, a.text(u), b.text(v))
		case !samePlace(a.position(u.pos), b.position(v.pos)):
			return fmt.Sprintf("%s: at %v for %v", u.id, a.position(u.pos), b.position(v.pos))
		case a.position(u.end).Line != b.position(v.end).Line:
			return fmt.Sprintf("%s: ends at %v for %v", u.id, a.position(u.end), b.position(v.end))
		case a.unit(u.id) != u || u.obj != nil && a.unitOf(u.obj) != u:
			return u.id + " is not found"
		}
	}
	for i, in := range a.main().order {
		if in.String() != b.main().order[i].String() {
			return "variables are initialised in another order"
		}
	}
	return ""
}

func samePlace(a, b token.Position) bool {
	return a.Filename == b.Filename && a.Line == b.Line && a.Column == b.Column
}

// TestUnitsFollow edits live scripts at random and follows the outcomes: the
// list is that of the files as they are.
func TestUnitsFollow(t *testing.T) {
	var programs []corpusProgram
	for _, file := range corpusFiles(t) {
		programs = append(programs, readCorpus(t, file).programs...)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		c := programs[r.IntN(len(programs))]
		src := Source{Name: "x", Files: []File{{"a.go", c.text}}}
		l, out := Load(src, nil, Options{})
		if l == nil {
			continue // it panics at load, for one
		}
		versions := Baseline{}
		var units []Unit
		for range 25 {
			var err error
			if units, err = FollowUnits(units, out.Units); err != nil {
				t.Fatal(err)
			}
			versions.Update(out.Versions, out.Gone)
			p := checked(t, src)
			var want []Unit
			for _, u := range p.units {
				if u.hidden() {
					continue
				}
				if v := versions[u.id]; v.Fingerprint != u.meaning {
					t.Fatalf("%s: fingerprint %s for %s", u.id, v.Fingerprint, u.meaning)
				}
				if u.name != "_" {
					want = append(want, p.describe(u, versions[u.id].Version))
				}
			}
			if diff := cmp.Diff(want, units); diff != "" {
				t.Fatalf("%s\n%s", diff, src.Files[0].Text)
			}
			next := Source{Name: "x", Files: []File{{"a.go", mutated(r, src.Files[0].Text, c.text)}}}
			out = l.Apply(next, false)
			if out.NeedsReload {
				break
			}
			if out.Report.Status != StatusRefused {
				src = next
			}
		}
		l.Close()
	}
}
