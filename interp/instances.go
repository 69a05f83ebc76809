package interp

import (
	"go/ast"
	"go/parser"
	"go/types"
	"regexp"
	"strings"

	"hotloop/interp/lower"
)

// instances lists the live instances of a generic function or method by key,
// with their type arguments in the types of the program p: those that p uses,
// and those that nothing mentions any more but values may still lead to.
func (l *Live) instances(p *program, u *unit) map[string]lower.Instance {
	out := map[string]lower.Instance{}
	var live []string
	for key := range l.names.hot {
		if strings.HasPrefix(key, u.id+"[") {
			live = append(live, key)
		}
	}
	if len(live) == 0 {
		return out
	}
	fn := u.obj.(*types.Func)
	params := fn.Signature().TypeParams()
	if u.kind == KindMethod {
		params = fn.Signature().RecvTypeParams()
	}
	used := map[string][]types.Type{}
	for _, targs := range p.instancesOf(u) {
		used[u.id+p.instanceKey(targs)] = targs
	}
	for _, key := range live {
		targs, ok := used[key]
		if !ok {
			targs, ok = p.typeArguments(key[len(u.id)+1 : len(key)-1])
			ok = ok && len(targs) == params.Len() && u.id+p.instanceKey(targs) == key
		}
		if ok {
			out[key] = bind(params, targs)
		}
	}
	return out
}

// pathOf finds the directories of an import path before a package's name.
var pathOf = regexp.MustCompile(`[\w.\-~]+/`)

// typeArguments reads the list of type arguments in an instance's key. It fails
// for types that the script's own package cannot name.
func (p *program) typeArguments(list string) ([]types.Type, bool) {
	list = pathOf.ReplaceAllString(strings.ReplaceAll(list, mainPath+".", ""), "")
	e, err := parser.ParseExpr("f[" + list + "]")
	if err != nil {
		return nil, false
	}
	var exprs []ast.Expr
	switch e := e.(type) {
	case *ast.IndexExpr:
		exprs = []ast.Expr{e.Index}
	case *ast.IndexListExpr:
		exprs = e.Indices
	}
	main := p.main()
	var out []types.Type
	for _, x := range exprs {
		var found types.Type
		for _, f := range main.files { // the one that imports what the type needs
			info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
			if types.CheckExpr(p.fset, main.types, f.FileEnd-1, x, info) == nil && info.Types[x].IsType() {
				found = info.Types[x].Type
				break
			}
		}
		if found == nil {
			return nil, false
		}
		out = append(out, found)
	}
	return out, true
}

// orphaned tells whether there are live instances that the program p does not
// mention: values may still lead to them, and nothing says what to compile.
func (l *Live) orphaned(p *program, u *unit) bool {
	n := 0
	for key := range l.names.hot {
		if strings.HasPrefix(key, u.id+"[") {
			n++
		}
	}
	return n > len(l.instances(p, u))
}

// instancesOf finds every list of type arguments that a program uses a generic
// function, or the type of a generic method, with: those written in plain code,
// and those that generic code asks for when it is instantiated in turn.
func (p *program) instancesOf(u *unit) [][]types.Type {
	c := &instanceCollector{p: p, seen: map[string]bool{}, found: map[types.Object][][]types.Type{}}
	for _, unit := range p.units {
		if unit.obj != nil && !unit.generic() || unit.kind == KindVar {
			c.scan(unit, nil)
		}
	}
	want := u.obj
	if u.kind == KindMethod {
		if t := p.unit(u.typeID()); t != nil {
			want = t.obj
		}
	}
	return c.found[want]
}

type instanceCollector struct {
	p     *program
	seen  map[string]bool
	found map[types.Object][][]types.Type
}

// scan visits what a declaration instantiates under a binding of its own type
// parameters.
func (c *instanceCollector) scan(u *unit, env lower.Instance) {
	var n ast.Node = u.decl
	if u.spec != nil {
		n = u.spec
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if inst, ok := u.info.Instances[id]; ok {
				c.add(u.info.Uses[id], inst.TypeArgs, env)
			}
		}
		if e, ok := n.(ast.Expr); ok {
			if tv, ok := u.info.Types[e]; ok {
				c.typ(tv.Type, env)
			}
		}
		return true
	})
}

// typ visits the generic types inside a type.
func (c *instanceCollector) typ(t types.Type, env lower.Instance) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.TypeArgs().Len() > 0 {
			c.add(t.Origin().Obj(), t.TypeArgs(), env)
			for i := range t.TypeArgs().Len() {
				c.typ(t.TypeArgs().At(i), env)
			}
		}
	case *types.Pointer:
		c.typ(t.Elem(), env)
	case *types.Slice:
		c.typ(t.Elem(), env)
	case *types.Array:
		c.typ(t.Elem(), env)
	case *types.Chan:
		c.typ(t.Elem(), env)
	case *types.Map:
		c.typ(t.Key(), env)
		c.typ(t.Elem(), env)
	}
}

func (c *instanceCollector) add(obj types.Object, list *types.TypeList, env lower.Instance) {
	u := c.p.unitOf(obj)
	if u == nil {
		return
	}
	targs := make([]types.Type, list.Len())
	for i := range targs {
		targs[i] = lower.Subst(list.At(i), env, c.p.ctxt)
		if openType(targs[i]) {
			return
		}
	}
	key := u.id + c.p.instanceKey(targs)
	if c.seen[key] || len(c.seen) > 10000 {
		return
	}
	c.seen[key] = true
	c.found[u.obj] = append(c.found[u.obj], targs)
	switch o := u.obj.(type) {
	case *types.Func:
		c.scan(u, bind(o.Signature().TypeParams(), targs))
	case *types.TypeName:
		named, ok := o.Type().(*types.Named)
		if !ok {
			return
		}
		c.scan(u, bind(named.TypeParams(), targs))
		for i := range named.NumMethods() {
			if m := c.p.unitOf(named.Method(i)); m != nil {
				c.scan(m, bind(named.Method(i).Signature().RecvTypeParams(), targs))
			}
		}
	}
}

// openType tells whether a type still mentions a type parameter.
func openType(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return openType(t.Elem())
	case *types.Slice:
		return openType(t.Elem())
	case *types.Array:
		return openType(t.Elem())
	case *types.Chan:
		return openType(t.Elem())
	case *types.Map:
		return openType(t.Key()) || openType(t.Elem())
	case *types.Named:
		for i := range t.TypeArgs().Len() {
			if openType(t.TypeArgs().At(i)) {
				return true
			}
		}
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for i := range tuple.Len() {
				if openType(tuple.At(i).Type()) {
					return true
				}
			}
		}
	}
	return false
}
