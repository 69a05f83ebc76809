package interp

import (
	"fmt"
	"go/types"
	"io"
	"sort"
	"strings"
)

// typeString writes a type so that identical types, and only these, read the
// same: packages by path, aliases as what they stand for, no names of
// parameters, methods of an interface sorted.
func typeString(t types.Type) string {
	var b strings.Builder
	writeType(&b, t)
	return b.String()
}

func writeType(w io.Writer, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case nil:
		io.WriteString(w, "none")
	case *types.Basic:
		// byte and rune are other names of uint8 and int32.
		if k := t.Kind(); k == types.Uint8 || k == types.Int32 {
			t = types.Typ[k]
		}
		io.WriteString(w, t.Name())
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil {
			io.WriteString(w, p.Path()+".")
		}
		io.WriteString(w, t.Obj().Name())
		for i := range t.TypeArgs().Len() {
			writeEach(w, "[", i, t.TypeArgs().At(i), "]")
		}
	case *types.TypeParam:
		fmt.Fprintf(w, "$%d", t.Index())
	case *types.Pointer:
		writeEach(w, "*", 0, t.Elem(), "")
	case *types.Slice:
		writeEach(w, "[]", 0, t.Elem(), "")
	case *types.Array:
		writeEach(w, fmt.Sprintf("[%d]", t.Len()), 0, t.Elem(), "")
	case *types.Map:
		writeEach(w, "map[", 0, t.Key(), "]")
		writeType(w, t.Elem())
	case *types.Chan:
		writeEach(w, fmt.Sprintf("chan%d(", t.Dir()), 0, t.Elem(), ")")
	case *types.Tuple:
		for i := range t.Len() {
			writeEach(w, "", i, t.At(i).Type(), "")
		}
	case *types.Signature:
		io.WriteString(w, "func")
		writeTypeParams(w, t.TypeParams())
		writeEach(w, "(", 0, t.Params(), "")
		if t.Variadic() {
			io.WriteString(w, "...")
		}
		writeEach(w, ")(", 0, t.Results(), ")")
	case *types.Struct:
		io.WriteString(w, "struct{")
		for i := range t.NumFields() {
			f := t.Field(i)
			// Id tells unexported fields of different packages apart.
			fmt.Fprintf(w, "%s %t %q ", f.Id(), f.Embedded(), t.Tag(i))
			writeEach(w, "", 0, f.Type(), ";")
		}
		io.WriteString(w, "}")
	case *types.Interface:
		writeInterface(w, t)
	case *types.Union:
		for i := range t.Len() {
			if t.Term(i).Tilde() {
				io.WriteString(w, "~")
			}
			writeEach(w, "", 0, t.Term(i).Type(), "|")
		}
	default:
		io.WriteString(w, t.String())
	}
}

// writeEach writes a part of a type between two brackets, after a comma when it
// is not the first.
func writeEach(w io.Writer, before string, i int, t types.Type, after string) {
	if i > 0 {
		io.WriteString(w, ",")
	}
	io.WriteString(w, before)
	writeType(w, t)
	io.WriteString(w, after)
}

func writeTypeParams(w io.Writer, list *types.TypeParamList) {
	for i := range list.Len() {
		writeEach(w, "[", 0, list.At(i).Constraint(), "]")
	}
}

// writeInterface writes the whole method set; of a constraint also the types it
// allows.
func writeInterface(w io.Writer, t *types.Interface) {
	var methods []string
	for i := range t.NumMethods() {
		m := t.Method(i)
		methods = append(methods, m.Id()+" "+typeString(m.Type()))
	}
	sort.Strings(methods)
	fmt.Fprintf(w, "interface{%s", strings.Join(methods, ";"))
	if !t.IsMethodSet() {
		for i := range t.NumEmbeddeds() {
			writeEach(w, ";", 0, t.EmbeddedType(i), "")
		}
	}
	io.WriteString(w, "}")
}
