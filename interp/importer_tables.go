package interp

import (
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
	"github.com/traefik/yaegi/stdlib/syscall"
	"github.com/traefik/yaegi/stdlib/unrestricted"

	"hotloop/interp/generics/compiled"
	"hotloop/interp/recent"
)

// symbolMap is one package as yaegi's tables have it, by name. What a value
// is follows from its form: a nil pointer that is not addressable stands for
// the type it points to, an addressable value is a variable, a constant.Value
// is an untyped constant, a func is a function, anything else is a typed
// constant. Names that begin with "_" are the wrappers through which script
// values satisfy the package's interfaces; scripts cannot name them.
type symbolMap = map[string]reflect.Value

// packageSymbols is a package with its name, which may differ from the last
// element of its path (math/rand/v2).
type packageSymbols struct {
	name string
	syms symbolMap
}

// stdTables is the unrestricted standard library by import path: yaegi's
// tables with those of os/exec, syscall, and the functions that yaegi's plain
// table replaces by ones that panic. The maps are shared and read-only.
var stdTables = sync.OnceValue(func() map[string]packageSymbols {
	tables := map[string]packageSymbols{}
	// Order matters: the unrestricted symbols replace earlier ones.
	addTables(tables, stdlib.Symbols)
	addTables(tables, syscall.Symbols)
	addTables(tables, unrestricted.Symbols)
	addTables(tables, recent.Symbols())
	for _, path := range []string{"cmp", "maps", "slices"} {
		delete(tables, path) // they come as source, see package generics
	}
	tables[seqPath] = packageSymbols{"iter", symbolMap{}}
	tables[compiled.Path] = packageSymbols{"compiled", compiled.Symbols}
	return tables
})

// addTables adds exports (keys "path/name") to tables, symbol by symbol. It
// never writes to the maps of either.
func addTables(tables map[string]packageSymbols, exports yaegi.Exports) {
	for key, syms := range exports {
		importPath, name := path.Split(key)
		importPath = strings.TrimSuffix(importPath, "/")
		// yaegi's tables also export themselves, for interpreters in interpreters.
		if importPath == "" || strings.HasPrefix(importPath, "github.com/traefik/yaegi") {
			continue
		}
		old, ok := tables[importPath]
		if !ok {
			tables[importPath] = packageSymbols{strings.TrimSuffix(name, "_"), syms}
			continue
		}
		merged := make(symbolMap, len(old.syms)+len(syms))
		for n, v := range old.syms {
			merged[n] = v
		}
		for n, v := range syms {
			merged[n] = v
		}
		tables[importPath] = packageSymbols{old.name, merged}
	}
}

// seqText declares the types of package iter. They are generic, and compiled
// functions have instances of them in their signatures, so that they belong to
// the tables; they are types of functions, so that no code is missing.
const seqText = `package iter

type Seq[V any] func(yield func(V) bool)

type Seq2[K, V any] func(yield func(K, V) bool)
`

const seqPath = "iter"

// runeConstants are the untyped rune constants of the standard library, which
// yaegi's tables hold as plain integers.
var runeConstants = map[string][]string{
	"archive/tar":    {"TypeBlock", "TypeChar", "TypeCont", "TypeDir", "TypeFifo", "TypeGNULongLink", "TypeGNULongName", "TypeGNUSparse", "TypeLink", "TypeReg", "TypeRegA", "TypeSymlink", "TypeXGlobalHeader", "TypeXHeader"},
	"math/big":       {"MaxBase"},
	"os":             {"PathListSeparator", "PathSeparator"},
	"path/filepath":  {"ListSeparator", "Separator"},
	"text/tabwriter": {"Escape"},
	"unicode":        {"MaxASCII", "MaxLatin1", "MaxRune", "ReplacementChar", "UpperLower"},
	"unicode/utf8":   {"MaxRune", "RuneError"},
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
