package interp

import (
	"fmt"
	"go/constant"
	"go/types"
	"slices"
	"strconv"
)

// Kinds of a Shape.
const (
	ShapeText     = "text"
	ShapeInt      = "int"
	ShapeUint     = "uint"
	ShapeFloat    = "float"
	ShapeBool     = "bool"
	ShapeDuration = "duration" // JSON text such as "1.5s"
	ShapeTime     = "time"     // JSON text in RFC 3339
	ShapeStruct   = "struct"
	ShapeList     = "list"
	ShapeMap      = "map" // keys are JSON text
	ShapeAny      = "any" // any JSON
)

// Shape is what the JSON of a Go type looks like, as far as a form needs it.
type Shape struct {
	Kind    string       `json:"kind"`
	Type    string       `json:"type"`              // as the author writes it
	Bits    int          `json:"bits,omitempty"`    // of numbers
	Len     int          `json:"len,omitempty"`     // of arrays, which are lists
	Fields  []FieldShape `json:"fields,omitempty"`  // of structs
	Elem    *Shape       `json:"elem,omitempty"`    // of lists and maps
	Options []string     `json:"options,omitempty"` // JSON of the constants of the type
	// Of texts that a program takes: a regular expression that they match as a
	// whole, and what that is in words.
	Pattern string `json:"pattern,omitempty"`
	Wants   string `json:"wants,omitempty"`
	Key     *Shape `json:"key,omitempty"` // of maps whose keys have such a pattern
}

// FieldShape is a named part: a field of a struct, or a parameter.
type FieldShape struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional,omitempty"` // data may leave it out
	Shape    Shape  `json:"shape"`
}

const shapeDepth = 8 // levels; recursive types end here, as any

// Shape gives the parameters of a handler in their order, without a leading
// context.
func (l *Live) Shape(function string) ([]FieldShape, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.prog.unit("func " + function)
	if u == nil || !u.isCode() {
		return nil, fmt.Errorf("no function %s", function)
	}
	fn, ok := u.obj.(*types.Func)
	if !ok {
		return nil, fmt.Errorf("no function %s", function)
	}
	out := []FieldShape{}
	for i := range fn.Signature().Params().Len() {
		v := fn.Signature().Params().At(i)
		if i == 0 && typeText(v.Type()) == "context.Context" {
			continue
		}
		out = append(out, FieldShape{Name: v.Name(), Shape: dataShape(v.Type(), 0)})
	}
	return out, nil
}

func dataShape(t types.Type, depth int) Shape {
	s := Shape{Kind: ShapeAny, Type: typeText(t)}
	if depth > shapeDepth {
		return s
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch obj := named.Obj(); {
		case obj.Pkg().Path() == "time" && obj.Name() == "Time":
			s.Kind = ShapeTime
			return s
		case obj.Pkg().Path() == "time" && obj.Name() == "Duration":
			s.Kind = ShapeDuration
			return s
		case hasMethod(named, "UnmarshalJSON"):
			return s
		case hasMethod(named, "UnmarshalText"):
			s.Kind = ShapeText
			return s
		}
		s.Options = constantsOf(named)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsBoolean != 0:
			s.Kind = ShapeBool
		case info&types.IsString != 0:
			s.Kind = ShapeText
		case info&types.IsUnsigned != 0:
			s.Kind, s.Bits = ShapeUint, 8*int(types.SizesFor("gc", "amd64").Sizeof(u))
		case info&types.IsInteger != 0:
			s.Kind, s.Bits = ShapeInt, 8*int(types.SizesFor("gc", "amd64").Sizeof(u))
		case info&types.IsFloat != 0:
			s.Kind, s.Bits = ShapeFloat, 8*int(types.SizesFor("gc", "amd64").Sizeof(u))
		}
	case *types.Pointer:
		inner := dataShape(u.Elem(), depth+1)
		inner.Type = s.Type
		return inner
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			s.Kind = ShapeText
			break
		}
		elem := dataShape(u.Elem(), depth+1)
		s.Kind, s.Elem = ShapeList, &elem
	case *types.Array:
		elem := dataShape(u.Elem(), depth+1)
		s.Kind, s.Elem, s.Len = ShapeList, &elem, int(u.Len())
	case *types.Map:
		elem := dataShape(u.Elem(), depth+1)
		s.Kind, s.Elem = ShapeMap, &elem
	case *types.Struct:
		s.Kind = ShapeStruct
		for _, f := range fieldsInJSON(nil, t) {
			s.Fields = append(s.Fields, FieldShape{Name: f.name, Optional: f.optional, Shape: dataShape(f.typ, depth+1)})
		}
	}
	return s
}

// constantsOf gives the constants that a script declares of a type of its own,
// as JSON, in the order of the source.
func constantsOf(named *types.Named) []string {
	if !named.Obj().Pos().IsValid() {
		return nil
	}
	var found []*types.Const
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), named) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *types.Const) int { return int(a.Pos() - b.Pos()) })
	var out []string
	for _, c := range found {
		switch v := c.Val(); v.Kind() {
		case constant.String:
			out = append(out, strconv.Quote(constant.StringVal(v)))
		case constant.Int, constant.Float:
			out = append(out, v.ExactString())
		}
	}
	return slices.Compact(out)
}
