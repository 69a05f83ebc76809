package interp

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// universe turns symbol tables into go/types packages by reflection, lazily
// per import. Each reflect.Type becomes one *types.Named, whichever packages
// mention it. A universe with a parent holds the tables of a host and shares
// everything else with the parent.
//
// A type that has been handed out is finished: its underlying type and its
// methods are set before the import that made it returns. A package's scope is
// filled under the lock and read by others only after its import returned.
type universe struct {
	tables map[string]packageSymbols
	parent *universe

	mu       sync.RWMutex // guards what follows; a child's is taken before its parent's
	packages map[string]*types.Package
	complete map[string]bool
	named    map[reflect.Type]*types.Named
	sealed   map[string][]reflect.Type // interfaces with unexported methods, by package

	// Of a universe with a parent; fixed once settle has run.
	home map[reflect.Type]typePlace // where scripts find exported types
	own  map[reflect.Type]bool      // types that are not the parent's
}

func newUniverse(tables map[string]packageSymbols, parent *universe) *universe {
	return &universe{
		tables:   tables,
		parent:   parent,
		packages: map[string]*types.Package{},
		complete: map[string]bool{},
		named:    map[reflect.Type]*types.Named{},
		sealed:   map[string][]reflect.Type{},
	}
}

// importPackage returns the finished package of a path that some table holds.
func (u *universe) importPackage(importPath string) (*types.Package, error) {
	if _, ok := u.tables[importPath]; !ok && u.parent != nil {
		return u.parent.importPackage(importPath)
	}
	u.mu.RLock()
	p, ok := u.packages[importPath], u.complete[importPath]
	u.mu.RUnlock()
	if ok {
		return p, nil
	}
	u.lock()
	defer u.unlock()
	return u.build(importPath)
}

func (u *universe) lock() {
	u.mu.Lock()
	if u.parent != nil {
		u.parent.lock()
	}
}

func (u *universe) unlock() {
	if u.parent != nil {
		u.parent.unlock()
	}
	u.mu.Unlock()
}

// build fills the scope of a package of u's own tables. u is locked.
func (u *universe) build(importPath string) (*types.Package, error) {
	if u.complete[importPath] {
		return u.packages[importPath], nil
	}
	table := u.tables[importPath]
	if importPath == seqPath {
		u.packages[importPath] = checkSeq()
	}
	p := u.packageOf(importPath, table.name)
	scope := p.Scope()
	for _, name := range sortedKeys(table.syms) {
		if !token.IsExported(name) {
			continue // an interface wrapper
		}
		if obj := u.object(p, name, table.syms[name]); obj != nil && scope.Lookup(name) == nil {
			scope.Insert(obj)
		}
	}
	p.MarkComplete()
	u.complete[importPath] = true
	return p, nil
}

// checkSeq makes package iter.
func checkSeq() *types.Package {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "iter.go", seqText, parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	p, err := (&types.Config{}).Check(seqPath, fset, []*ast.File{f}, nil)
	if err != nil {
		panic(err)
	}
	return p
}

// seqType is the instance of iter.Seq or iter.Seq2 that a compiled type is.
func (u *universe) seqType(t reflect.Type) types.Type {
	root := u
	for root.parent != nil {
		root = root.parent
	}
	p, err := root.build(seqPath)
	if err != nil {
		panic(err)
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	yield := t.In(0)
	targs := make([]types.Type, yield.NumIn())
	for i := range targs {
		targs[i] = u.element(yield.In(i))
	}
	n, err := types.Instantiate(nil, p.Scope().Lookup(name).Type(), targs, false)
	if err != nil {
		panic(err)
	}
	return n
}

// packageOf returns the package object of a path, complete or not.
func (u *universe) packageOf(importPath, name string) *types.Package {
	if p, ok := u.packages[importPath]; ok {
		return p
	}
	if t, ok := u.tables[importPath]; ok {
		name = t.name
	} else if u.parent != nil {
		return u.parent.packageOf(importPath, name)
	}
	if name == "" {
		name = path.Base(importPath)
	}
	p := types.NewPackage(importPath, name)
	u.packages[importPath] = p
	return p
}

// object makes the go/types object of one symbol, nil for one that has no
// form scripts could use.
func (u *universe) object(p *types.Package, name string, v reflect.Value) types.Object {
	switch {
	case !v.IsValid():
		return nil
	case v.CanAddr():
		return types.NewVar(token.NoPos, p, name, u.typ(v.Type()))
	case v.Kind() == reflect.Pointer && v.IsNil():
		t := u.typ(v.Type().Elem())
		if n, ok := t.(*types.Named); ok && n.Obj().Pkg() == p && n.Obj().Name() == name {
			return n.Obj()
		}
		return types.NewTypeName(token.NoPos, p, name, t) // an alias
	case v.Kind() == reflect.Func:
		return types.NewFunc(token.NoPos, p, name, u.signature(v.Type(), nil, 0))
	}
	if c, ok := v.Interface().(constant.Value); ok {
		return types.NewConst(token.NoPos, p, name, untypedKind(p.Path(), name, c), c)
	}
	c := constantOf(v)
	if c == nil {
		return nil
	}
	if v.Type() == reflect.TypeFor[bool]() {
		return types.NewConst(token.NoPos, p, name, types.Typ[types.UntypedBool], c)
	}
	return types.NewConst(token.NoPos, p, name, u.typ(v.Type()), c)
}

func untypedKind(importPath, name string, c constant.Value) types.Type {
	switch c.Kind() {
	case constant.Bool:
		return types.Typ[types.UntypedBool]
	case constant.String:
		return types.Typ[types.UntypedString]
	case constant.Float:
		return types.Typ[types.UntypedFloat]
	case constant.Complex:
		return types.Typ[types.UntypedComplex]
	}
	if slices.Contains(runeConstants[importPath], name) {
		return types.Typ[types.UntypedRune]
	}
	return types.Typ[types.UntypedInt]
}

// constantOf is the value of a typed constant.
func constantOf(v reflect.Value) constant.Value {
	switch {
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String())
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.MakeFloat64(v.Float())
	case v.CanComplex():
		c := v.Complex()
		return constant.BinaryOp(constant.MakeFloat64(real(c)), token.ADD, constant.MakeImag(constant.MakeFloat64(imag(c))))
	}
	return nil
}

var basicKinds = map[reflect.Kind]types.BasicKind{
	reflect.Bool: types.Bool, reflect.String: types.String,
	reflect.Int: types.Int, reflect.Int8: types.Int8, reflect.Int16: types.Int16, reflect.Int32: types.Int32, reflect.Int64: types.Int64,
	reflect.Uint: types.Uint, reflect.Uint8: types.Uint8, reflect.Uint16: types.Uint16, reflect.Uint32: types.Uint32, reflect.Uint64: types.Uint64,
	reflect.Uintptr: types.Uintptr, reflect.Float32: types.Float32, reflect.Float64: types.Float64,
	reflect.Complex64: types.Complex64, reflect.Complex128: types.Complex128, reflect.UnsafePointer: types.UnsafePointer,
}

var (
	errorType = types.Universe.Lookup("error").Type()
	anyType   = types.Universe.Lookup("any").Type()
	byteType  = types.Universe.Lookup("byte").Type()

	reflectError = reflect.TypeFor[error]()
	reflectByte  = reflect.TypeFor[byte]()
)

// typ is the go/types form of a reflect type. u is locked.
func (u *universe) typ(t reflect.Type) types.Type {
	switch {
	case t == reflectError:
		return errorType
	case t.Name() == "", t.PkgPath() == "", t.Kind() == reflect.UnsafePointer && t.PkgPath() == "unsafe":
		return u.literal(t)
	}
	return u.namedType(t)
}

// namedType makes the one *types.Named of t.
func (u *universe) namedType(t reflect.Type) types.Type {
	if n, ok := u.named[t]; ok {
		return n
	}
	if t.PkgPath() == seqPath {
		n := u.seqType(t)
		u.named[t] = n.(*types.Named)
		return n
	}
	// A generic type of the parent's may be instantiated with a type of u's;
	// such a one must not be kept in the parent.
	if _, mine := u.tables[t.PkgPath()]; !mine && !u.own[t] && u.parent != nil && !strings.Contains(t.Name(), "[") {
		return u.parent.namedType(t)
	}
	pkgName, _, _ := strings.Cut(t.String(), ".")
	at, exported := u.home[t]
	if !exported {
		at = typePlace{t.PkgPath(), t.Name()}
	}
	p := u.packageOf(at.importPath, pkgName)
	obj := types.NewTypeName(token.NoPos, p, at.name, nil)
	n := types.NewNamed(obj, nil, nil)
	u.named[t] = n // before anything else: types are recursive
	if !p.Complete() {
		// Nobody reads the scope yet. Later on the exported types are all
		// there, and the others cannot be named.
		p.Scope().Insert(obj)
	}
	n.SetUnderlying(u.literal(t))
	if t.Kind() != reflect.Interface {
		u.addMethods(n, t)
	}
	return n
}

// literal is the type that stands for t without its name.
func (u *universe) literal(t reflect.Type) types.Type {
	if k, ok := basicKinds[t.Kind()]; ok {
		return types.Typ[k]
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(u.typ(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(u.element(t.Elem()))
	case reflect.Array:
		return types.NewArray(u.element(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(u.typ(t.Key()), u.typ(t.Elem()))
	case reflect.Chan:
		dir := map[reflect.ChanDir]types.ChanDir{
			reflect.BothDir: types.SendRecv, reflect.RecvDir: types.RecvOnly, reflect.SendDir: types.SendOnly,
		}
		return types.NewChan(dir[t.ChanDir()], u.typ(t.Elem()))
	case reflect.Func:
		return u.signature(t, nil, 0)
	case reflect.Interface:
		return u.interfaceType(t)
	case reflect.Struct:
		return u.structType(t)
	}
	return types.Typ[types.Invalid]
}

// element writes []byte as people do; reflection knows only uint8.
func (u *universe) element(t reflect.Type) types.Type {
	if t == reflectByte {
		return byteType
	}
	return u.typ(t)
}

// signature makes a function type, leaving out the first skip parameters.
// Reflection has no parameter names.
func (u *universe) signature(t reflect.Type, recv *types.Var, skip int) *types.Signature {
	var params, results []*types.Var
	for i := skip; i < t.NumIn(); i++ {
		params = append(params, types.NewParam(token.NoPos, nil, "", u.typ(t.In(i))))
	}
	for i := range t.NumOut() {
		results = append(results, types.NewParam(token.NoPos, nil, "", u.typ(t.Out(i))))
	}
	return types.NewSignatureType(recv, nil, nil, types.NewTuple(params...), types.NewTuple(results...), t.IsVariadic())
}

func (u *universe) interfaceType(t reflect.Type) types.Type {
	if t.NumMethod() == 0 {
		if t.Name() == "" {
			return anyType
		}
		return types.NewInterfaceType(nil, nil).Complete()
	}
	var methods []*types.Func
	for i := range t.NumMethod() {
		m := t.Method(i)
		methods = append(methods, types.NewFunc(token.NoPos, u.memberPackage(t, m.PkgPath), m.Name, u.signature(m.Type, nil, 0)))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

// structType keeps exported and embedded fields as they are. Other unexported
// fields keep their names, so that selecting one is told apart from selecting
// one that does not exist, but not their types: those may lead far into a
// package's inside. What stands in is comparable exactly when the field is.
func (u *universe) structType(t reflect.Type) types.Type {
	var fields []*types.Var
	var tags []string
	for i := range t.NumField() {
		f := t.Field(i)
		var ft types.Type
		switch {
		case f.IsExported() || f.Anonymous:
			ft = u.typ(f.Type)
		case f.Type.Comparable():
			ft = types.NewStruct(nil, nil)
		default:
			ft = types.NewSignatureType(nil, nil, nil, nil, nil, false)
		}
		fields = append(fields, types.NewField(token.NoPos, u.memberPackage(t, f.PkgPath), f.Name, ft, f.Anonymous))
		tags = append(tags, string(f.Tag))
	}
	return types.NewStruct(fields, tags)
}

// memberPackage is the package a field or method name belongs to. Reflection
// tells it for unexported names, the only ones for which it matters.
func (u *universe) memberPackage(t reflect.Type, pkgPath string) *types.Package {
	if pkgPath == "" {
		pkgPath = t.PkgPath()
	}
	if pkgPath == "" {
		return nil
	}
	return u.packageOf(pkgPath, "")
}
