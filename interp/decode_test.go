package interp

import (
	"encoding/json"
	"go/types"
	"reflect"
	"strings"
	"testing"
)

const decodeScript = `package door

import ("time"; "net/http")

type Opening struct {
	Door   string    ` + "`json:\"door\"`" + `
	People int       ` + "`json:\"people\"`" + `
	At     time.Time ` + "`json:\"at,omitzero\"`" + `
	Wait   *time.Duration
	secret int
}
type Color uint8
type Base struct { ID int }
type Emb struct { Base; *Extra; Name string }
type Extra struct { Note string ` + "`json:\"note,omitempty\"`" + ` }
type Tree struct { V int; L, R *Tree }
type Shape interface{ Area() float64 }
type Quoted struct { N int64 ` + "`json:\",string\"`" + ` }
type Holder struct { S Shape ` + "`json:\"s,omitempty\"`" + ` ; O Opening; Q http.Cookie ` + "`json:\"q,omitempty\"`" + ` }

func None() {}
func One(o Opening) Opening { return o }
func Ptr(o *Opening) *Opening { return o }
func Any(x any) any { return x }
func Map(m map[string]any) map[string]any { return m }
func Ints(l []int8) []int8 { return l }
func Arr(l [2]int) [2]int { return l }
func Two(o Opening, n int) (Opening, int) { return o, n }
func Unnamed(string, bool) {}
func Var(n int, rest ...string) (int, []string) { return n, rest }
func Rest(xs ...float32) []float32 { return xs }
func Dur(d time.Duration) time.Duration { return d }
func Time(t time.Time) time.Time { return t }
func Bytes(b []byte) []byte { return b }
func Kind(c Color) Color { return c }
func Embedded(e Emb) Emb { return e }
func Trees(t Tree) Tree { return t }
func Sh(s Shape) Shape { return s }
func ByInt(m map[int]Opening) map[int]Opening { return m }
func Quote(q Quoted) Quoted { return q }
func Hold(h Holder) Holder { return h }
func Fn(f func()) {}
func Chan(c chan int) {}
func Bool(b bool) bool { return b }
func U(u uint64, f float64) (uint64, float64) { return u, f }
func Ops(os []Opening) []Opening { return os }
`

// handlers calls functions of a script with data, as the engine does.
type handlers struct {
	funcs map[string]reflect.Value
	pkg   *types.Package
}

func loadHandlers(t testing.TB) handlers {
	l, p := loadTyped(t, decodeScript)
	h := handlers{map[string]reflect.Value{}, p}
	for _, u := range l.prog.main().handlers(l.prog) {
		if err := l.hold(u); err != nil {
			t.Fatal(err)
		}
		h.funcs[u.name] = l.handlers[u.id]
	}
	return h
}

func (h handlers) args(name, data string) ([]reflect.Value, []reflect.Type, *types.Signature, error) {
	sig := h.pkg.Scope().Lookup(name).Type().(*types.Signature)
	rt := h.funcs[name].Type()
	var names []string
	var rts []reflect.Type
	for i := range rt.NumIn() {
		names = append(names, sig.Params().At(i).Name())
		rts = append(rts, rt.In(i))
	}
	args, err := decoder{}.decodeArgs([]byte(data), sig, names, rts)
	return args, rts, sig, err
}

// call gives the text of the results, or the error.
func (h handlers) call(name, data string) string {
	args, _, sig, err := h.args(name, data)
	if err != nil {
		return "error: " + err.Error()
	}
	var list []string
	for i, r := range h.funcs[name].Call(args) {
		list = append(list, formatter{pkg: h.pkg}.format(r, sig.Results().At(i).Type()).Text)
	}
	return strings.Join(list, " ")
}

func TestDecodeArgs(t *testing.T) {
	h := loadHandlers(t)
	tests := []struct{ fn, data, want string }{
		{"None", ``, ""},
		{"None", ` null `, ""},
		{"None", `1`, "error: the handler takes no data"},
		{"One", `{"door":"front","people":3}`, `Opening{Door:"front", People:3, At:0001-01-01T00:00:00Z, Wait:nil, secret:0}`},
		{"One", `{"DOOR":"front","People":3.0,"at":"2024-05-06T07:08:09Z","Wait":"2s"}`, `Opening{Door:"front", People:3, At:2024-05-06T07:08:09Z, Wait:&2s, secret:0}`},
		{"One", `{"door":"a","door":"b","people":0}`, `Opening{Door:"b", People:0, At:0001-01-01T00:00:00Z, Wait:nil, secret:0}`},
		{"One", ``, `error: the handler wants data such as {"door":"","people":0,"Wait":"1s"}`},
		{"One", `{"door":"front","peple":3}`, `error: unknown field "peple" in Opening; did you mean "people"?`},
		{"One", `{"people":3}`, `error: missing field "door" in Opening`},
		{"One", `{"door":"x","people":3,"secret":1}`, `error: unknown field "secret" in Opening; there are door, people, at, Wait`},
		{"One", `{"door":7,"people":3}`, `error: door: expected string, got number 7`},
		{"One", `{"door":null,"people":3}`, `error: door: expected string, got null`},
		{"One", `{"door":"x","people":3.5}`, `error: people: 3.5 is not a whole number, and int wants one`},
		{"One", `{"door":"x","people":"3"}`, `error: people: expected int, got string "3"`},
		{"One", `{"door":"x","people":3,"at":"noon"}`, "error: at: *"},
		{"One", `[1]`, `error: expected an object (Opening), got an array`},
		{"One", `{"door":"x"`, "error: data is not JSON: unexpected end of JSON input at character 11"},
		{"One", `{"door":"x","people":1} x`, "error: data is not JSON: *"},
		{"Ptr", ``, "nil"},
		{"Ptr", `null`, "nil"},
		{"Ptr", `{"door":"p","people":1}`, `&Opening{Door:"p", People:1, At:0001-01-01T00:00:00Z, Wait:nil, secret:0}`},
		{"Any", ``, "nil"},
		{"Any", `{"a":[1,"x",null]}`, `map[string]any{"a":[]any{1, "x", nil}}`},
		{"Map", ``, "nil"},
		{"Map", `{"a":1}`, `map[string]any{"a":1}`},
		{"Map", `[]`, `error: expected an object (map[string]any), got an array`},
		{"Ints", `[1,-128]`, "[]int8{1, -128}"},
		{"Ints", `[1,128]`, "error: [1]: 128 does not fit int8"},
		{"Ints", `[]`, "[]int8{}"},
		{"Arr", `[1,2]`, "[2]int{1, 2}"},
		{"Arr", `[1]`, "error: [2]int wants 2 elements, got 1"},
		{"Two", `[{"door":"d","people":1},4]`, `Opening{Door:"d", People:1, At:0001-01-01T00:00:00Z, Wait:nil, secret:0} 4`},
		{"Two", `{"n":4,"o":{"door":"d","people":1}}`, `Opening{Door:"d", People:1, At:0001-01-01T00:00:00Z, Wait:nil, secret:0} 4`},
		{"Two", `{"n":4}`, `error: missing parameter "o"; an example is {"o":{"door":"","people":0,"Wait":"1s"},"n":0}`},
		{"Two", `{"n":4,"oo":1}`, `error: unknown parameter "oo"; there are o, n`},
		{"Two", `{"n":4,"o":{"door":"d"}}`, `error: o: missing field "people" in Opening`},
		{"Two", `[1]`, `error: the handler takes 2 values, got 1; *`},
		{"Two", `3`, `error: expected an array or an object such as *`},
		{"Unnamed", `["x",true]`, ""},
		{"Unnamed", `{"a":1}`, `error: expected an array such as ["",false], got an object`},
		{"Var", `[1,"a","b"]`, `1 []string{"a", "b"}`},
		{"Var", `[1]`, "1 []string{}"},
		{"Var", `{"n":1,"rest":["a"]}`, `1 []string{"a"}`},
		{"Var", `[1,"a",2]`, "error: [2]: expected string, got number 2"},
		{"Var", `[]`, "error: the handler takes 1 values, got 0; *"},
		{"Rest", ``, "[]float32{}"},
		{"Rest", `[1,2.5]`, "[]float32{1, 2.5}"},
		{"Rest", `[1e300]`, "error: [0]: 1e300 does not fit float32"},
		{"Rest", `{"xs":[1]}`, "error: expected an array such as [0], got an object"},
		{"Dur", `"1.5s"`, "1.5s"},
		{"Dur", `1000`, "1µs"},
		{"Dur", `"soon"`, `error: expected a duration such as "1.5s", got string "soon"`},
		{"Time", `"2024-05-06T07:08:09Z"`, "2024-05-06T07:08:09Z"},
		{"Bytes", `"aGk="`, `[]byte("hi")`},
		{"Bytes", `[104,105]`, `[]byte("hi")`},
		{"Bytes", `"hi!"`, `error: expected bytes in base64, got string "hi!"`},
		{"Kind", `255`, "255"},
		{"Kind", `256`, "error: 256 does not fit Color"},
		{"Kind", `-1`, "error: -1 does not fit Color"},
		{"Embedded", `{"ID":1,"Name":"n"}`, `Emb{Base:Base{ID:1}, Extra:nil, Name:"n"}`},
		{"Embedded", `{"ID":1,"Name":"n","note":"x"}`, `Emb{Base:Base{ID:1}, Extra:&Extra{Note:"x"}, Name:"n"}`},
		{"Embedded", `{"Name":"n"}`, `error: missing field "ID" in Emb`},
		{"Trees", `{"V":1,"L":{"V":2}}`, "Tree{V:1, L:&Tree{V:2, L:nil, R:nil}, R:nil}"},
		{"Sh", `{}`, "error: Shape cannot be made from JSON: it is an interface with methods"},
		{"Sh", `null`, "nil"},
		{"ByInt", `{"-3":{"door":"d","people":1}}`, `map[int]Opening{-3:{Door:"d", People:1, At:0001-01-01T00:00:00Z, Wait:nil, secret:0}}`},
		{"ByInt", `{"x":{}}`, `error: ["x"]: the key is not a number, and int wants one`},
		{"ByInt", `{"3":{"door":1}}`, `error: ["3"].door: expected string, got number 1`},
		{"Quote", `{"N":"12"}`, "Quoted{N:12}"},
		{"Hold", `{"O":{"door":"d"}}`, `error: O: missing field "people" in Opening`},
		{"Hold", `{"O":{"door":"d","people":1},"q":{"Name":"c"}}`, `Holder{S:nil, O:*`},
		{"Fn", `1`, "error: func() cannot be made from JSON"},
		{"Chan", `1`, "error: chan int cannot be made from JSON"},
		{"Bool", `true`, "true"},
		{"Bool", `"true"`, `error: expected bool, got string "true"`},
		{"U", `[18446744073709551615,1e3]`, "18446744073709551615 1000"},
		{"U", `[18446744073709551616,1]`, "error: [0]: 18446744073709551616 does not fit uint64"},
		{"U", `[1e30,1]`, "error: [0]: 1e30 is too large to be exact; *"},
		{"Ops", `[{"door":"a","people":1},{"door":"b","poeple":1}]`, `error: [1]: unknown field "poeple" in Opening; did you mean "people"?`},
		{"Ops", ``, "nil"},
	}
	for _, test := range tests {
		got := h.call(test.fn, test.data)
		want := test.want
		if prefix, ok := strings.CutSuffix(want, "*"); ok && len(got) >= len(prefix) {
			want, got = prefix, got[:len(prefix)]
		}
		if got != want {
			t.Errorf("%s %s:\n have %s\n want %s", test.fn, test.data, got, want)
		}
	}
}

// What is shown as an example must be accepted.
func TestExamplesDecode(t *testing.T) {
	h := loadHandlers(t)
	cannot := map[string]bool{"Sh": true, "Fn": true, "Chan": true}
	for _, name := range h.pkg.Scope().Names() {
		fn, ok := h.pkg.Scope().Lookup(name).(*types.Func)
		if !ok {
			continue
		}
		var names []string
		for p := range fn.Signature().Params().Variables() {
			names = append(names, p.Name())
		}
		example := exampleData(fn.Signature(), names)
		if _, _, _, err := h.args(name, example); err != nil && !cannot[name] {
			t.Errorf("%s: example %s: %v", name, example, err)
		}
		if example != "" && !json.Valid([]byte(example)) {
			t.Errorf("%s: example %s is not JSON", name, example)
		}
	}
	sig := h.pkg.Scope().Lookup("Two").Type().(*types.Signature)
	if got := exampleData(sig, []string{"n"}); got != "0" {
		t.Errorf("example without the leading parameter: %s", got)
	}
}

// FuzzDecodeArgs checks that no data makes decoding panic, and that what is
// accepted has the types that the handler takes.
func FuzzDecodeArgs(f *testing.F) {
	h := loadHandlers(f)
	var names []string
	for _, name := range h.pkg.Scope().Names() {
		if _, ok := h.pkg.Scope().Lookup(name).(*types.Func); ok {
			names = append(names, name)
		}
	}
	for i := range names {
		f.Add(uint8(i), `{"door":"front","people":3}`)
		f.Add(uint8(i), `[1,"a",null,{"V":1,"L":{"V":2}}]`)
		f.Add(uint8(i), `"1.5s"`)
	}
	f.Fuzz(func(t *testing.T, which uint8, data string) {
		name := names[int(which)%len(names)]
		args, rts, sig, err := h.args(name, data)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without text")
			}
			return
		}
		for i, a := range args {
			rt := rts[min(i, len(rts)-1)]
			if sig.Variadic() && i >= len(rts)-1 {
				rt = rts[len(rts)-1].Elem()
			}
			if a.Type() != rt {
				t.Errorf("%s %q: argument %d has type %v, want %v", name, data, i, a.Type(), rt)
			}
			if v := formatValue(a, nil); v.Text == "" || strings.HasPrefix(v.Text, "(unreadable") {
				t.Errorf("%s %q: argument %d reads %q", name, data, i, v.Text)
			}
		}
	})
}
