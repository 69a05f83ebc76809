package interp

import (
	"fmt"
	"go/types"
	"io"
	"reflect"
	"slices"
	"strings"
)

// topBox is a box as an operand of a printing function, where a pointer to a
// struct is written with what it points to. Boxes inside of something are boxes
// themselves.
type topBox struct{ b box }

func (t topBox) unwrapped() box { return t.b }

// Format implements fmt.Formatter.
func (t topBox) Format(s fmt.State, verb rune) { printer{s, t.b.t.owner}.box(t.b, verb, 0) }

// MarshalJSON implements json.Marshaler.
func (t topBox) MarshalJSON() ([]byte, error) { return t.b.MarshalJSON() }

// Format implements fmt.Formatter: it prints what compiled Go prints for the
// value, with its type's methods at every depth.
func (b box) Format(s fmt.State, verb rune) { printer{s, b.t.owner}.box(b, verb, 1) }

// top makes what a printing function is given an operand of it.
func top(x any) any {
	b, ok := x.(box)
	if !ok {
		return x
	}
	if _, ok := call[func(any) string](b, "Error"); ok {
		return asError(b)
	}
	return topBox{b}
}

// printer prints one operand as package fmt does, by the types that the script
// declares. Values of compiled types it leaves to package fmt.
type printer struct {
	s     fmt.State
	types *dynTypes
}

func (p printer) sharp(verb rune) bool { return verb == 'v' && p.s.Flag('#') }

func (p printer) text(s string) { io.WriteString(p.s, s) }

// format prints a compiled value under the flags of the operand.
func (p printer) format(verb rune, x any) { fmt.Fprintf(p.s, fmt.FormatString(p.s, verb), x) }

func (p printer) box(b box, verb rune, depth int) {
	if !p.methods(b, verb) {
		p.value(reflect.ValueOf(b.v), b.t.goType(), verb, depth, false)
	}
}

// methods lets a value print itself, if its type has a method for the verb.
func (p printer) methods(b box, verb rune) (printed bool) {
	if f, ok := call[func(any, fmt.State, rune)](b, "Format"); ok {
		printed = true // also when it panics
		defer p.contain(b, verb, "Format")
		f(b.v, p.s, verb)
		return true
	}
	if p.sharp(verb) {
		if f, ok := call[func(any) string](b, "GoString"); ok {
			printed = true
			defer p.contain(b, verb, "GoString")
			p.text(f(b.v))
			return true
		}
		return false
	}
	if !strings.ContainsRune("vsxXq", verb) {
		return false
	}
	for _, name := range []string{"Error", "String"} {
		if f, ok := call[func(any) string](b, name); ok {
			printed = true
			defer p.contain(b, verb, name)
			p.format(verb, f(b.v))
			return true
		}
	}
	return false
}

// contain prints the panic of a method, as package fmt does.
func (p printer) contain(b box, verb rune, method string) {
	r := recover()
	if r == nil {
		return
	}
	if v := reflect.ValueOf(b.v); v.Kind() == reflect.Pointer && v.IsNil() {
		p.text("<nil>")
		return
	}
	fmt.Fprintf(p.s, "%%!%c(PANIC=%s method: %v)", verb, method, top(p.types.plain(recovered(r, failure{}))))
}

// value prints a value of type t, nil when only its form is known. hidden says
// that it is in an unexported field: its methods are not asked.
func (p printer) value(v reflect.Value, t types.Type, verb rune, depth int, hidden bool) {
	if !v.IsValid() {
		if verb == 'v' {
			p.text("<nil>")
		} else {
			fmt.Fprintf(p.s, "%%!%c(<nil>)", verb)
		}
		return
	}
	if t != nil && !types.IsInterface(t) && p.compiled(t) {
		if !hidden && v.CanInterface() {
			p.foreign(v, verb, depth)
			return
		}
		t = nil
	}
	switch v.Kind() {
	case reflect.Interface:
		p.inside(v, t, verb, depth, hidden)
	case reflect.Map:
		p.mapping(v, t, verb, depth, hidden)
	case reflect.Struct:
		p.structure(v, t, verb, depth, hidden)
	case reflect.Slice, reflect.Array:
		p.list(v, t, verb, depth, hidden)
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() {
			switch v.Elem().Kind() {
			case reflect.Array, reflect.Slice, reflect.Struct, reflect.Map:
				p.text("&")
				p.element(v.Elem(), elemType(t), verb, depth+1, hidden)
				return
			}
		}
		p.pointer(v, t, verb)
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		p.pointer(v, t, verb)
	default:
		p.leaf(v, t, verb)
	}
}

// element prints a value inside another one: by its methods first.
func (p printer) element(v reflect.Value, t types.Type, verb rune, depth int, hidden bool) {
	if t != nil && !hidden && v.IsValid() && v.CanInterface() && !types.IsInterface(t) {
		if d := p.types.byType(t); d != nil && p.methods(box{d, v.Interface()}, verb) {
			return
		}
	}
	p.value(v, t, verb, depth, hidden)
}

// inside prints what an interface holds.
func (p printer) inside(v reflect.Value, t types.Type, verb rune, depth int, hidden bool) {
	if v.IsNil() {
		switch {
		case p.sharp(verb):
			p.text(p.name(v, t) + "(nil)")
		default:
			p.text("<nil>")
		}
		return
	}
	if !v.CanInterface() {
		p.value(v.Elem(), nil, verb, depth+1, hidden)
		return
	}
	switch x := p.types.plain(v.Interface()).(type) {
	case box:
		if hidden {
			p.value(reflect.ValueOf(x.v), x.t.goType(), verb, depth+1, true)
			return
		}
		p.box(x, verb, depth+1)
	default:
		if hidden {
			p.value(v.Elem(), nil, verb, depth+1, true)
			return
		}
		p.foreign(v.Elem(), verb, depth+1)
	}
}

// compiled tells whether a type's values can be left to package fmt.
func (p printer) compiled(t types.Type) bool { return exactType(t) }

// foreign prints a value of a compiled type. Package fmt would take it for an
// operand, and follow a pointer.
func (p printer) foreign(v reflect.Value, verb rune, depth int) {
	if depth > 0 && v.Kind() == reflect.Pointer && !hasText(v.Type()) && !v.Type().Implements(formatterType) {
		p.pointer(v, nil, verb)
		return
	}
	p.format(verb, v.Interface())
}

var formatterType = reflect.TypeFor[fmt.Formatter]()

// name is a type as %#v writes it.
func (p printer) name(v reflect.Value, t types.Type) string {
	if t == nil {
		return v.Type().String()
	}
	return goTypeName(t)
}

func (p printer) mapping(v reflect.Value, t types.Type, verb rune, depth int, hidden bool) {
	sharp := p.sharp(verb)
	var kt, et types.Type
	if m, ok := underlying(t).(*types.Map); ok {
		kt, et = m.Key(), m.Elem()
	}
	between, end := " ", "]"
	if sharp {
		p.text(p.name(v, t))
		if v.IsNil() {
			p.text("(nil)")
			return
		}
		p.text("{")
		between, end = ", ", "}"
	} else {
		p.text("map[")
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return compareKeys(a, b) })
	for i, k := range keys {
		if i > 0 {
			p.text(between)
		}
		p.element(k, kt, verb, depth+1, hidden)
		p.text(":")
		p.element(v.MapIndex(k), et, verb, depth+1, hidden)
	}
	p.text(end)
}

func (p printer) structure(v reflect.Value, t types.Type, verb rune, depth int, hidden bool) {
	st, _ := underlying(t).(*types.Struct)
	sharp := p.sharp(verb)
	between := " "
	if sharp {
		p.text(p.name(v, t))
		between = ", "
	}
	p.text("{")
	for i := range v.NumField() {
		if i > 0 {
			p.text(between)
		}
		name, ft, unexported := v.Type().Field(i).Name, types.Type(nil), !v.Type().Field(i).IsExported()
		if st != nil {
			name, ft, unexported = st.Field(i).Name(), st.Field(i).Type(), !st.Field(i).Exported()
		}
		if p.s.Flag('+') || sharp {
			p.text(name + ":")
		}
		f := v.Field(i)
		if f.Kind() == reflect.Interface && !f.IsNil() {
			p.inside(f, ft, verb, depth, hidden || unexported) // the depth is that of what it holds
			continue
		}
		p.element(f, ft, verb, depth+1, hidden || unexported)
	}
	p.text("}")
}

func (p printer) list(v reflect.Value, t types.Type, verb rune, depth int, hidden bool) {
	if strings.ContainsRune("sqxX", verb) && v.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		p.format(verb, b)
		return
	}
	begin, between, end := "[", " ", "]"
	if p.sharp(verb) {
		p.text(p.name(v, t))
		if v.Kind() == reflect.Slice && v.IsNil() {
			p.text("(nil)")
			return
		}
		begin, between, end = "{", ", ", "}"
	}
	p.text(begin)
	for i := range v.Len() {
		if i > 0 {
			p.text(between)
		}
		p.element(v.Index(i), elemType(t), verb, depth+1, hidden)
	}
	p.text(end)
}

func (p printer) pointer(v reflect.Value, t types.Type, verb rune) {
	at := uintptr(v.UnsafePointer())
	switch {
	case p.sharp(verb) && at == 0:
		p.text("(" + p.name(v, t) + ")(nil)")
	case p.sharp(verb):
		fmt.Fprintf(p.s, "(%s)(%#x)", p.name(v, t), at)
	case verb == 'v' && at == 0:
		p.format('s', "<nil>")
	case verb == 'v' || verb == 'p':
		p.format('s', fmt.Sprintf("%#x", at))
	case strings.ContainsRune("bodxX", verb):
		p.format(verb, at)
	default:
		fmt.Fprintf(p.s, "%%!%c(%s=%#x)", verb, p.name(v, t), at)
	}
}

// leaf prints a value of a basic type.
func (p printer) leaf(v reflect.Value, t types.Type, verb rune) {
	var x any
	switch v.Kind() {
	case reflect.Bool:
		x = v.Bool()
	case reflect.String:
		x = v.String()
	case reflect.Float32:
		x = float32(v.Float())
	case reflect.Float64:
		x = v.Float()
	case reflect.Complex64:
		x = complex64(v.Complex())
	case reflect.Complex128:
		x = v.Complex()
	default:
		if v.CanInt() {
			x = v.Int()
		} else {
			x = v.Uint()
		}
	}
	text := fmt.Sprintf(fmt.FormatString(p.s, verb), x)
	if strings.HasPrefix(text, fmt.Sprintf("%%!%c(", verb)) {
		text = fmt.Sprintf("%%!%c(%s=%v)", verb, p.name(v, t), x)
	}
	p.text(text)
}
