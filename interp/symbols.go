package interp

import (
	"maps"
	"path"
	"sync"

	yaegi "github.com/traefik/yaegi/interp"

	"hotloop/interp/generics/compiled"
)

// hostSymbols gives what a script's interpreter needs, through Use, to import
// the packages at paths: yaegi's tables with the host's functions in place of
// those that act on the whole process. Paths without a table are ignored. It may be
// asked again when a script imports more.
//
// The package fmt has the key "fmt/fmt_": under its own name Use would compile
// yaegi's generic packages and replace functions of ours. Scripts must import
// it as `import fmt "fmt"`.
func hostSymbols(h *host, paths []string) yaegi.Exports {
	out := maps.Clone(interfaceWrappers())
	for _, importPath := range paths {
		table, ok := stdTables()[importPath]
		if !ok {
			continue
		}
		if importPath == "os" {
			h.openFiles()
		}
		syms := table.syms
		if over := h.overrides(importPath, table.syms); len(over) > 0 {
			syms = maps.Clone(table.syms)
			for name, v := range over {
				syms[name] = v
			}
		}
		out[symbolKey(importPath, table.name)] = syms
	}
	return out
}

// symbolKey is the key of a package for yaegi's Use.
func symbolKey(importPath, name string) string {
	if importPath == "fmt" {
		name = "fmt_"
	}
	return path.Join(importPath, name)
}

// interfaceWrappers are the parts of all tables that hold the wrappers of
// interfaces: the interpreter asks for one wherever something, if only nil, is
// assigned to a compiled interface. It looks for them in the package that
// declares the interface, which the script need not import. Shared, read-only.
var interfaceWrappers = sync.OnceValue(func() yaegi.Exports {
	out := yaegi.Exports{}
	for importPath, table := range stdTables() {
		wrappers := symbolMap{}
		for name, v := range table.syms {
			if name[0] == '_' {
				wrappers[name] = v
			}
		}
		if len(wrappers) > 0 {
			out[symbolKey(importPath, table.name)] = wrappers
		}
	}
	return out
})

// overrides are the host's own versions of symbols of a package. Each has the
// type of the symbol it replaces: scripts are checked against the tables.
func (h *host) overrides(importPath string, syms symbolMap) symbolMap {
	switch importPath {
	case "fmt":
		return h.fmtSymbols()
	case "os":
		return h.osSymbols()
	case "log":
		return h.logSymbols(syms)
	case "log/slog":
		return h.slogSymbols(syms)
	case "flag":
		return h.flagSymbols(syms)
	case "io":
		return h.ioSymbols()
	case "encoding/json":
		return h.dyns.jsonSymbols()
	case "encoding/xml":
		return h.dyns.xmlSymbols()
	case "reflect":
		return h.dyns.reflectSymbols()
	case "errors":
		return h.dyns.errorsSymbols()
	case compiled.Path:
		out := h.pullSymbols()
		if h.dice != nil {
			maps.Copy(out, h.dice.symbols(importPath, syms))
		}
		return out
	case "time", "context", "runtime", "syscall":
		return h.callbackSymbols(importPath)
	case "crypto/rand":
		if h.clock != nil {
			return h.dice.cryptoSymbols()
		}
	case "math/rand", "math/rand/v2":
		if h.dice != nil {
			return h.dice.symbols(importPath, syms)
		}
	case "net", "net/http", "os/exec":
		if h.network != nil {
			return h.network(importPath)
		}
	}
	return nil
}
