package interp

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzPlan makes a plan from two sources, each a selection of declarations. A
// plan between sources of the same declarations, in whatever order, changes
// nothing; every other one accounts for each unit that came, went or changed
// its meaning.
func FuzzPlan(f *testing.F) {
	f.Add(uint64(0), uint64(0), uint64(1))
	f.Add(uint64(0x5555), uint64(0xaaaa), uint64(2))
	f.Add(^uint64(0), uint64(0x0f0f0f), uint64(3))
	f.Fuzz(func(t *testing.T, a, b, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		old, _ := check(chosen(a, r))
		new, _ := check(chosen(b, r))
		if old == nil || new == nil {
			return // it does not compile, so there is nothing to plan
		}
		pl := makePlan(old, new, versionsAtLoad(old))
		changed := map[string]bool{}
		for _, c := range pl.changes {
			changed[c.Key] = true
		}
		before := map[string]string{}
		for _, u := range old.units {
			before[u.id] = u.meaning
		}
		for _, u := range new.units {
			was, known := before[u.id]
			delete(before, u.id)
			if !u.hidden() && u.name != "_" && (!known || was != u.meaning) && !changed[u.id] {
				t.Errorf("%s is not in the plan\n%s", u.id, planText(pl))
			}
		}
		for id := range before {
			if !strings.HasPrefix(id, "import ") && !changed[id] {
				t.Errorf("%s went and is not in the plan\n%s", id, planText(pl))
			}
		}
		again, _ := check(chosen(a, r))
		if again == nil {
			t.Fatal("the same declarations in another order do not compile")
		}
		if same := makePlan(old, again, versionsAtLoad(old)); !same.nothing() {
			t.Errorf("another order is a change:\n%s", planText(same))
		}
	})
}

// declPool are the declarations that FuzzPlan selects from, two forms of each.
var declPool = [][2]string{
	{"var a = 1", "var a = 2"},
	{"var b = a + c", "var b int = c"},
	{"const c = 3", "const c = 4"},
	{"const (\n\td = iota\n\te\n)", "const (\n\te = iota\n\td\n)"},
	{"type T struct{ n int }", "type T struct{ n, m int }"},
	{"func (t T) Get() int { return t.n }", "func (t *T) Get() int { return t.n + 1 }"},
	{"func (t T) Put(n int) T { t.n = n; return t }", "func (t T) Put(n, m int) T { t.n = n * m; return t }"},
	{"type I interface{ Get() int }", "type I interface{ Get() int; Put(int) T }"},
	{"func f(x int) int { return x + c }", "func f(x int) int { return x * c }"},
	{"func g() int { return f(a) }", "func g() (n int) { defer func() { n++ }(); return f(1) }"},
	{"func Map[A, B any](xs []A, f func(A) B) (out []B) { for _, x := range xs { out = append(out, f(x)) }; return }", "func Map[A, B any](xs []A, f func(A) B) []B { return nil }"},
	{"func h() []string { return Map([]int{a}, func(n int) string { return \"x\" }) }", "func h() []string { return nil }"},
	{"func init() { a = 7 }", "func init() { a = 8 }"},
	{"var _ = f(1)", "var _ I = &T{}"},
}

// chosen makes a source of declarations: two bits of the choice say of each
// whether it is there, and in which form. Their order is random.
func chosen(choice uint64, r *rand.Rand) Source {
	var parts []string
	for i, forms := range declPool {
		switch choice >> (2 * i) & 3 {
		case 1, 3:
			parts = append(parts, forms[0])
		case 2:
			parts = append(parts, forms[1])
		}
	}
	r.Shuffle(len(parts), func(i, k int) { parts[i], parts[k] = parts[k], parts[i] })
	return Source{Name: "test", Files: []File{{"a.go", "package demo\n\n" + strings.Join(parts, "\n\n") + "\n"}}}
}
