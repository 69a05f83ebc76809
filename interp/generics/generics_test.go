package generics_test

import (
	stdcmp "cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"

	"hotloop/interp/generics/src/cmp"
	oursErrors "hotloop/interp/generics/src/errors"
	"hotloop/interp/generics/src/iter"
	oursMaps "hotloop/interp/generics/src/maps"
	ours "hotloop/interp/generics/src/slices"
	"hotloop/interp/generics/src/unique"
)

// outcome is what a call comes to: its results, and the whole array behind a
// slice that it worked on; or that it panicked.
func outcome(backing []int, call func() []any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = "panic"
			if _, isText := r.(string); isText {
				text = fmt.Sprint("panic ", r)
			}
		}
	}()
	results := call()
	return fmt.Sprint(results, backing[:cap(backing)])
}

// TestSlicesAgree runs every function on random slices, with room behind them
// and without, as the standard library has it and as we do.
func TestSlicesAgree(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	even := func(n int) bool { return n%2 == 0 }
	same := func(a, b int) bool { return a/2 == b/2 }
	by := func(a, b int) int { return stdcmp.Compare(a/2, b/2) }
	info := func(s []int) []any { return []any{s, len(s), s == nil} }
	for range 3000 {
		n, room := rnd.IntN(9), rnd.IntN(6)
		array := make([]int, n+room)
		for i := range array {
			array[i] = rnd.IntN(6)
		}
		other := make([]int, rnd.IntN(5))
		for i := range other {
			other[i] = rnd.IntN(6)
		}
		i, j, v := rnd.IntN(n+2), rnd.IntN(n+2), rnd.IntN(6)
		if room == 0 && n == 0 {
			array = nil
		}
		type fn func(s []int) []any
		for name, pair := range map[string][2]fn{
			"Insert":       {func(s []int) []any { return info(slices.Insert(s, i, other...)) }, func(s []int) []any { return info(ours.Insert(s, i, other...)) }},
			"Insert self":  {func(s []int) []any { return info(slices.Insert(s, i, s...)) }, func(s []int) []any { return info(ours.Insert(s, i, s...)) }},
			"Delete":       {func(s []int) []any { return info(slices.Delete(s, i, j)) }, func(s []int) []any { return info(ours.Delete(s, i, j)) }},
			"DeleteFunc":   {func(s []int) []any { return info(slices.DeleteFunc(s, even)) }, func(s []int) []any { return info(ours.DeleteFunc(s, even)) }},
			"Replace":      {func(s []int) []any { return info(slices.Replace(s, i, j, other...)) }, func(s []int) []any { return info(ours.Replace(s, i, j, other...)) }},
			"Compact":      {func(s []int) []any { return info(slices.Compact(s)) }, func(s []int) []any { return info(ours.Compact(s)) }},
			"CompactFunc":  {func(s []int) []any { return info(slices.CompactFunc(s, same)) }, func(s []int) []any { return info(ours.CompactFunc(s, same)) }},
			"Clone":        {func(s []int) []any { return info(slices.Clone(s)) }, func(s []int) []any { return info(ours.Clone(s)) }},
			"Clip":         {func(s []int) []any { return []any{cap(slices.Clip(s))} }, func(s []int) []any { return []any{cap(ours.Clip(s))} }},
			"Grow":         {func(s []int) []any { return []any{slices.Grow(s, i), cap(slices.Grow(s, i)) >= n+i} }, func(s []int) []any { return []any{ours.Grow(s, i), cap(ours.Grow(s, i)) >= n+i} }},
			"Reverse":      {func(s []int) []any { slices.Reverse(s); return info(s) }, func(s []int) []any { ours.Reverse(s); return info(s) }},
			"Sort":         {func(s []int) []any { slices.Sort(s); return info(s) }, func(s []int) []any { ours.Sort(s); return info(s) }},
			"SortFunc":     {func(s []int) []any { slices.SortFunc(s, by); return info(s) }, func(s []int) []any { ours.SortFunc(s, by); return info(s) }},
			"SortStable":   {func(s []int) []any { slices.SortStableFunc(s, by); return info(s) }, func(s []int) []any { ours.SortStableFunc(s, by); return info(s) }},
			"Concat":       {func(s []int) []any { return info(slices.Concat(s, other, s)) }, func(s []int) []any { return info(ours.Concat(s, other, s)) }},
			"Repeat":       {func(s []int) []any { return info(slices.Repeat(s, i-1)) }, func(s []int) []any { return info(ours.Repeat(s, i-1)) }},
			"Min":          {func(s []int) []any { return []any{slices.Min(s)} }, func(s []int) []any { return []any{ours.Min(s)} }},
			"Max":          {func(s []int) []any { return []any{slices.Max(s)} }, func(s []int) []any { return []any{ours.Max(s)} }},
			"MinFunc":      {func(s []int) []any { return []any{slices.MinFunc(s, by)} }, func(s []int) []any { return []any{ours.MinFunc(s, by)} }},
			"MaxFunc":      {func(s []int) []any { return []any{slices.MaxFunc(s, by)} }, func(s []int) []any { return []any{ours.MaxFunc(s, by)} }},
			"Index":        {func(s []int) []any { return []any{slices.Index(s, v), slices.Contains(s, v)} }, func(s []int) []any { return []any{ours.Index(s, v), ours.Contains(s, v)} }},
			"IsSorted":     {func(s []int) []any { return []any{slices.IsSorted(s), slices.IsSortedFunc(s, by)} }, func(s []int) []any { return []any{ours.IsSorted(s), ours.IsSortedFunc(s, by)} }},
			"Compare":      {func(s []int) []any { return []any{slices.Compare(s, other), slices.Equal(s, other)} }, func(s []int) []any { return []any{ours.Compare(s, other), ours.Equal(s, other)} }},
			"CompareFunc":  {func(s []int) []any { return []any{slices.CompareFunc(s, other, by)} }, func(s []int) []any { return []any{ours.CompareFunc(s, other, by)} }},
			"EqualFunc":    {func(s []int) []any { return []any{slices.EqualFunc(s, other, same)} }, func(s []int) []any { return []any{ours.EqualFunc(s, other, same)} }},
			"BinarySearch": {func(s []int) []any { slices.Sort(s); a, b := slices.BinarySearch(s, v); return []any{a, b} }, func(s []int) []any { slices.Sort(s); a, b := ours.BinarySearch(s, v); return []any{a, b} }},
			"Chunk":        {func(s []int) []any { return []any{slices.Collect(slices.Chunk(s, i))} }, func(s []int) []any { return []any{ours.Collect(ours.Chunk(s, i))} }},
			"All":          {func(s []int) []any { return []any{maps.Collect(slices.All(s))} }, func(s []int) []any { return []any{oursMaps.Collect(ours.All(s))} }},
			"Backward":     {func(s []int) []any { return pairs(slices.Backward(s), i) }, func(s []int) []any { return pairs(ours.Backward(s), i) }},
			"Values":       {func(s []int) []any { return info(slices.AppendSeq(s, slices.Values(other))) }, func(s []int) []any { return info(ours.AppendSeq(s, ours.Values(other))) }},
			"Sorted":       {func(s []int) []any { return info(slices.SortedStableFunc(slices.Values(s), by)) }, func(s []int) []any { return info(ours.SortedStableFunc(ours.Values(s), by)) }},
		} {
			a, b := slices.Clone(array), slices.Clone(array)
			want := outcome(a[:len(a):len(a)], func() []any { return pair[0](a[:n:len(a)]) })
			got := outcome(b[:len(b):len(b)], func() []any { return pair[1](b[:n:len(b)]) })
			if got != want {
				t.Fatalf("%s of %v[:%d], %v, i %d, j %d, v %d\n got %s\nwant %s", name, array, n, other, i, j, v, got, want)
			}
		}
	}
}

// pairs takes the first few of a sequence.
func pairs(seq func(func(int, int) bool), n int) (out []any) {
	seq(func(a, b int) bool {
		out = append(out, a, b)
		n--
		return n > 0
	})
	return out
}

func TestSortUnstableOrderAgrees(t *testing.T) {
	type item struct{ key, id int }
	rnd := rand.New(rand.NewPCG(3, 4))
	by := func(a, b item) int { return stdcmp.Compare(a.key, b.key) }
	for n := range 400 {
		s := make([]item, n)
		for i := range s {
			s[i] = item{rnd.IntN(8), i}
		}
		want, got := slices.Clone(s), slices.Clone(s)
		slices.SortFunc(want, by)
		ours.SortFunc(got, by)
		if !slices.Equal(got, want) {
			t.Fatalf("%d items come out in another order", n)
		}
	}
}

func TestCompareFloats(t *testing.T) {
	floats := []float64{math.NaN(), math.Inf(-1), -1, math.Copysign(0, -1), 0, 1, math.Inf(1)}
	for _, a := range floats {
		for _, b := range floats {
			if cmp.Compare(a, b) != stdcmp.Compare(a, b) || cmp.Less(a, b) != stdcmp.Less(a, b) {
				t.Errorf("%v and %v compare as %d, %v", a, b, cmp.Compare(a, b), cmp.Less(a, b))
			}
			if fmt.Sprint(cmp.Or(a, b)) != fmt.Sprint(stdcmp.Or(a, b)) {
				t.Errorf("Or of %v and %v is %v", a, b, cmp.Or(a, b))
			}
		}
		s := []float64{1, a, 2}
		if got, want := fmt.Sprint(ours.Min(s), ours.Max(s)), fmt.Sprint(slices.Min(s), slices.Max(s)); got != want {
			t.Errorf("with %v: %s, want %s", a, got, want)
		}
	}
}

func TestMapsAgree(t *testing.T) {
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	if got := oursMaps.Clone(m); !maps.Equal(got, m) || oursMaps.Clone(map[string]int(nil)) != nil {
		t.Error("Clone", got)
	}
	if got := ours.Sorted(oursMaps.Keys(m)); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Error("Keys", got)
	}
	if got := ours.Sorted(oursMaps.Values(m)); !slices.Equal(got, []int{1, 2, 3}) {
		t.Error("Values", got)
	}
	c := oursMaps.Collect(oursMaps.All(m))
	oursMaps.DeleteFunc(c, func(k string, v int) bool { return v == 2 })
	oursMaps.Copy(c, map[string]int{"z": 9})
	if want := map[string]int{"a": 1, "c": 3, "z": 9}; !oursMaps.Equal(c, want) || oursMaps.Equal(m, c) || !reflect.DeepEqual(c, want) {
		t.Error(c)
	}
	if !oursMaps.EqualFunc(m, m, func(a, b int) bool { return a == b }) {
		t.Error("EqualFunc")
	}
}

func TestPull(t *testing.T) {
	next, stop := iter.Pull(slices.Values([]int{1, 2}))
	a, ok1 := next()
	b, ok2 := next()
	c, ok3 := next()
	stop()
	if got := fmt.Sprint(a, ok1, b, ok2, c, ok3); got != "1 true 2 true 0 false" {
		t.Error(got)
	}
	next2, stop2 := iter.Pull2(slices.All([]string{"x", "y"}))
	k, v, ok := next2()
	stop2()
	if _, _, again := next2(); k != 0 || v != "x" || !ok || again {
		t.Error(k, v, ok, again)
	}
}

func TestAsType(t *testing.T) {
	_, err := os.Open("/no such file")
	p, ok := oursErrors.AsType[*fs.PathError](fmt.Errorf("wrapped: %w", err))
	if !ok || p.Path != "/no such file" {
		t.Error(p, ok)
	}
	if _, ok := oursErrors.AsType[*fs.PathError](errors.New("other")); ok {
		t.Error("found in another error")
	}
	if _, ok := oursErrors.AsType[*fs.PathError](nil); ok {
		t.Error("found in nil")
	}
}

func TestUnique(t *testing.T) {
	again := unique.Make(string([]byte{'a'}))
	if unique.Make("a") != again || unique.Make("a") == unique.Make("b") || unique.Make(1).Value() != 1 {
		t.Error("handles are not one for a value")
	}
}
