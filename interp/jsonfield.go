package interp

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// jsonField is one field of a struct as JSON knows it.
type jsonField struct {
	name      string // in JSON
	goName    string
	typ       types.Type   // nil when unknown
	rt        reflect.Type // nil when unknown
	index     []int        // from the outer struct, through embedded ones
	tagged    bool
	omitEmpty bool
	omitZero  bool
	quoted    bool
	optional  bool // data may leave it out
}

// in finds the field's value; false when an embedded pointer on the way is nil.
func (f jsonField) in(v reflect.Value) (reflect.Value, bool) {
	for i, x := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

// fieldsInJSON lists the fields of a struct by the rules of encoding/json: what
// is exported, by tag or name, with embedded structs laid flat, and of several
// fields of one name the shallowest, or none. One of rt and t may be nil; the
// names are t's if it is there, since the interpreter exports every field.
func fieldsInJSON(rt reflect.Type, t types.Type) []jsonField {
	all := appendFieldsInJSON(nil, rt, t, nil, false, nil)
	var out []jsonField
	for i, f := range all {
		winner := true
		for j, g := range all {
			if i == j || f.name != g.name {
				continue
			}
			if d := len(g.index) - len(f.index); d < 0 || d == 0 && (g.tagged || !f.tagged) {
				winner = false
			}
		}
		if winner {
			out = append(out, f)
		}
	}
	return out
}

func appendFieldsInJSON(list []jsonField, rt reflect.Type, t types.Type, index []int, optional bool, seen []types.Type) []jsonField {
	st, _ := underlying(t).(*types.Struct)
	n := 0
	switch {
	case st != nil:
		n = st.NumFields()
	case rt != nil && rt.Kind() == reflect.Struct:
		n = rt.NumField()
	}
	for i := range n {
		var f jsonField
		var tag reflect.StructTag
		var embedded, exported bool
		if st != nil {
			v := st.Field(i)
			f.goName, f.typ, tag = v.Name(), v.Type(), reflect.StructTag(st.Tag(i))
			embedded, exported = v.Embedded(), v.Exported()
		}
		if rt != nil && i < rt.NumField() {
			sf := rt.Field(i)
			f.rt = sf.Type
			if st == nil {
				f.goName, tag = sf.Name, sf.Tag
				embedded, exported = sf.Anonymous, sf.IsExported()
			}
		}
		f.index = append(slices.Clip(index), i)
		f.optional = optional
		parts := strings.Split(tag.Get("json"), ",")
		if tag.Get("json") == "-" {
			continue
		}
		f.tagged = parts[0] != ""
		for _, o := range parts[1:] {
			f.omitEmpty = f.omitEmpty || o == "omitempty"
			f.omitZero = f.omitZero || o == "omitzero"
			f.quoted = f.quoted || o == "string"
		}
		if embedded && !f.tagged {
			if et, ert, pointer, ok := embeddedStruct(f.typ, f.rt); ok {
				if et == nil || !slices.ContainsFunc(seen, func(s types.Type) bool { return types.Identical(s, et) }) {
					list = appendFieldsInJSON(list, ert, et, f.index, optional || pointer, append(slices.Clip(seen), et))
				}
				continue
			}
		}
		if !exported || !ast.IsExported(f.goName) {
			continue
		}
		f.name = f.goName
		if f.tagged {
			f.name = parts[0]
		}
		f.optional = f.optional || f.omitEmpty || f.omitZero || isPointer(f.typ, f.rt)
		list = append(list, f)
	}
	return list
}

// embeddedStruct takes the pointer off an embedded field; ok is false when it
// is no struct, or one that speaks for itself, as time.Time does.
func embeddedStruct(t types.Type, rt reflect.Type) (types.Type, reflect.Type, bool, bool) {
	pointer := false
	if p, ok := underlying(t).(*types.Pointer); ok {
		t, pointer = p.Elem(), true
	}
	if rt != nil && rt.Kind() == reflect.Pointer {
		rt, pointer = rt.Elem(), true
	}
	switch {
	case rt != nil && (isCompiled(rt) && speaksJSON(reflect.PointerTo(rt)) || rt.Kind() != reflect.Struct || isYaegi(rt)):
		return nil, nil, false, false
	case t != nil:
		_, ok := t.Underlying().(*types.Struct)
		return t, rt, pointer, ok
	}
	return t, rt, pointer, rt != nil
}

func isPointer(t types.Type, rt reflect.Type) bool {
	if t != nil {
		_, ok := t.Underlying().(*types.Pointer)
		return ok
	}
	return rt != nil && rt.Kind() == reflect.Pointer
}
