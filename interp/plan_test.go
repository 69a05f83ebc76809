package interp

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var updatePlans = flag.Bool("update-plans", false, "write the plans of testdata/plan anew; read the difference before you keep it")

// TestPlan compares two sources of each case of testdata/plan, the directories
// before and after, and wants the plan to be what the file plan says. Nothing
// is compiled: planning is a function of two programs.
func TestPlan(t *testing.T) {
	files, err := filepath.Glob("testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := planText(planOf(t, a))
			for i, f := range a.Files {
				if f.Name != "plan" {
					continue
				}
				if *updatePlans {
					a.Files[i].Data = []byte(got)
					if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				if d := cmp.Diff(string(f.Data), got); d != "" {
					t.Errorf("plan (-want +got):\n%s", d)
				}
				return
			}
			t.Fatal("the case has no file plan")
		})
	}
}

func planOf(t *testing.T, a *txtar.Archive) *plan {
	t.Helper()
	r := &runner{t: t, archive: a}
	return makePlan(checked(t, r.source("before")), checked(t, r.source("after")), versionsAtLoad(checked(t, r.source("before"))))
}

// checked is the program of a source that has nothing wrong with it.
func checked(t testing.TB, src Source) *program {
	t.Helper()
	p, ds := check(src)
	for _, d := range ds {
		t.Errorf("%s", FormatDiagnostic(d))
	}
	if p == nil {
		t.FailNow()
	}
	return p
}

func versionsAtLoad(p *program) map[string]int {
	out := map[string]int{}
	for _, u := range p.units {
		out[u.id] = 1
	}
	return out
}

// planText writes a plan as the cases have it: one line for everything that it
// would do or say.
func planText(pl *plan) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if pl.nothing() {
		line("nothing")
	}
	for _, s := range pl.reload {
		line("reload: %s", s)
	}
	for _, c := range pl.changes {
		line("%s %d->%d %s%s", c.Change, c.From, c.To, c.Key, because(c.Why))
	}
	for _, u := range pl.code {
		line("compile %s", u.id)
	}
	for _, u := range pl.added {
		line("add %s", u.id)
	}
	for _, id := range slices.Sorted(maps.Keys(pl.fresh)) {
		line("anew %s", id)
	}
	for _, m := range pl.moves {
		line("carry %s%s", m.new.id, because(m.why))
	}
	for _, u := range pl.rerun {
		line("run %s", u.id)
	}
	for _, v := range pl.vars {
		line("%s %s%s", v.Name, v.Effect, because(v.Why))
	}
	for _, s := range pl.notes {
		line("note: %s", s)
	}
	return b.String()
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}
