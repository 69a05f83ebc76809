package interp

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// The script changes its state at random, in every way there is, and writes it
// down with what is the same as what.
const randomState = `package main

import (
	"bytes"
	"container/list"
	"fmt"
	"math/big"
	"math/rand"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

type Shape interface{ Area() int }

type Square struct{ Side int }

func (s Square) Area() int { return s.Side * s.Side }

type Grid struct {
	Cells [4]int
	Mid   *int
	Rows  []int
	Any   any
	Shape Shape
	Next  *Grid
	Named map[string]*Grid
	inner struct{ a, b []string }
}

func (g *Grid) Area() int { return g.Cells[0] }

var (
	grids  []*Grid
	window []int          // into what some grid has as Rows
	middle *int           // into the cells of some grid
	whole  *[4]int        // all cells of some grid
	byName = map[string]*Grid{}
	byAny  = map[any]any{}
	nested = map[int]map[string][]int{}
	shapes []Shape
	anys   [3]any
	text   strings.Builder
	buf    bytes.Buffer
	big1   = big.NewInt(1)
	lst    = list.New()
	table  sync.Map
	total  atomic.Int64
	once   sync.Once
	mu     sync.RWMutex
	pipe   = make(chan *Grid, 8)
	method func() int
	fn     func(int) int
	scores = map[Square]float64{}
	empty  struct{}
	deep   ***int
	bytes1 = []byte("hello world")
	makers = map[int]func(int) int{}
	upper  = strings.ToUpper
)

func adder(g *Grid) func(int) int {
	sum, list := 0, []int{}
	return func(n int) int {
		if n > 0 {
			sum += n
			list = append(list, n)
			g.Cells[2] += n
		}
		return sum + 1000*len(list)
	}
}

func double(n int) int { return 2 * n }
func triple(n int) int { return 3 * n }

func init() { Mutate(1); Mutate(2) }

func grid(r *rand.Rand) *Grid {
	if len(grids) > 0 && r.Intn(3) > 0 {
		return grids[r.Intn(len(grids))]
	}
	g := &Grid{Rows: make([]int, 3, 8), Named: map[string]*Grid{}}
	g.Mid = &g.Cells[2]
	grids = append(grids, g)
	return g
}

func Mutate(seed int64) int {
	r := rand.New(rand.NewSource(seed))
	for range 40 {
		g := grid(r)
		n := r.Intn(100)
		switch r.Intn(35) {
		case 0:
			g.Cells[r.Intn(4)] = n
		case 1:
			*g.Mid = n
		case 2:
			g.Rows = append(g.Rows, n)
		case 3:
			g.Rows[r.Intn(len(g.Rows))] = n
		case 4:
			window = g.Rows[1:2:min(cap(g.Rows), 4)]
		case 5:
			window = append(window, n)
		case 6:
			middle = &g.Cells[1]
		case 7:
			if middle != nil {
				*middle = n
			}
		case 8:
			whole = &g.Cells
		case 9:
			if whole != nil {
				whole[3] = n
			}
		case 10:
			g.Any = []any{n, "x", Square{n}, &n}[r.Intn(4)]
		case 11:
			g.Shape = Square{n}
		case 12:
			g.Shape = grid(r)
		case 13:
			g.Next = grid(r)
		case 14:
			g.Named[fmt.Sprint(n%5)] = grid(r)
		case 15:
			delete(g.Named, fmt.Sprint(n%5))
		case 16:
			byName[fmt.Sprint(n%7)] = g
		case 17:
			byAny[[]any{n % 5, "k", Square{n % 3}, g}[r.Intn(4)]] = []any{n, g, nil}[r.Intn(3)]
		case 18:
			clear(byAny)
		case 19:
			if nested[n%3] == nil {
				nested[n%3] = map[string][]int{}
			}
			nested[n%3]["a"] = append(nested[n%3]["a"], n)
		case 20:
			shapes = append(shapes, g, Square{n})
		case 21:
			anys[n%3] = []any{g, &g.Cells, g.Rows, g.Named, Square{n}, nil}[r.Intn(6)]
		case 22:
			fmt.Fprint(&text, n)
		case 23:
			fmt.Fprint(&buf, n)
			buf.Next(1)
		case 24:
			big1.Mul(big1, big.NewInt(int64(n+2)))
		case 25:
			lst.PushBack(n)
			if lst.Len() > 3 {
				lst.Remove(lst.Front())
			}
		case 26:
			table.Store(n%5, n)
			table.Delete(n % 4)
			total.Add(int64(n))
			once.Do(func() { total.Add(1) })
			mu.Lock()
			mu.Unlock()
		case 27:
			select {
			case pipe <- g:
			default:
				<-pipe
			}
		case 28:
			method = []func() int{g.Area, Square{n}.Area}[r.Intn(2)]
		case 29:
			fn = []func(int) int{double, triple, nil}[r.Intn(3)]
		case 30:
			scores[Square{n % 4}] = float64(n) / 3
			g.inner.a = append(g.inner.a, "s")
			g.inner.b = g.inner.a[:1]
		case 31:
			p := &g.Cells[0]
			pp := &p
			deep = &pp
			***deep = n
		case 33:
			makers[n%4] = adder(g)
		case 34:
			if f := makers[n%4]; f != nil {
				f(n)
			}
		case 32:
			copy(bytes1[n%5:], "XY")
		}
	}
	return len(grids)
}

// Digest writes everything down; what is met again is named by a number.
func Digest() string {
	var out strings.Builder
	ids := map[any]int{}
	id := func(p any) string {
		if n, ok := ids[p]; ok {
			return fmt.Sprint("#", n)
		}
		ids[p] = len(ids) + 1
		return fmt.Sprint("new#", len(ids))
	}
	ints := func(s []int) string {
		if cap(s) == 0 {
			return "-"
		}
		return fmt.Sprint(id(&s[:1][0]), len(s), cap(s), s[:cap(s)])
	}
	var show func(g *Grid) string
	show = func(g *Grid) string {
		if g == nil {
			return "nil"
		}
		s := id(g)
		if !strings.HasPrefix(s, "new") {
			return s
		}
		s += fmt.Sprint("{", g.Cells, id(g.Mid), ints(g.Rows), g.inner.a, len(g.inner.b))
		if sh, ok := g.Shape.(*Grid); ok {
			s += show(sh)
		} else {
			s += fmt.Sprint(g.Shape)
		}
		if p, ok := g.Any.(*int); ok {
			s += id(p)
		} else {
			s += fmt.Sprint(g.Any)
		}
		s += show(g.Next)
		var keys []string
		for k := range g.Named {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			s += k + ":" + show(g.Named[k])
		}
		return s + "}"
	}
	value := func(v any) string {
		switch v := v.(type) {
		case *Grid:
			return show(v)
		case *[4]int:
			return id(&v[0])
		case []int:
			return ints(v)
		case map[string]*Grid:
			return fmt.Sprint("map", len(v))
		}
		return fmt.Sprint(v)
	}
	for _, g := range grids {
		out.WriteString(show(g))
	}
	fmt.Fprint(&out, len(grids), cap(grids), ints(window), middle == nil || whole == nil || middle == &whole[1])
	if middle != nil {
		fmt.Fprint(&out, id(middle), *middle)
	}
	if whole != nil {
		fmt.Fprint(&out, *whole)
	}
	var lines []string
	for k, g := range byName {
		lines = append(lines, k+show(g))
	}
	for k, v := range byAny {
		lines = append(lines, value(k)+"="+value(v))
	}
	for k, v := range scores {
		lines = append(lines, fmt.Sprint(k, v))
	}
	table.Range(func(k, v any) bool { lines = append(lines, fmt.Sprint("t", k, v)); return true })
	sort.Strings(lines)
	for _, s := range shapes {
		lines = append(lines, value(s))
	}
	for _, a := range anys {
		lines = append(lines, value(a))
	}
	fmt.Fprint(&out, lines, nested, text.String(), buf.String(), big1, lst.Len(), total.Load(), len(pipe), string(bytes1))
	for e := lst.Front(); e != nil; e = e.Next() {
		fmt.Fprint(&out, e.Value)
	}
	for range len(pipe) {
		g := <-pipe
		out.WriteString(show(g))
		pipe <- g
	}
	if method != nil {
		fmt.Fprint(&out, method())
	}
	if fn != nil {
		fmt.Fprint(&out, fn(7))
	}
	for i := range 4 {
		if f := makers[i]; f != nil {
			fmt.Fprint(&out, " m", f(0))
		}
	}
	if deep != nil {
		fmt.Fprint(&out, ***deep, id(**deep))
	}
	first := true
	once.Do(func() { first = false })
	fmt.Fprint(&out, first, mu.TryLock())
	mu.Unlock()
	return out.String()
}
`

// Whatever a trial does, nothing of it is left: values, what shares memory with
// what, and what lies in the spare room of slices.
func TestTrialsAtRandom(t *testing.T) {
	l := loadText(t, randomState)
	call := func(fn, data string) string {
		t.Helper()
		c := l.Call(context.Background(), CallRequest{Function: fn, Data: []byte(data), Timeout: 10 * time.Second})
		if c.Error != nil {
			t.Fatal(fn, c.Error)
		}
		return c.Returns[0].Text
	}
	call("Digest", "") // runs once
	for seed := 3; seed < 60; seed++ {
		before := call("Digest", "")
		data := []byte(fmt.Sprint(seed))
		tr := l.Try(context.Background(), []TrialRequest{{CallRequest: CallRequest{Function: "Mutate", Data: data, Timeout: 10 * time.Second}}})[0]
		if tr.Call.Error != nil || !tr.OnCopy || len(tr.Touched) == 0 || len(tr.Notes) > 0 {
			t.Fatalf("seed %d: %+v", seed, tr)
		}
		if after := call("Digest", ""); after != before {
			t.Fatalf("seed %d left something behind:\n%s\n%s", seed, before, after)
		}
		if seed%3 == 0 {
			if call("Mutate", string(data)); call("Digest", "") == before {
				t.Fatalf("seed %d: the digest does not tell", seed)
			}
		}
	}
}
