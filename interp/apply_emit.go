package interp

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// What a patch asks its emission for.

// emitCode asks for the new version of everything that changed. All of them get
// their names before any is lowered, so that new code calls new code directly.
func (l *Live) emitCode(e *emission, pl *plan) {
	for _, u := range pl.code {
		if !u.generic() {
			if u.name != "_" {
				e.function(u, u.id, nil)
			}
			continue
		}
		for key, inst := range l.instances(e.p, u) {
			if !e.hide[key] {
				e.function(u, key, inst)
			}
		}
	}
	if len(pl.fresh)+len(pl.renamed) > 0 {
		l.emitRebased(e, pl)
	}
	for _, u := range pl.added {
		if u.generic() || u.name == "_" || u.kind == KindFunc && u.name == "init" {
			continue
		}
		if tn, ok := u.obj.(*types.TypeName); ok && tn.IsAlias() {
			continue
		}
		e.name(u.id, func() string { return e.demand(u) })
	}
}

// emitRebased asks for what is declared anew, and for what values need then
// whether code mentions it or not.
func (l *Live) emitRebased(e *emission, pl *plan) {
	for _, u := range e.p.units {
		if pl.fresh[u.id] && !u.generic() && !u.alias() && u.name != "_" {
			e.name(u.id, func() string { return e.demand(u) })
			if o := l.prog.unit(u.id); u.isCode() && o.sig == u.sig {
				l.lead(e, u)
			}
		}
	}
	for _, u := range pl.hooks(e.p) {
		e.Object(u.obj)
	}
	l.emitDynamic(e, pl)
	l.emitBinders(e, pl)
}

// emitDynamic asks for what stands for rebased types in interfaces: values have
// them whether code mentions them or not.
func (l *Live) emitDynamic(e *emission, pl *plan) {
	tr := newTranslator(e.p, pl.renamed)
	for _, d := range l.dyns.all() {
		t := tr.typ(d.goType())
		if t != nil && localType(t) == nil && (e.hide[dynKey+d.id] || typeString(t) != d.id) {
			e.Dynamic(t)
		}
	}
}

// emitBinders asks for what makes method values of methods that are declared
// anew: there may be some whether code mentions them or not.
func (l *Live) emitBinders(e *emission, pl *plan) {
	l.tables.Lock()
	keys := slices.Sorted(maps.Keys(l.binders))
	l.tables.Unlock()
	for _, key := range keys {
		was := strings.TrimPrefix(key, bindKey)
		now := strings.TrimPrefix(renamedKey(key, pl.renamed), bindKey)
		id, args, generic := strings.Cut(now, "[")
		u := e.p.unit(id)
		if u == nil || u.kind != KindMethod || !e.hide[was] && was == now {
			continue
		}
		fn := u.obj.(*types.Func)
		if !generic {
			e.low.MethodBinder(fn, nil, e.Object(fn))
			continue
		}
		targs, ok := e.p.typeArguments(strings.TrimSuffix(args, "]"))
		if ok && len(targs) == fn.Signature().RecvTypeParams().Len() {
			e.low.MethodBinder(fn, bind(fn.Signature().RecvTypeParams(), targs), e.MethodInstance(fn, targs))
		}
	}
}

// reregister hands handlers that the host holds to it again, so that it calls
// their newest version without a detour.
func (l *Live) reregister(e *emission, pl *plan) []ast.Stmt {
	l.tables.Lock()
	defer l.tables.Unlock()
	var out []ast.Stmt
	register := func(u *unit) {
		out = append(out, e.low.HiddenCall(rtFunc, e.low.Text(u.id), e.low.Ident(e.Object(u.obj))))
	}
	hooks := pl.hooks(e.p)
	for _, u := range e.named() {
		_, held := l.handlers[u.id]
		held = held || l.opt.Exclusive && e.p.fireable(u)
		if held && u.isCode() && !slices.Contains(hooks, u) {
			register(u)
		}
	}
	for _, u := range hooks {
		register(u)
	}
	return out
}

// lead has the last version of a function that was declared anew with the same
// signature lead to the new one, so that values made of it before do too. That
// is a function that began or ceased to call recover itself.
func (l *Live) lead(e *emission, u *unit) {
	was, ok := l.names.hot[u.id]
	now := e.hot[u.id]
	if !ok || (was.Body == "") == (now.Body == "") {
		return
	}
	if was.Body == "" {
		e.emitted = append(e.emitted, &emitted{name: now.Name, target: was.Name, common: e.common(u, false)})
		return
	}
	name := e.symbolName(e.baseName(u))
	e.emitted = append(e.emitted, &emitted{name: name, target: was.Body, common: e.common(u, true)})
	e.queue = append(e.queue, func() error {
		e.at(u)
		fn, _ := u.obj.(*types.Func)
		d, err := e.low.WithoutRecovery(fn, name, now.Name)
		e.funcs = append(e.funcs, d)
		return err
	})
}
