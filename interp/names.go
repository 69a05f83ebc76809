package interp

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"hotloop/interp/lower"
)

// names is what a live script's interpreter knows: which emitted name stands
// for which unit or instance, and how each hot function can be replaced. Keys
// are unit ids, with type arguments in brackets for instances.
type names struct {
	of        map[string]string    // key -> emitted name
	hot       map[string]lower.Hot // key -> the newest version of a function
	made      map[string]string    // key -> the meaning that version was compiled from
	code      map[string]string    // key -> the function that was compiled for that version
	used      map[string]int       // base -> how many names were made of it, also by patches that failed
	values    map[string]string    // emitted function -> variable that holds it as a value
	binders   map[string]string    // emitted function -> the one that makes method values of it
	entries   map[string]*entry    // emitted function -> where calls of it come in
	staleVars []string             // those of variables among stale
	stale     []string             // names that nothing mentions any more, for the interpreter to forget
	types     map[string]symbolMap // import path -> types that the host has made
	sorts     bool                 // range loops go through maps in the order of their keys
	dyns      *dynTypes            // the script's dynamic types; their numbers are kept under "dyn "+id in of
}

func newNames(dyns *dynTypes) *names {
	return &names{dyns: dyns, types: map[string]symbolMap{}, of: map[string]string{}, hot: map[string]lower.Hot{}, made: map[string]string{}, code: map[string]string{}, entries: map[string]*entry{}, used: map[string]int{}, values: map[string]string{}, binders: map[string]string{}}
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
			n.drop(key)
		}
	}
}

// drop forgets one key. What the interpreter knows by names that were given out
// for it is listed in stale.
func (n *names) drop(key string) {
	list := []string{n.of[key], n.code[key]}
	if h, ok := n.hot[key]; ok {
		delete(n.entries, replaced(h))
		list = append(list, h.Name, h.Body)
	}
	for _, name := range list {
		if name == "" || strings.HasPrefix(key, dynKey) {
			continue
		}
		n.stale = append(n.stale, name)
		if strings.HasPrefix(key, string(KindVar)+" ") {
			n.staleVars = append(n.staleVars, name)
		}
		if v, ok := n.values[name]; ok {
			n.stale, n.staleVars = append(n.stale, v), append(n.staleVars, v)
			delete(n.values, name)
		}
		if b, ok := n.binders[name]; ok {
			n.stale = append(n.stale, b)
			delete(n.binders, name)
		}
	}
	delete(n.of, key)
	delete(n.hot, key)
	delete(n.made, key)
	delete(n.code, key)
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
		e.live.drop(k)
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
	for k, v := range e.code {
		e.live.code[k] = v
	}
	for _, v := range e.values {
		e.live.values[v.function] = v.name
	}
	for _, b := range e.binders {
		e.live.binders[b.function] = b.name
	}
	maps.Copy(e.live.entries, e.entries)
}
