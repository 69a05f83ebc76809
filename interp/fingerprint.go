package interp

import (
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/types"
	"hash"
	"hash/fnv"
	"io"
	"reflect"
	"strings"
)

// fingerprinter gives units their shape, meaning and signature. Comments,
// formatting, order and position do not count. A name counts as what it means:
// a local variable, a declaration of the script, something imported (by path,
// so that a renamed import is no change) or predeclared; so a new declaration
// that shadows another one changes those who mention it.
type fingerprinter struct {
	p       *program
	shape   hash.Hash
	meaning hash.Hash
	// renamed has declarations count as what they are called later.
	renamed map[*types.TypeName]*types.TypeName
}

func (f *fingerprinter) unit(u *unit) {
	f.shape, f.meaning = fnv.New128a(), fnv.New128a()
	switch u.kind {
	case KindImport:
		io.WriteString(f.shape, u.name)
		if s := u.spec.(*ast.ImportSpec); s.Name != nil && (s.Name.Name == "_" || s.Name.Name == ".") {
			io.WriteString(f.shape, s.Name.Name)
		}
	case KindFunc, KindMethod:
		if u.obj != nil {
			u.sig = typeString(u.obj.Type())
		} else if fn, ok := f.p.info.Defs[u.fn.Name].(*types.Func); ok {
			u.sig = typeString(fn.Type())
		}
		f.node(u.fn.Recv)
		f.node(u.fn.Type)
		f.node(u.fn.Body)
	case KindType:
		u.sig = f.definition(u)
	case KindConst:
		c, ok := u.obj.(*types.Const)
		if ok {
			fmt.Fprint(f.shape, c.Val().ExactString(), typeString(c.Type()))
			u.sig = typeString(c.Type())
		}
	case KindVar:
		s := u.spec.(*ast.ValueSpec)
		if u.obj != nil {
			u.sig = typeString(u.obj.Type())
		}
		if i := f.indexOf(s.Names, u.obj); len(s.Values) == len(s.Names) && i >= 0 {
			f.node(s.Values[i])
		} else {
			for _, v := range s.Values {
				f.node(v)
			}
			if len(s.Values) > 0 {
				fmt.Fprint(f.shape, i) // which of the results it takes
			}
		}
		u.initial = hex.EncodeToString(f.shape.Sum(nil))
		io.WriteString(f.meaning, u.sig)
	}
	io.WriteString(f.shape, u.sig)
	u.shape = hex.EncodeToString(f.shape.Sum(nil))
	io.WriteString(f.meaning, u.shape)
	u.meaning = hex.EncodeToString(f.meaning.Sum(nil))
}

// indexOf finds which of the declared names an object has.
func (f *fingerprinter) indexOf(ids []*ast.Ident, obj types.Object) int {
	for i, id := range ids {
		if f.p.info.Defs[id] == obj {
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

// shapeOf gives the shape of one syntax tree.
func (f *fingerprinter) shapeOf(n ast.Node) string {
	f.shape, f.meaning = fnv.New128a(), fnv.New128a()
	f.node(n)
	return hex.EncodeToString(f.shape.Sum(nil))
}

// node writes a syntax tree. Every kind of node writes its kind, its own data
// and the end of its children, so that different trees write different text.
func (f *fingerprinter) node(n ast.Node) {
	if n == nil || reflect.ValueOf(n).IsNil() {
		io.WriteString(f.shape, "nil;")
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			io.WriteString(f.shape, ")")
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
				io.WriteString(f.shape, "*ast.Ident(go any)")
				f.typed(n)
				return false
			}
			fmt.Fprintf(f.shape, "%T(", n)
		default:
			fmt.Fprintf(f.shape, "%T(", n)
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
		if sel := f.p.info.Selections[s]; sel != nil {
			// The last index of a method only says where it stands among others.
			index := sel.Index()
			if sel.Kind() != types.FieldVal {
				index = index[:len(index)-1]
				fmt.Fprint(f.meaning, typeString(sel.Obj().(*types.Func).Signature().Recv().Type()))
			}
			fmt.Fprint(f.meaning, "sel", sel.Kind(), index, typeString(sel.Recv()))
		}
	}
	tv, ok := f.p.info.Types[e]
	if !ok {
		return
	}
	if _, isLit := e.(*ast.BasicLit); tv.Value != nil && !isLit {
		fmt.Fprint(f.meaning, "const", tv.Value.ExactString(), typeString(tv.Type))
	}
	if tv.IsType() {
		fmt.Fprint(f.meaning, "type", typeString(tv.Type))
	}
}

// data writes what a node holds besides its children.
func (f *fingerprinter) data(n ast.Node) {
	w := f.shape
	switch n := n.(type) {
	case *ast.Ident:
		f.name(n)
	case *ast.BasicLit:
		fmt.Fprint(w, n.Kind, n.Value)
	case *ast.BinaryExpr:
		fmt.Fprint(w, n.Op)
	case *ast.UnaryExpr:
		fmt.Fprint(w, n.Op)
	case *ast.AssignStmt:
		fmt.Fprint(w, n.Tok, len(n.Lhs))
	case *ast.IncDecStmt:
		fmt.Fprint(w, n.Tok)
	case *ast.BranchStmt:
		fmt.Fprint(w, n.Tok)
	case *ast.GenDecl:
		fmt.Fprint(w, n.Tok)
	case *ast.ChanType:
		fmt.Fprint(w, n.Dir)
	case *ast.RangeStmt:
		fmt.Fprint(w, n.Tok, n.Key != nil, n.Value != nil)
	case *ast.CallExpr:
		fmt.Fprint(w, n.Ellipsis.IsValid(), len(n.Args))
	case *ast.SliceExpr:
		fmt.Fprint(w, n.Slice3, n.Low != nil, n.High != nil, n.Max != nil)
	case *ast.ForStmt:
		fmt.Fprint(w, n.Init != nil, n.Cond != nil, n.Post != nil)
	case *ast.IfStmt:
		fmt.Fprint(w, n.Init != nil, n.Else != nil)
	case *ast.SwitchStmt:
		fmt.Fprint(w, n.Init != nil, n.Tag != nil)
	case *ast.TypeSwitchStmt:
		fmt.Fprint(w, n.Init != nil)
	case *ast.TypeAssertExpr:
		fmt.Fprint(w, n.Type != nil)
	case *ast.CaseClause:
		fmt.Fprint(w, n.List == nil, len(n.List))
	case *ast.CommClause:
		fmt.Fprint(w, n.Comm != nil)
	case *ast.TypeSpec:
		fmt.Fprint(w, n.Assign.IsValid())
	case *ast.ValueSpec:
		fmt.Fprint(w, len(n.Names), n.Type != nil, len(n.Values))
	case *ast.Field:
		fmt.Fprint(w, len(n.Names), n.Tag != nil)
	case *ast.CompositeLit:
		fmt.Fprint(w, n.Type != nil, len(n.Elts))
	case *ast.ArrayType:
		fmt.Fprint(w, n.Len != nil)
	}
}

// name writes an identifier as what it means.
func (f *fingerprinter) name(id *ast.Ident) {
	obj := f.p.info.Uses[id]
	switch o := obj.(type) {
	case nil:
		fmt.Fprint(f.shape, "def ", id.Name)
	case *types.PkgName:
		fmt.Fprint(f.shape, "pkg ", o.Imported().Path())
	default:
		switch {
		case o.Pkg() == nil:
			fmt.Fprint(f.shape, "go ", o.Name())
		case o.Parent() == o.Pkg().Scope():
			name := o.Name()
			if tn, ok := o.(*types.TypeName); ok && f.renamed[tn] != nil {
				name = f.renamed[tn].Name()
			}
			fmt.Fprintf(f.shape, "top %T %s.%s", o, o.Pkg().Path(), name)
		default:
			fmt.Fprint(f.shape, "local ", o.Name())
		}
	}
}
