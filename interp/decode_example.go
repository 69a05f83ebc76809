package interp

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// exampleData is JSON that fits a handler, as small as it can be while showing
// every field that must be there. It is "" for a handler without parameters.
// names are the parameters' names, without a leading context, as for decodeArgs.
func exampleData(sig *types.Signature, names []string) string {
	params := paramsOf(sig, len(names))
	if len(params) == 0 {
		return ""
	}
	if len(params) == 1 {
		return exampleOf(params[0], 0)
	}
	named := namedParams(names, len(params))
	var parts []string
	for i, p := range params {
		e := exampleOf(p, 0)
		switch {
		case named:
			e = strconv.Quote(names[i]) + ":" + e
		case sig.Variadic() && i == len(params)-1:
			e = exampleOf(elemType(p), 0)
		}
		parts = append(parts, e)
	}
	if named {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}

const exampleDepth = 4 // levels of an example; recursive types end here

func exampleOf(t types.Type, depth int) string {
	if t == nil || depth > exampleDepth {
		return "null"
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch obj := named.Obj(); {
		case obj.Pkg().Path() == "time" && obj.Name() == "Time":
			return `"2006-01-02T15:04:05Z"`
		case obj.Pkg().Path() == "time" && obj.Name() == "Duration":
			return `"1s"`
		case hasMethod(named, "UnmarshalJSON"):
			return "null"
		case hasMethod(named, "UnmarshalText"):
			return `""`
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
	case *types.Pointer:
		return exampleOf(u.Elem(), depth+1)
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return `""`
		}
		if e := exampleOf(u.Elem(), depth+1); e != "null" {
			return "[" + e + "]"
		}
		return "[]"
	case *types.Array:
		e := exampleOf(u.Elem(), depth+1)
		return "[" + strings.TrimSuffix(strings.Repeat(e+",", int(min(u.Len(), 16))), ",") + "]"
	case *types.Map:
		return "{}"
	case *types.Struct:
		var parts []string
		for _, f := range fieldsInJSON(nil, t) {
			if f.optional && (depth > 0 || f.omitEmpty || f.omitZero) {
				continue
			}
			parts = append(parts, fmt.Sprintf("%s:%s", strconv.Quote(f.name), exampleOf(f.typ, depth+1)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case *types.Interface:
		if u.NumMethods() == 0 {
			return "{}"
		}
	}
	return "null"
}

func hasMethod(t types.Type, name string) bool {
	return types.NewMethodSet(types.NewPointer(t)).Lookup(nil, name) != nil
}
