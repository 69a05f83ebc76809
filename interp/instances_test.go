package interp

import (
	"slices"
	"strings"
	"testing"
)

const genericScript = `package p

type Stack[T any] struct{ xs []T }

func (s *Stack[T]) Push(x T) { s.xs = append(s.xs, x); note(len(s.xs), x) }

type Pair[K comparable, V any] struct { k K; v Stack[V] }

func (p Pair[K, V]) Swap() Pair[string, K] { return Pair[string, K]{} }

func note[A, B any](a A, b B) {}

func Map[T, U any](xs []T, f func(T) U) []U {
	s := Stack[U]{}
	for _, x := range xs {
		s.Push(f(x))
	}
	return s.xs
}

func unused[T any](x T) { note(x, x) }

func ping[T any](n int, x T) { if n > 0 { pong(n-1, x) } }

func pong[T any](n int, x T) { ping(n, x) }

type N int

var keep Pair[N, bool]

func Use() []string {
	ping(3, N(1))
	return Map([]int{1}, func(int) string { return "" })
}
`

func TestInstancesOf(t *testing.T) {
	p := checked(t, Source{Files: []File{{"a.go", genericScript}}})
	for id, want := range map[string]string{
		"func Map":             "[int,string]",
		"func unused":          "",
		"func ping":            "[script.N]",
		"func pong":            "[script.N]",
		"method (*Stack).Push": "[bool] [script.N] [string]", // by the type's fields too
		"method (Pair).Swap":   "[script.N,bool] [string,script.N] [string,string]",
		"func note":            "[int,bool] [int,script.N] [int,string]",
		"type Stack":           "[bool] [script.N] [string]",
		"type Pair":            "[script.N,bool] [string,script.N] [string,string]",
	} {
		var got []string
		for _, targs := range p.instancesOf(p.unit(id)) {
			got = append(got, p.instanceKey(targs))
		}
		slices.Sort(got)
		if s := strings.Join(slices.Compact(got), " "); s != want {
			t.Errorf("%s: %s, want %s", id, s, want)
		}
	}
}

// TestInstancesEmitted wants what a load emits to be what instancesOf finds, so
// that a patch leaves none out.
func TestInstancesEmitted(t *testing.T) {
	l, out := Load(Source{Name: "x", Files: []File{{"a.go", genericScript}}}, nil, Options{})
	if l == nil {
		t.Fatal(out.Report.Diagnostics)
	}
	defer l.Close()
	found := map[string]bool{}
	for _, u := range l.prog.units {
		if u.isCode() && u.generic() {
			for key := range l.instances(l.prog, u) {
				found[key] = true
			}
		}
	}
	for key := range l.names.hot {
		if strings.Contains(key, "[") && !found[key] {
			t.Errorf("%s is live and would not be patched", key)
		}
	}
}

func TestForget(t *testing.T) {
	n := newNames(newDynTypes())
	keys := []string{"type T", "func f", "func f[int]", "func f[script.T]", "func g[script.Th]", "func g[[]script.T,int]",
		"func g[other/script.T]", "type L[map[script.T]bool]", "func ff", "func g[int]", "method (T).M"}
	for _, k := range keys {
		n.of[k] = k
	}
	pk := &pkg{path: mainPath}
	n.forget(&unit{id: "type T", kind: KindType, name: "T", pkg: pk})
	n.forget(&unit{id: "func f", kind: KindFunc, name: "f", pkg: pk})
	var left []string
	for k := range n.of {
		left = append(left, k)
	}
	slices.Sort(left)
	want := "func ff|func g[int]|func g[other/script.T]|func g[script.Th]|method (T).M"
	if got := strings.Join(left, "|"); got != want {
		t.Errorf("left: %s\nwant: %s", got, want)
	}
}
