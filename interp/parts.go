package interp

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"strconv"
)

// Part is one part of a value: a field, an element, an entry of a map. Name is
// how it is reached from the value (".Name", "[3]", `["key"]`), Parts how many
// parts it has itself.
type Part struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Text  string `json:"text"`
	Parts int    `json:"parts,omitempty"`
}

// PartList is a value with a page of its parts, and how many of these there are.
type PartList struct {
	Self  Part   `json:"self"` // without a name
	Total int    `json:"total"`
	Parts []Part `json:"parts"`
}

// mostParts is how many parts one answer has, mostEntries how many entries a map
// may have that is put in order to be listed.
const mostParts, mostEntries = 1000, 100_000

// Parts gives the parts from..from+n of a value, where a path of part names
// leads to from a package variable. Maps are in the order of their keys.
// Pointers are followed. Values are read as State reads them.
func (l *Live) Parts(name string, path []string, from, n int) (list PartList, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holding(l.prog, func() { list, err = l.parts(name, path, from, n) })
	return list, err
}

// parts is Parts for a caller who holds mu, and the goroutines.
func (l *Live) parts(name string, path []string, from, n int) (list PartList, err error) {
	u := l.variable(name)
	if u == nil {
		return PartList{}, fmt.Errorf("no variable %s", name)
	}
	p := l.pointer(u.id)
	if !p.IsValid() {
		return PartList{}, fmt.Errorf("%s is not there yet", name)
	}
	f := formatter{pkg: scriptPackage(u.obj.Type(), 0)}
	if f.pkg == nil {
		f.pkg = u.obj.Pkg()
	}
	defer func() {
		// As in format: whatever odd thing a script made of its memory.
		if r := recover(); r != nil {
			list, err = PartList{}, fmt.Errorf("unreadable: %v", r)
		}
	}()
	v, t := p.Elem(), u.obj.Type()
	for _, step := range path {
		var ok bool
		if v, t, ok = f.step(v, t, step); !ok {
			return PartList{}, errors.New("it is no longer there")
		}
	}
	list.Self = f.describe("", v, t)
	v, t = f.whole(v, t)
	list.Total = f.count(v)
	list.Parts = []Part{}
	from, n = max(from, 0), min(n, mostParts)
	var entries []mapEntry
	if v.IsValid() && v.Kind() == reflect.Map && n > 0 {
		if v.Len() > mostEntries {
			return list, fmt.Errorf("a map of %d entries is too large to be listed", v.Len())
		}
		entries = f.entries(v, t)
		list.Total = len(entries)
	}
	for i := from; i < list.Total && i < from+n; i++ {
		var name string
		var part reflect.Value
		var typ types.Type
		if entries != nil {
			name, part, typ = "["+entries[i].text+"]", entries[i].value, elemType(t)
		} else {
			name, part, typ = f.part(v, t, i)
		}
		list.Parts = append(list.Parts, f.describe(name, part, typ))
	}
	return list, nil
}

func (f formatter) describe(name string, v reflect.Value, t types.Type) Part {
	w := &textWriter{f: f}
	w.value(v, t, 0, false)
	inner, _ := f.whole(v, t)
	return Part{Name: name, Type: f.typeName(v, t), Text: w.b.String(), Parts: f.count(inner)}
}

// whole takes interfaces and pointers off a value.
func (f formatter) whole(v reflect.Value, t types.Type) (reflect.Value, types.Type) {
	for range 8 { // a pointer to itself has no end
		v, t = f.resolve(v, t)
		if !v.IsValid() || v.Kind() != reflect.Pointer || v.IsNil() || hasText(v.Type()) {
			break
		}
		v, t = v.Elem(), elemType(t)
	}
	return v, t
}

// count is how many parts a value has. What has a text of its own has none.
func (f formatter) count(v reflect.Value) int {
	if !v.IsValid() {
		return 0
	}
	if _, _, ok := methodText(v); ok {
		return 0
	}
	switch v.Kind() {
	case reflect.Struct:
		return v.NumField()
	case reflect.Slice, reflect.Array, reflect.Map:
		return v.Len()
	}
	return 0
}

// part is the i-th field or element.
func (f formatter) part(v reflect.Value, t types.Type, i int) (string, reflect.Value, types.Type) {
	if v.Kind() != reflect.Struct {
		return "[" + strconv.Itoa(i) + "]", v.Index(i), elemType(t)
	}
	name, typ := v.Type().Field(i).Name, types.Type(nil)
	if st, ok := underlying(t).(*types.Struct); ok && i < st.NumFields() {
		name, typ = st.Field(i).Name(), st.Field(i).Type()
	}
	return "." + name, v.Field(i), typ
}

// step finds the part of a value by its name.
func (f formatter) step(v reflect.Value, t types.Type, name string) (reflect.Value, types.Type, bool) {
	v, t = f.whole(v, t)
	if !v.IsValid() {
		return v, t, false
	}
	switch v.Kind() {
	case reflect.Map:
		for _, e := range f.entries(v, t) {
			if "["+e.text+"]" == name {
				return e.value, elemType(t), true
			}
		}
	case reflect.Slice, reflect.Array:
		if len(name) > 2 {
			if i, err := strconv.Atoi(name[1 : len(name)-1]); err == nil && i >= 0 && i < v.Len() {
				return v.Index(i), elemType(t), true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if n, part, typ := f.part(v, t, i); n == name {
				return part, typ, true
			}
		}
	}
	return v, t, false
}
