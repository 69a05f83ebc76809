package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// everyNode has every kind of syntax that a script can have.
const everyNode = `package p

import (
	. "strings"
	"fmt"
)

type (
	pair[K comparable, V any] struct {
		key K ` + "`json:\"k\"`" + `
		val, other V
		fmt.Stringer
	}
	set  interface{ ~int | string; Len() int }
	name = string
	fn   func(a int, b ...string) (n int, err error)
)

const (
	one = iota
	two
)

var x, y int = 1, 2

func (p *pair[K, V]) Do(in <-chan int, out chan<- int, both chan int, arr [4]int, m map[string][]int, f func(int) string) (r int, err error) {
	var v interface{} = arr[1:2]
	a, b := 1, 2.5
	a, _ = b+1, -a
	a += 3
	a++
	*p = pair[K, V]{key: p.key}
	if a := a * 2; a > 1 && !(a < 3) {
		a--
	} else if a == 0 {
		return
	} else {
		panic("no")
	}
outer:
	for i := 0; i < 10; i++ {
		for ; a < 5; {
			break outer
		}
		for a < 6 {
			continue outer
		}
		for {
			goto end
		}
	}
	for k, v := range m {
		_ = v[len(k)]
	}
	for range 3 {
	}
	for k = range arr {
	}
	switch c := a; c {
	case 1, 2:
		fallthrough
	case 3:
		f(1)
	default:
	}
	switch {
	case a > b:
	}
	switch t := v.(type) {
	case int, nil:
		_ = t
	}
	switch v.(type) {
	}
	select {
	case n, ok := <-in:
		_, x = n, ok
	case out <- 1:
	case <-both:
	default:
	}
	go f(a)
	defer func() { recover() }()
	s := append([]int{1, 2: 3}, m["x"]...)
	_ = s[1:2:3]
	_ = s[:]
	_ = [...]string{"a", 'b'}
	_ = map[string]*pair[int, string]{"a": {key: 1}, "b": nil}
	_ = v.(fmt.Stringer)
	_ = &s
	_ = min(a, max(b, 1i))
	_ = conv[int, string](a)
	type local struct{ A int }
	const k = 4
	{
		_ = local{k}
	}
end:
	return a | b&^0x0f, fmt.Errorf("%w", err)
}
`

// shapeOf is the shape of all declarations of a file, as they read.
func shapeOf(f *ast.File) string {
	fp := &fingerprinter{info: &types.Info{}}
	for _, d := range f.Decls {
		fp.node(d)
	}
	return fp.shape.sum()
}

// TestShapeSeesEveryChange changes one thing at a time in a file that has
// everything: every word, operator, literal and list, everything that can be
// left out. Each must give another shape.
func TestShapeSeesEveryChange(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "all.go", everyNode, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	was := shapeOf(f)
	count := 0
	mutate(f, func(n ast.Node, what string) {
		count++
		if shapeOf(f) == was {
			t.Errorf("%v: %T with another %s has the same shape", fset.Position(n.Pos()), n, what)
		}
	})
	if shapeOf(f) != was {
		t.Error("a change was not taken back")
	}
	if count < 1000 {
		t.Errorf("only %d changes were made", count)
	}
}

// TestShapeIgnoresPositions moves every position that has no meaning.
func TestShapeIgnoresPositions(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "all.go", everyNode, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	was := shapeOf(f)
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		v := reflect.ValueOf(n).Elem()
		for i := range v.NumField() {
			if pos, ok := v.Field(i).Interface().(token.Pos); ok && pos.IsValid() {
				v.Field(i).SetInt(int64(pos) + 7)
			}
		}
		return true
	})
	if shapeOf(f) != was {
		t.Error("positions count")
	}
}

// mutate changes one field of one node at a time, calls f and takes the change
// back. Changes that no source text stands for are left out.
func mutate(file *ast.File, f func(n ast.Node, what string)) {
	for _, d := range file.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil {
				return true
			}
			if _, ok := n.(*ast.ParenExpr); ok {
				return true // what is in it is a node of its own
			}
			v := reflect.ValueOf(n).Elem()
			for i := range v.NumField() {
				field, what := v.Field(i), v.Type().Field(i).Name
				for _, other := range otherValues(n, what, field) {
					old := reflect.New(field.Type()).Elem()
					old.Set(field)
					field.Set(other)
					f(n, what)
					field.Set(old)
				}
			}
			return true
		})
	}
}

// optional are the parts that a node can do without.
var optional = map[string]bool{
	"IfStmt.Init": true, "IfStmt.Else": true, "ForStmt.Init": true, "ForStmt.Cond": true, "ForStmt.Post": true,
	"RangeStmt.Key": true, "RangeStmt.Value": true, "SwitchStmt.Init": true, "SwitchStmt.Tag": true,
	"TypeSwitchStmt.Init": true, "CommClause.Comm": true, "BranchStmt.Label": true, "SliceExpr.Low": true,
	"SliceExpr.High": true, "SliceExpr.Max": true, "CompositeLit.Type": true, "ArrayType.Len": true,
	"Field.Tag": true, "FuncType.Results": true, "FuncType.TypeParams": true, "TypeSpec.TypeParams": true,
	"ValueSpec.Type": true, "TypeAssertExpr.Type": true, "FuncDecl.Recv": true, "FuncDecl.Body": true,
}

func otherValues(n ast.Node, what string, v reflect.Value) []reflect.Value {
	key := reflect.TypeOf(n).Elem().Name() + "." + what
	var out []reflect.Value
	add := func(x any) { out = append(out, reflect.ValueOf(x).Convert(v.Type())) }
	switch x := v.Interface().(type) {
	case token.Token:
		for _, t := range []token.Token{token.ADD, token.SUB, token.ASSIGN, token.DEFINE, token.BREAK, token.INT, token.VAR} {
			if t != x {
				add(t)
			}
		}
		return out
	case ast.ChanDir:
		add(x ^ ast.SEND ^ ast.RECV)
		if x == ast.SEND|ast.RECV {
			out = nil
			add(ast.SEND)
			add(ast.RECV)
		}
		return out
	case string:
		add(x + "x")
		return out
	case token.Pos:
		if key == "CallExpr.Ellipsis" || key == "TypeSpec.Assign" {
			add(token.Pos(1) - min(x, 1)) // there, or not there
		}
		return out
	case bool:
		if key == "SliceExpr.Slice3" {
			add(!x)
		}
		return out
	case *ast.CommentGroup:
		return nil
	}
	if strings.HasSuffix(key, ".Obj") { // the parser's own resolution, long out of use
		return nil
	}
	switch v.Kind() {
	case reflect.Slice:
		if k := v.Len(); k > 0 {
			out = append(out, v.Slice(0, k-1))
			out = append(out, reflect.Append(v.Slice3(0, k, k), v.Index(k-1)))
			if k > 1 && fmt.Sprint(what) != "Methods" {
				swapped := reflect.MakeSlice(v.Type(), k, k)
				reflect.Copy(swapped, v)
				swapped.Index(0).Set(v.Index(1))
				swapped.Index(1).Set(v.Index(0))
				out = append(out, swapped)
			}
		}
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if optional[key] {
			out = append(out, reflect.Zero(v.Type()))
		}
		if v.Kind() == reflect.Interface {
			for _, x := range []ast.Node{ast.NewIdent("other"), &ast.StarExpr{X: ast.NewIdent("p")}, &ast.ReturnStmt{}} {
				if reflect.TypeOf(x).Implements(v.Type()) {
					out = append(out, reflect.ValueOf(x))
				}
			}
		}
	}
	return out
}

// TestFormattingIsNoChange writes the sources of the cases in other forms, all
// on one line and with every token on a line of its own, and plans the change.
func TestFormattingIsNoChange(t *testing.T) {
	for _, a := range caseArchives(t) {
		for _, f := range a.Files {
			if !strings.HasSuffix(f.Name, ".go") {
				continue
			}
			src := Source{Files: []File{{"a.go", string(f.Data)}}}
			p, ds := check(src)
			if len(ds) > 0 {
				continue
			}
			for _, sep := range []string{" ", "\n", " /* c */ "} {
				src.Files[0].Text = respaced(string(f.Data), sep)
				q := checked(t, src)
				if pl := makePlan(p, q, versionsAtLoad(p)); !pl.nothing() {
					t.Errorf("%s respaced with %q:\n%s", f.Name, sep, planText(pl))
				}
			}
		}
	}
}

func caseArchives(t *testing.T) []*txtar.Archive {
	t.Helper()
	files, _ := filepath.Glob("testdata/*/*.txtar")
	var out []*txtar.Archive
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	if len(out) < 100 {
		t.Fatalf("only %d cases", len(out))
	}
	return out
}

// respaced writes a source anew with sep between its tokens, wherever a line
// may end when sep is a line end, and without comments.
func respaced(text, sep string) string {
	fset := token.NewFileSet()
	var s scanner.Scanner
	s.Init(fset.AddFile("", -1, len(text)), []byte(text), nil, 0)
	var b strings.Builder
	// A line end behind these would end the statement.
	closing := []token.Token{token.IDENT, token.INT, token.FLOAT, token.IMAG, token.CHAR, token.STRING, token.BREAK, token.CONTINUE,
		token.FALLTHROUGH, token.RETURN, token.INC, token.DEC, token.RPAREN, token.RBRACK, token.RBRACE}
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return b.String()
		case tok == token.SEMICOLON:
			b.WriteString(";")
		case lit != "":
			b.WriteString(lit)
		default:
			b.WriteString(tok.String())
		}
		if sep == "\n" && slices.Contains(closing, tok) {
			b.WriteString(" ")
		} else {
			b.WriteString(sep)
		}
	}
}

// TestTypeString wants identical types to read the same and others not.
func TestTypeString(t *testing.T) {
	const decls = `package p
import "fmt"
type A = int
type T struct{ n int }
type L[X any] struct{ x X }
type N int
type R = rune
func same1(a int, b ...A) (x any, err error) { return nil, nil }
func same2(int, ...int) (interface{}, error) { return nil, nil }
var V = []any{%s}
var _ = fmt.Sprint
`
	groups := [][]string{
		{"int(0)", "A(0)"},
		{"N(0)"},
		{"byte(0)", "uint8(0)"},
		{"rune(0)", "int32(0)", "R(0)"},
		{"same1", "same2"},
		{"func(a int, b []int) (any, error) { return nil, nil }"},
		{"struct{ a, b int }{}", "struct{ a int; b A }{}"},
		{"struct{ b, a int }{}"},
		{"struct{ a, b int `x:\"y\"` }{}"},
		{"struct{ a int; T }{}"},
		{"struct{ a int; T T }{}"},
		{"struct{ a, b int32 }{}", "struct{ a, b rune }{}"},
		{"L[int]{}", "L[A]{}"},
		{"L[string]{}"},
		{"L[L[int]]{}"},
		{"[3]int{}"},
		{"[4]int{}"},
		{"[]int{}"},
		{"map[string]int{}"},
		{"map[string][]int{}"},
		{"make(chan int)"},
		{"make(<-chan int)"},
		{"make(chan<- int)"},
		{"(chan (<-chan int))(nil)"},
		{"(chan<- (chan int))(nil)"},
		{"(*interface{ M(a int); N() })(nil)", "(*interface{ N(); M(b A) })(nil)"},
		{"(*interface{ M(int) })(nil)"},
		{"(*fmt.Stringer)(nil)"},
		{"(*any)(nil)", "(*interface{})(nil)"},
		{"(*T)(nil)"},
		{"(**T)(nil)"},
	}
	seen := map[string]string{}
	for _, g := range groups {
		first := ""
		for i, x := range g {
			p := checked(t, Source{Files: []File{{"a.go", fmt.Sprintf(decls, x)}}})
			var typ types.Type
			ast.Inspect(p.unit("var V").decl, func(n ast.Node) bool {
				if lit, ok := n.(*ast.CompositeLit); ok && typ == nil {
					typ = p.info.TypeOf(lit.Elts[0])
				}
				return true
			})
			s := typeString(typ)
			if i == 0 {
				first = s
			} else if s != first {
				t.Errorf("%s reads %q, %s reads %q", x, s, g[0], first)
			}
		}
		if other, ok := seen[first]; ok {
			t.Errorf("%s and %s both read %q", g[0], other, first)
		}
		seen[first] = g[0]
	}
}
