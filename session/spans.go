package session

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"

	"hotloop/interp"
)

// span is where a unit stands in the text of a file, with the comment above it.
type span struct {
	kind       interp.Kind
	name, recv string
	start, end int // byte offsets
	line       int // of start, from 1
	// grouped: a line between the parentheses of a group, so that its text
	// lacks the keyword. shared: declared together with other names.
	grouped, shared bool
}

// is says whether the span is that of a unit.
func (sp *span) is(u *interp.Unit) bool {
	if sp.kind != u.Kind {
		return false
	}
	if u.Kind == interp.KindImport {
		// A unit names an import by its path or by the name it goes by.
		return sp.name == u.Name || sp.recv == u.Name
	}
	return sp.name == u.Name && sp.recv == baseName(u.Receiver)
}

// baseName strips a receiver to the name of its type: "(*Lock[T])" is Lock.
func baseName(receiver string) string {
	receiver = strings.TrimLeft(receiver, "(*& ")
	if i := strings.IndexAny(receiver, "[) "); i >= 0 {
		receiver = receiver[:i]
	}
	return receiver
}

// spansOf gives the spans of all units of a file in the order of the text.
func spansOf(text string) ([]span, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []span
	add := func(sp span, doc *ast.CommentGroup, from, to token.Pos) {
		if doc != nil {
			from = doc.Pos()
		}
		pos := fset.PositionFor(from, false)
		sp.start, sp.line = pos.Offset, pos.Line
		sp.end = fset.PositionFor(to, false).Offset
		out = append(out, sp)
	}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			sp := span{kind: interp.KindFunc, name: decl.Name.Name, recv: receiverName(decl)}
			if decl.Recv != nil {
				sp.kind = interp.KindMethod
			}
			add(sp, decl.Doc, decl.Pos(), decl.End())
		case *ast.GenDecl:
			grouped := decl.Lparen.IsValid()
			for _, spec := range decl.Specs {
				sps, doc, end := specSpans(decl.Tok, spec)
				from := spec.Pos()
				if !grouped {
					from = decl.Pos()
					if decl.Doc != nil {
						doc = decl.Doc
					}
				}
				for _, sp := range sps {
					sp.grouped, sp.shared = grouped, len(sps) > 1
					add(sp, doc, from, end)
				}
			}
		}
	}
	return out, nil
}

// specSpans gives a span, without places, for every name of a spec, the comment
// above it and its end, which takes in the comment on its line.
func specSpans(tok token.Token, spec ast.Spec) (sps []span, doc *ast.CommentGroup, end token.Pos) {
	end = spec.End()
	comment := func(c *ast.CommentGroup) {
		if c != nil {
			end = c.End()
		}
	}
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		sps, doc = []span{{kind: interp.KindType, name: spec.Name.Name}}, spec.Doc
		comment(spec.Comment)
	case *ast.ImportSpec:
		p := strings.Trim(spec.Path.Value, "\"`")
		name := importName(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		sps, doc = []span{{kind: interp.KindImport, name: p, recv: name}}, spec.Doc
		comment(spec.Comment)
	case *ast.ValueSpec:
		kind := interp.KindVar
		if tok == token.CONST {
			kind = interp.KindConst
		}
		for _, name := range spec.Names {
			sps = append(sps, span{kind: kind, name: name.Name})
		}
		doc = spec.Doc
		comment(spec.Comment)
	}
	return sps, doc, end
}

// importName guesses the name of the package at an import path: the last
// element that is not a version.
func importName(p string) string {
	name := path.Base(p)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" && path.Dir(p) != "." {
		name = path.Base(path.Dir(p))
	}
	name, _, _ = strings.Cut(name, ".v") // gopkg.in/yaml.v3
	return name
}

// allFiles gives the files of a source, those of imported packages last.
func allFiles(src *interp.Source) []*interp.File {
	var out []*interp.File
	for i := range src.Files {
		out = append(out, &src.Files[i])
	}
	for i := range src.Imports {
		for k := range src.Imports[i].Files {
			out = append(out, &src.Imports[i].Files[k])
		}
	}
	return out
}

// findUnit gives the file and the span in which a unit stands. The file that
// the unit names is looked at first; a unit that says it is in a file of an
// imported package may carry the package before its name.
func findUnit(src *interp.Source, u *interp.Unit) (*interp.File, span, error) {
	err := fmt.Errorf("%s is not in the sources", u.Key)
	files := allFiles(src)
	own := len(src.Files)
	var order []*interp.File
	for i, f := range files {
		switch {
		case f.Name == u.File:
			order = append([]*interp.File{f}, order...)
		case i < own:
			order = append(order, f)
		}
	}
	bare := *u
	bare.Name = u.Name[strings.LastIndexByte(u.Name, '.')+1:]
	bare.Receiver = baseName(u.Receiver)
	bare.Receiver = bare.Receiver[strings.LastIndexByte(bare.Receiver, '.')+1:]
	for _, f := range order {
		spans, perr := spansOf(f.Text)
		if perr != nil {
			err = fmt.Errorf("find %s: %w", u.Key, perr)
			continue
		}
		found := -1
		for k := range spans {
			if !spans[k].is(u) && (f.Name != u.File || u.Kind == interp.KindImport || !spans[k].is(&bare)) {
				continue
			}
			// Of several (init, blank names) the one on the unit's line.
			if found < 0 || f.Name == u.File && spans[k].line <= u.Line {
				found = k
			}
		}
		if found >= 0 {
			return f, spans[found], nil
		}
	}
	return nil, span{}, err
}
