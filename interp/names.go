package interp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hotloop/interp/lower"
)

// names is what a live script's interpreter knows: which emitted name stands
// for which unit or instance, and how each hot function can be replaced. Keys
// are unit ids, with type arguments in brackets for instances.
type names struct {
	of      map[string]string    // key -> emitted name
	hot     map[string]lower.Hot // key -> the newest version of a function
	made    map[string]string    // key -> the meaning that version was compiled from
	used    map[string]int       // base -> how many names were made of it, also by patches that failed
	values  map[string]string    // emitted function -> variable that holds it as a value
	binders map[string]string    // emitted function -> the one that makes method values of it
	flags   []string             // bool variables declared ahead for versions to come
	types   map[string]symbolMap // import path -> types that the host has made
	sorts   bool                 // range loops go through maps in the order of their keys
	dyns    *dynTypes            // the script's dynamic types; their numbers are kept under "dyn "+id in of
}

func newNames(dyns *dynTypes) *names {
	return &names{dyns: dyns, types: map[string]symbolMap{}, of: map[string]string{}, hot: map[string]lower.Hot{}, made: map[string]string{}, used: map[string]int{}, values: map[string]string{}, binders: map[string]string{}}
}

// forget drops a unit that is gone, so that what comes back under its name is
// new: the unit, its instances, and instances of others that it is a type
// argument of.
func (n *names) forget(u *unit) {
	argument := ""
	if u.kind == KindType {
		argument = u.pkg.path + "." + u.name
	}
	if argument != "" {
		n.dyns.forget(argument)
	}
	for key := range n.of {
		id, args, _ := strings.Cut(key, "[")
		if strings.HasPrefix(key, dynKey) || strings.HasPrefix(key, callKey) {
			args = key
		}
		if id == u.id || argument != "" && mentions(args, argument) {
			delete(n.of, key)
			delete(n.hot, key)
			delete(n.made, key)
		}
	}
}

// mentions tells whether a list of types names one, whole.
func mentions(list, name string) bool {
	for {
		i := strings.Index(list, name)
		if i < 0 {
			return false
		}
		before, after := list[:i], list[i+len(name):]
		if !endsName(before) && !startsName(after) {
			return true
		}
		list = after
	}
}

func startsName(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func endsName(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r == '_' || r == '/' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// commit enters the names into the live table.
func (e *emission) commit() {
	for k := range e.hide {
		delete(e.live.of, k)
		delete(e.live.hot, k)
		delete(e.live.made, k)
	}
	for k, v := range e.of {
		e.live.of[k] = v
	}
	for k, v := range e.hot {
		e.live.hot[k] = v
	}
	for k, v := range e.made {
		e.live.made[k] = v
	}
	for _, v := range e.values {
		e.live.values[v.function] = v.name
	}
	for _, b := range e.binders {
		e.live.binders[b.function] = b.name
	}
	e.live.flags = e.pool
}
