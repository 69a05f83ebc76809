package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// typ writes a type in emitted names. It fails on types that cannot be written
// (unexported types of interpreter packages).
func (l *Lowerer) typ(t types.Type) ast.Expr {
	switch t := l.subst(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			l.fail(l.src, "", "unsafe.Pointer is not available to scripts")
		}
		return l.id(types.Default(t).(*types.Basic).Name())
	case *types.Alias:
		return l.typ(types.Unalias(t))
	case *types.Named:
		return l.named(t)
	case *types.Pointer:
		return &ast.StarExpr{Star: l.at, X: l.typ(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: l.at, Elt: l.typ(t.Elem())}
	case *types.Array:
		n := &ast.BasicLit{ValuePos: l.at, Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return &ast.ArrayType{Lbrack: l.at, Len: n, Elt: l.typ(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: l.at, Key: l.typ(t.Key()), Value: l.typ(t.Elem())}
	case *types.Chan:
		dir := map[types.ChanDir]ast.ChanDir{
			types.SendRecv: ast.SEND | ast.RECV, types.SendOnly: ast.SEND, types.RecvOnly: ast.RECV,
		}[t.Dir()]
		elem := l.typ(t.Elem())
		if c, ok := types.Unalias(t.Elem()).(*types.Chan); ok && c.Dir() == types.RecvOnly {
			elem = &ast.ParenExpr{Lparen: l.at, X: elem, Rparen: l.at}
		}
		c := &ast.ChanType{Begin: l.at, Dir: dir, Value: elem}
		if dir != ast.SEND|ast.RECV {
			c.Arrow = l.at
		}
		return c
	case *types.Signature:
		return l.funcType(t, nil, nil)
	case *types.Struct:
		return l.structType(t, "")
	case *types.Interface:
		return l.anyType()
	case *types.TypeParam:
		l.fail(l.src, "declare it at top level", "a generic type declared inside a function cannot use the type parameter %s of that function", t)
	}
	l.fail(l.src, "", "cannot write the type %s", t)
	return nil
}

// canWrite tells whether typ would succeed.
func (l *Lowerer) canWrite(t types.Type) (ok bool) {
	var err error
	defer func() { ok = err == nil }()
	defer catch(&err)
	l.typ(t)
	return
}

func (l *Lowerer) named(t *types.Named) ast.Expr {
	obj := t.Obj()
	if types.IsInterface(t) && obj.Pkg() != nil && l.Names.IsSource(obj.Pkg()) {
		return l.anyType()
	}
	if b, ok := t.Underlying().(*types.Basic); ok && obj.Pkg() != nil && l.Names.IsSource(obj.Pkg()) {
		// What the type is called matters to the host alone. The interpreter loses
		// the name of what comes out of a recursive type, and finds a mismatch.
		return l.id(b.Name())
	}
	switch {
	case obj.Pkg() == nil: // error; any and comparable never get here
		return l.id(obj.Name())
	case !l.Names.IsSource(obj.Pkg()) && t.TypeArgs().Len() > 0:
		// iter.Seq and iter.Seq2: types of functions, which have no methods.
		return l.typ(t.Underlying())
	case !l.Names.IsSource(obj.Pkg()):
		if !obj.Exported() {
			l.fail(l.src, "use an exported type of the package", "the type %s.%s cannot be named outside its package", obj.Pkg().Name(), obj.Name())
		}
		return l.sel(l.id(l.Names.Import(obj.Pkg().Path())), obj.Name())
	case IsLocal(t):
		return l.id(l.Names.Local(t))
	case t.TypeArgs().Len() > 0:
		return l.id(l.Names.Instance(t.Origin().Obj(), l.substAll(t.TypeArgs())))
	}
	return l.id(l.Names.Object(obj))
}

// funcType writes a signature. Parameter names are given by params (receiver
// excluded); nil leaves them unnamed, as function types have them.
func (l *Lowerer) funcType(sig *types.Signature, params, results []string) *ast.FuncType {
	ft := &ast.FuncType{Func: l.at, Params: &ast.FieldList{Opening: l.at, Closing: l.at}}
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		var te ast.Expr
		if sig.Variadic() && i == sig.Params().Len()-1 {
			te = &ast.Ellipsis{Ellipsis: l.at, Elt: l.typ(variadicElem(l.subst(t)))}
		} else {
			te = l.typ(t)
		}
		f := &ast.Field{Type: te}
		if params != nil {
			f.Names = []*ast.Ident{l.id(params[i])}
		}
		ft.Params.List = append(ft.Params.List, f)
	}
	if sig.Results().Len() > 0 {
		ft.Results = &ast.FieldList{Opening: l.at, Closing: l.at}
		for i := range sig.Results().Len() {
			f := &ast.Field{Type: l.typ(sig.Results().At(i).Type())}
			if results != nil {
				f.Names = []*ast.Ident{l.id(results[i])}
			}
			ft.Results.List = append(ft.Results.List, f)
		}
	}
	return ft
}

// variadicElem is the element type of a variadic parameter; append's special
// form with a string is the one case that is no slice.
func variadicElem(t types.Type) types.Type {
	if s, ok := t.Underlying().(*types.Slice); ok {
		return s.Elem()
	}
	return types.Typ[types.Byte]
}

// structType writes a struct.
func (l *Lowerer) structType(t *types.Struct, name string) ast.Expr {
	st := &ast.StructType{Struct: l.at, Fields: &ast.FieldList{Opening: l.at, Closing: l.at}}
	for i := range t.NumFields() {
		fieldName, tag := Field(t, i, name)
		field := &ast.Field{Names: []*ast.Ident{l.id(fieldName)}, Type: l.typ(t.Field(i).Type())}
		if tag != "" {
			field.Tag = &ast.BasicLit{ValuePos: l.at, Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		st.Fields.List = append(st.Fields.List, field)
	}
	return st
}

// Field gives the emitted name and tag of field i of a struct type. An embedded
// field becomes a plain one: what it promotes is written out wherever it is
// used. All fields are exported, as the interpreter has it. The name of the
// declared type, when there is one, goes into the first field's tag: the
// interpreter gives struct types of equal layout one run-time type, and only the
// tag keeps them apart.
func Field(t *types.Struct, i int, typeName string) (name, tag string) {
	f := t.Field(i)
	tag = t.Tag(i)
	if !f.Exported() {
		// What looks for tags must not see it.
		tag += ` json:"-"`
		if _, ok := reflect.StructTag(tag).Lookup("xml"); !ok {
			tag += ` xml:"-"`
		}
		tag = strings.TrimSpace(tag)
	}
	if i == 0 && typeName != "" {
		if tag != "" {
			tag += " "
		}
		tag += TypeTag + ":" + strconv.Quote(typeName)
	}
	return fieldName(t, i), tag
}

// fieldName is the emitted name of a field.
func fieldName(t *types.Struct, i int) string {
	name := t.Field(i).Name()
	if t.Field(i).Exported() {
		return name
	}
	if name == "_" { // of which there may be several
		return "X_" + strconv.Itoa(i) + Reserved
	}
	name = "X" + name
	for f := range t.Fields() {
		if f.Name() == name {
			return name + Reserved
		}
	}
	return name
}

// TypeTag is the key in a struct tag under which the emitted name of a declared
// struct type stands.
const TypeTag = "hotloop"
