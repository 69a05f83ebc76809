package interp

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// fingerprinter gives units their shape, meaning and signature. Comments,
// formatting, order and position do not count. A name counts as what it means:
// a local variable, a declaration of the script, something imported (by path,
// so that a renamed import is no change) or predeclared; so a new declaration
// that shadows another one changes those who mention it.
type fingerprinter struct {
	info    *types.Info // of the unit at hand
	shape   record
	meaning record
	// On the way it is noted what starts goroutines.
	goes, serves bool
	mentions     []types.Object
	types        map[types.Type]string // typeString of those met so far
	// renamed has declarations count as what they are called later.
	renamed map[*types.TypeName]*types.TypeName
}

func (f *fingerprinter) unit(u *unit) {
	f.info = u.info
	f.shape, f.meaning, f.goes, f.serves, f.mentions = f.shape[:0], f.meaning[:0], false, false, nil
	switch u.kind {
	case KindImport:
		f.shape.str(u.name)
		if s := u.spec.(*ast.ImportSpec); s.Name != nil && (s.Name.Name == "_" || s.Name.Name == ".") {
			f.shape.str(s.Name.Name)
		}
	case KindFunc, KindMethod:
		if u.obj != nil {
			u.sig = f.typ(u.obj.Type())
		} else if fn, ok := u.obj.(*types.Func); ok {
			u.sig = f.typ(fn.Type())
		}
		f.node(u.fn.Recv)
		f.node(u.fn.Type)
		f.node(u.fn.Body)
	case KindType:
		u.sig = f.definition(u)
	case KindConst:
		c, ok := u.obj.(*types.Const)
		if ok {
			f.shape.str(c.Val().ExactString())
			f.shape.str(f.typ(c.Type()))
			u.sig = f.typ(c.Type())
		}
	case KindVar:
		s := u.spec.(*ast.ValueSpec)
		if u.obj != nil {
			u.sig = f.typ(u.obj.Type())
		}
		if i := f.indexOf(s.Names, u.obj); len(s.Values) == len(s.Names) && i >= 0 {
			f.node(s.Values[i])
		} else {
			for _, v := range s.Values {
				f.node(v)
			}
			if len(s.Values) > 0 {
				f.shape.num(i) // which of the results it takes
			}
		}
		u.initial = f.shape.sum()
		f.meaning.str(u.sig)
	}
	f.shape.str(u.sig)
	u.shape = f.shape.sum()
	f.meaning.str(u.shape)
	u.meaning = f.meaning.sum()
	u.goes, u.serves, u.mentions = f.goes, f.serves, f.mentions
}

// indexOf finds which of the declared names an object has.
func (f *fingerprinter) indexOf(ids []*ast.Ident, obj types.Object) int {
	for i, id := range ids {
		if f.info.Defs[id] == obj {
			return i
		}
	}
	return -1
}

// definition is what a type is made of: its underlying type with tags, and its
// type parameters. The methods are units of their own.
func (f *fingerprinter) definition(u *unit) string {
	tn, ok := u.obj.(*types.TypeName)
	if !ok {
		return ""
	}
	if tn.IsAlias() {
		return "= " + typeString(tn.Type())
	}
	n, ok := tn.Type().(*types.Named)
	if !ok {
		return ""
	}
	var b strings.Builder
	writeTypeParams(&b, n.TypeParams())
	writeType(&b, n.Underlying())
	return b.String()
}

// treeShape gives the shape of a syntax tree that info tells about.
func treeShape(n ast.Node, info *types.Info) string {
	f := &fingerprinter{info: info}
	f.node(n)
	return f.shape.sum()
}

// node writes a syntax tree. Every kind of node writes its kind, its own data
// and the end of its children, so that different trees write different text.
func (f *fingerprinter) node(n ast.Node) {
	if n == nil || reflect.ValueOf(n).IsNil() {
		f.shape.str("nil;")
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			f.shape.str(")")
			return true
		case *ast.CommentGroup, *ast.Comment:
			return false
		case *ast.ParenExpr:
			f.node(n.X)
			return false
		case *ast.EmptyStmt:
			return false
		case *ast.InterfaceType:
			if n.Methods.NumFields() == 0 { // any, written in the old way
				for _, part := range []string{"*ast.Ident", "go ", "any", ")"} {
					f.shape.str(part)
				}
				f.typed(n)
				return false
			}
			f.shape.str(reflect.TypeOf(n).String())
		default:
			f.shape.str(reflect.TypeOf(n).String())
			f.data(n)
		}
		if e, ok := n.(ast.Expr); ok {
			f.typed(e)
		}
		return true
	})
}

// typed adds what an expression leads to beyond its own text.
func (f *fingerprinter) typed(e ast.Expr) {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if sel := f.info.Selections[s]; sel != nil {
			// Where it stands among other fields and methods does not count; the
			// embedded fields on the way do.
			if sel.Kind() != types.FieldVal {
				f.meaning.str(f.typ(sel.Obj().(*types.Func).Signature().Recv().Type()))
			}
			f.meaning.str("sel")
			f.meaning.num(int(sel.Kind()), len(sel.Index()))
			t := sel.Recv()
			for _, i := range sel.Index()[:len(sel.Index())-1] {
				if p, ok := t.Underlying().(*types.Pointer); ok {
					t = p.Elem()
				}
				field := t.Underlying().(*types.Struct).Field(i)
				f.meaning.str(field.Name())
				t = field.Type()
			}
			f.meaning.str(f.typ(sel.Recv()))
		}
	}
	tv, ok := f.info.Types[e]
	if !ok {
		return
	}
	if _, isLit := e.(*ast.BasicLit); tv.Value != nil && !isLit {
		f.meaning.str("const")
		f.meaning.str(tv.Value.ExactString())
		f.meaning.str(f.typ(tv.Type))
	}
	if tv.IsType() {
		f.meaning.str("type")
		f.meaning.str(f.typ(tv.Type))
	}
}

// data writes what a node holds besides its children.
func (f *fingerprinter) data(n ast.Node) {
	w := &f.shape
	switch n := n.(type) {
	case *ast.Ident:
		f.name(n)
	case *ast.GoStmt:
		f.goes = true
	case *ast.SelectorExpr:
		f.serves = f.serves || startsByItself[n.Sel.Name]
	case *ast.BasicLit:
		w.num(int(n.Kind))
		w.str(n.Value)
	case *ast.BinaryExpr:
		w.num(int(n.Op))
	case *ast.UnaryExpr:
		w.num(int(n.Op))
	case *ast.AssignStmt:
		w.num(int(n.Tok), len(n.Lhs))
	case *ast.IncDecStmt:
		w.num(int(n.Tok))
	case *ast.BranchStmt:
		w.num(int(n.Tok))
	case *ast.GenDecl:
		w.num(int(n.Tok))
	case *ast.ChanType:
		w.num(int(n.Dir))
	case *ast.RangeStmt:
		w.num(int(n.Tok))
		w.flags(n.Key != nil, n.Value != nil)
	case *ast.CallExpr:
		w.num(len(n.Args))
		w.flags(n.Ellipsis.IsValid())
	case *ast.SliceExpr:
		w.flags(n.Slice3, n.Low != nil, n.High != nil, n.Max != nil)
	case *ast.ForStmt:
		w.flags(n.Init != nil, n.Cond != nil, n.Post != nil)
	case *ast.IfStmt:
		w.flags(n.Init != nil, n.Else != nil)
	case *ast.SwitchStmt:
		w.flags(n.Init != nil, n.Tag != nil)
	case *ast.TypeSwitchStmt:
		w.flags(n.Init != nil)
	case *ast.TypeAssertExpr:
		w.flags(n.Type != nil)
	case *ast.CaseClause:
		w.num(len(n.List))
		w.flags(n.List == nil)
	case *ast.CommClause:
		w.flags(n.Comm != nil)
	case *ast.TypeSpec:
		w.flags(n.Assign.IsValid())
	case *ast.ValueSpec:
		w.num(len(n.Names), len(n.Values))
		w.flags(n.Type != nil)
	case *ast.Field:
		w.num(len(n.Names))
		w.flags(n.Tag != nil)
	case *ast.CompositeLit:
		w.num(len(n.Elts))
		w.flags(n.Type != nil)
	case *ast.ArrayType:
		w.flags(n.Len != nil)
	}
}

// name writes an identifier as what it means.
func (f *fingerprinter) name(id *ast.Ident) {
	obj := f.info.Uses[id]
	switch o := obj.(type) {
	case nil:
		f.shape.str("def ")
		f.shape.str(id.Name)
	case *types.PkgName:
		f.shape.str("pkg ")
		f.shape.str(o.Imported().Path())
	default:
		switch {
		case o.Pkg() == nil:
			f.shape.str("go ")
			f.shape.str(o.Name())
		case o.Parent() == o.Pkg().Scope():
			name := o.Name()
			if tn, ok := o.(*types.TypeName); ok && f.renamed[tn] != nil {
				name = f.renamed[tn].Name()
			}
			if !slices.Contains(f.mentions, obj) {
				f.mentions = append(f.mentions, obj)
			}
			f.shape.str("top ")
			f.shape.str(reflect.TypeOf(o).String())
			f.shape.str(o.Pkg().Path())
			f.shape.str(name)
		default:
			f.shape.str("local ")
			f.shape.str(o.Name())
		}
	}
}

// typ is typeString, once a type.
func (f *fingerprinter) typ(t types.Type) string {
	s, ok := f.types[t]
	if !ok {
		s = typeString(t)
		if f.types == nil {
			f.types = map[types.Type]string{}
		}
		f.types[t] = s
	}
	return s
}

// record collects what is told of a unit. It is a plain list of bytes, because
// thousands of small writes go into it on every save.
type record []byte

func (r *record) str(s string) { *r = append(append(*r, s...), 0) }

func (r *record) num(list ...int) {
	for _, n := range list {
		*r = binary.AppendVarint(*r, int64(n))
	}
}

func (r *record) flags(list ...bool) {
	for _, b := range list {
		c := byte('0')
		if b {
			c = '1'
		}
		*r = append(*r, c)
	}
}

func (r record) sum() string {
	h := sha256.Sum256(r)
	return hex.EncodeToString(h[:16])
}
