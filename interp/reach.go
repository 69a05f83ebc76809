package interp

import (
	"go/ast"
	"go/types"
	"strings"
)

// Which functions a call can have run is told from the text: those that its
// handler mentions, directly or through others and through the initializers of
// variables; for a call through an interface, all methods of that name and
// signature; for a call of a func value, all functions of that signature that
// are used as values. Methods that compiled code calls by itself (String by
// package fmt, Less by package sort) are in it when they are mentioned.

// references is what one unit leads to.
type references struct {
	units   []*unit
	dynamic []string // what it calls without saying whose: keys of callables
	values  []*unit  // functions that it mentions without calling them
}

// calls are the references of a program. Each is found when it is asked for: the
// first event after a save waits for what its handler reaches, not for the
// whole script.
type calls struct {
	p       *program
	of      map[*unit]*references
	methods map[string][]*unit // by name and signature; nil until a call asks
	values  map[string][]*unit // functions used as values, by signature; likewise
}

const dynamicCall = "func value " // begins the keys of calls of func values

func newCalls(p *program) *calls { return &calls{p: p, of: map[*unit]*references{}} }

// from gives what a unit leads to.
func (c *calls) from(u *unit) *references {
	r := c.of[u]
	if r == nil {
		r = c.p.references(u)
		c.of[u] = r
	}
	return r
}

// callables finds what a dynamic call may lead to.
func (c *calls) callables(key string) []*unit {
	if strings.HasPrefix(key, dynamicCall) {
		if c.values == nil {
			c.values = map[string][]*unit{}
			for _, u := range c.p.units {
				for _, v := range c.from(u).values {
					key := dynamicCall + methodType(v.obj.(*types.Func))
					c.values[key] = append(c.values[key], v)
				}
			}
		}
		return c.values[key]
	}
	if c.methods == nil {
		c.methods = map[string][]*unit{}
		for _, u := range c.p.units {
			if fn, ok := u.obj.(*types.Func); ok && u.kind == KindMethod {
				key := fn.Id() + methodType(fn)
				c.methods[key] = append(c.methods[key], u)
			}
		}
	}
	return c.methods[key]
}

// methodType writes the type of a function without its receiver.
func methodType(fn *types.Func) string {
	s := fn.Signature()
	return typeString(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic()))
}

// references finds what a function, or a variable's initializer, mentions.
func (p *program) references(u *unit) *references {
	r := &references{}
	var at ast.Node
	switch {
	case u.fn != nil && u.fn.Body != nil:
		at = u.fn.Body
	case u.kind == KindVar && u.spec != nil:
		at = u.spec
	default:
		return r
	}
	called := map[*ast.Ident]bool{}
	ast.Inspect(at, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			callee(n, u.info, r, called)
		case *ast.Ident:
			obj := u.info.Uses[n]
			if obj == nil {
				return true
			}
			to := p.unitOf(obj)
			if to == nil || !to.isCode() && to.kind != KindVar {
				return true
			}
			r.units = append(r.units, to)
			if to.isCode() && !called[n] && to.obj != nil {
				r.values = append(r.values, to)
			}
		}
		return true
	})
	return r
}

// callee notes a call that does not name a function.
func callee(call *ast.CallExpr, info *types.Info, r *references, called map[*ast.Ident]bool) {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	}
	if id != nil {
		if fn, ok := info.Uses[id].(*types.Func); ok {
			called[id] = true
			if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
				r.dynamic = append(r.dynamic, fn.Id()+methodType(fn))
			}
			return
		}
	}
	tv, ok := info.Types[call.Fun]
	if !ok || !tv.IsValue() {
		return
	}
	if s, ok := tv.Type.Underlying().(*types.Signature); ok {
		r.dynamic = append(r.dynamic, dynamicCall+typeString(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())))
	}
}

// reach lists the functions and methods that a call of u can run, u first.
func (c *calls) reach(u *unit) []*unit {
	seen := map[*unit]bool{u: true}
	dynamic := map[string]bool{}
	queue := []*unit{u}
	var out []*unit
	visit := func(list []*unit) {
		for _, to := range list {
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at.isCode() {
			out = append(out, at)
		}
		r := c.from(at)
		visit(r.units)
		for _, key := range r.dynamic {
			if !dynamic[key] {
				dynamic[key] = true
				visit(c.callables(key))
			}
		}
	}
	return out
}

// versionsOf gives the versions of what a call of a handler can run. The map is
// shared and stays as it is.
func (l *Live) versionsOf(handler string) map[string]int {
	l.tables.Lock()
	defer l.tables.Unlock()
	if out, ok := l.served[handler]; ok {
		return out
	}
	u := l.current.unit(handler)
	if u == nil {
		return nil
	}
	if l.calls == nil {
		l.calls = newCalls(l.current)
	}
	var out map[string]int
	for _, to := range l.calls.reach(u) {
		if v := l.published[to.id]; v > 1 && !to.pkg.std {
			if out == nil {
				out = map[string]int{}
			}
			out[to.id] = v
		}
	}
	if l.served == nil {
		l.served = map[string]map[string]int{}
	}
	l.served[handler] = out
	return out
}
