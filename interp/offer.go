package interp

import (
	"errors"
	"fmt"
	"go/token"
	"path"
	"reflect"
	"strings"

	yaegi "github.com/traefik/yaegi/interp"
)

// Packages is what a program offers its scripts to import beside the standard
// library: functions, variables, constants and types that are compiled into the
// program. It may be shared by any number of scripts. Nil offers nothing.
//
// A script's types are checked against the offered ones by reflection, so that
// the names of parameters and unexported fields are not known.
type Packages struct {
	im     *symbolImporter
	tables map[string]packageSymbols
}

// Exports are the symbols of packages, as the interpreter takes them.
type Exports = yaegi.Exports

// NewPackages offers packages in the form that yaegi's extractor writes: by
// "import path/package name", the symbols by name. A type is exported as a nil
// pointer to it, a variable as an addressable value. A package of the standard
// library cannot be offered again.
//
// Without the wrapper of an interface (the symbol "_Name", which the extractor
// makes) values of script types cannot be given to the program as that
// interface; interfaces of the standard library have theirs.
func NewPackages(exports ...Exports) (*Packages, error) {
	p := &Packages{tables: map[string]packageSymbols{}}
	for _, e := range exports {
		for key, syms := range e {
			importPath, name := path.Split(key)
			importPath = strings.TrimSuffix(importPath, "/")
			switch {
			case importPath == "" || !token.IsIdentifier(name):
				return nil, fmt.Errorf("offer %q: the key of a package is its import path, a slash and its name", key)
			case symbols().Has(importPath) || importPath == mainPath:
				return nil, fmt.Errorf("offer %s: the interpreter has a package of that path", importPath)
			}
			for name, v := range syms {
				if !v.IsValid() {
					return nil, fmt.Errorf("offer %s.%s: it has no value", importPath, name)
				}
			}
		}
		addTables(p.tables, e)
	}
	u := newUniverse(p.tables, stdUniverse())
	u.settle()
	p.im = &symbolImporter{u}
	return p, nil
}

// Export makes the symbols of one package of plain functions and values, for
// NewPackages. A function is exported as it is, a reflect.Type as the type, an
// error as a variable of type error, a pointer to anything else as the variable
// that it points to, and every other value as a variable of its own that holds
// it. The name of the package is the last element of the path.
func Export(importPath string, members map[string]any) (Exports, error) {
	name := path.Base(importPath)
	if !token.IsIdentifier(name) {
		return nil, fmt.Errorf("offer %s: its last element is the name of the package and must be an identifier", importPath)
	}
	syms := map[string]reflect.Value{}
	for member, x := range members {
		if !token.IsIdentifier(member) || !token.IsExported(member) {
			return nil, fmt.Errorf("offer %s.%s: the name must begin with a capital letter", importPath, member)
		}
		v, err := export(x)
		if err != nil {
			return nil, fmt.Errorf("offer %s.%s: %w", importPath, member, err)
		}
		syms[member] = v
	}
	return Exports{importPath + "/" + name: syms}, nil
}

func export(x any) (reflect.Value, error) {
	if t, ok := x.(reflect.Type); ok {
		if t.Name() == "" {
			return reflect.Value{}, fmt.Errorf("the type %s has no name", t)
		}
		return reflect.Zero(reflect.PointerTo(t)), nil
	}
	if err, ok := x.(error); ok {
		return reflect.ValueOf(&err).Elem(), nil
	}
	v := reflect.ValueOf(x)
	switch {
	case !v.IsValid():
		return v, errors.New("nil has no type")
	case v.Kind() == reflect.Func && v.IsNil(), v.Kind() == reflect.Pointer && v.IsNil():
		return v, errors.New("it is nil")
	case v.Kind() == reflect.Func:
		return v, nil
	case v.Kind() == reflect.Pointer:
		return v.Elem(), nil
	}
	held := reflect.New(v.Type()).Elem()
	held.Set(v)
	return held, nil
}

// Has tells whether a package is offered under that import path.
func (p *Packages) Has(importPath string) bool {
	if p == nil {
		return false
	}
	_, ok := p.tables[importPath]
	return ok
}

// symbols is what a script can import.
func (p *Packages) symbols() *symbolImporter {
	if p == nil {
		return symbols()
	}
	return p.im
}

// use adds the offered packages among paths to what the interpreter gets, and
// the wrappers of their interfaces, which it may need without an import.
func (p *Packages) use(out yaegi.Exports, paths []string) {
	if p == nil {
		return
	}
	for importPath, table := range p.tables {
		wrappers := symbolMap{}
		for name, v := range table.syms {
			if name[0] == '_' {
				wrappers[name] = v
			}
		}
		if len(wrappers) > 0 {
			out[symbolKey(importPath, table.name)] = wrappers
		}
	}
	for _, importPath := range paths {
		if table, ok := p.tables[importPath]; ok {
			out[symbolKey(importPath, table.name)] = table.syms
		}
	}
}

// typePlace is where scripts find a type.
type typePlace struct{ importPath, name string }

// settle finds the types that are this universe's own: those its tables export,
// by the path and name of the export, since a program may offer a type of its
// package main, and what these lead to outside the parent's packages.
func (u *universe) settle() {
	u.home, u.own = map[reflect.Type]typePlace{}, map[reflect.Type]bool{}
	for _, importPath := range sortedKeys(u.tables) {
		syms := u.tables[importPath].syms
		for _, name := range sortedKeys(syms) {
			v := syms[name]
			if name[0] == '_' {
				continue
			}
			t := v.Type()
			if v.Kind() == reflect.Pointer && v.IsNil() && !v.CanAddr() {
				t = t.Elem()
				if _, known := u.home[t]; !known && t.Name() != "" && !u.parent.declares(t) {
					u.home[t] = typePlace{importPath, name}
				}
			}
			u.claim(t)
		}
	}
}

func (u *universe) declares(t reflect.Type) bool {
	_, ok := u.tables[t.PkgPath()]
	return ok || t.PkgPath() == ""
}

// claim makes t, and what it leads to through what scripts can see, u's own.
func (u *universe) claim(t reflect.Type) {
	if t.Name() != "" {
		if u.own[t] || u.parent.declares(t) {
			return
		}
		u.own[t] = true
		for i := range t.NumMethod() {
			u.claim(t.Method(i).Type)
		}
		if t.Kind() != reflect.Interface {
			p := reflect.PointerTo(t)
			for i := range p.NumMethod() {
				u.claim(p.Method(i).Type)
			}
		}
	}
	switch t.Kind() {
	case reflect.Map:
		u.claim(t.Key())
		u.claim(t.Elem())
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		u.claim(t.Elem())
	case reflect.Func:
		for i := range t.NumIn() {
			u.claim(t.In(i))
		}
		for i := range t.NumOut() {
			u.claim(t.Out(i))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() || f.Anonymous {
				u.claim(f.Type)
			}
		}
	case reflect.Interface:
		if t.Name() == "" {
			for i := range t.NumMethod() {
				u.claim(t.Method(i).Type)
			}
		}
	}
}
