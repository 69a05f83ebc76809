package session

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"hotloop/interp"
)

// edit puts one unit of a source into another shape. Text is what the unit is
// to be, "" for gone; imports are those of the file that the text is from.
type edit struct {
	unit    interp.Unit
	text    string
	imports []importSpec
}

// splice carries out edits on a copy of a source. What it gives parses; whether
// it fits together is for the engine to say. Imports that the edits leave
// unused go, and those that they need come back.
func splice(src interp.Source, edits []edit) (interp.Source, error) {
	out := cloneSource(src)
	want := make(map[string][]importSpec) // by file
	touched := make(map[string]string)    // file to its text before
	for _, e := range edits {
		f, err := spliceUnit(&out, e, touched)
		if err != nil {
			return src, fmt.Errorf("%s: %w", e.unit.Key, err)
		}
		want[f.Name] = append(want[f.Name], e.imports...)
	}
	for _, f := range allFiles(&out) {
		if before, ok := touched[f.Name]; ok {
			text, err := fixImports(before, f.Text, want[f.Name])
			if err != nil {
				return src, fmt.Errorf("%s: %w", f.Name, err)
			}
			f.Text = text
		}
	}
	return out, nil
}

func cloneSource(src interp.Source) interp.Source {
	out := src
	out.Files = append([]interp.File(nil), src.Files...)
	out.Imports = append([]interp.SourcePackage(nil), src.Imports...)
	for i := range out.Imports {
		out.Imports[i].Files = append([]interp.File(nil), out.Imports[i].Files...)
	}
	return out
}

func spliceUnit(src *interp.Source, e edit, touched map[string]string) (*interp.File, error) {
	f, sp, err := findUnit(src, &e.unit)
	if err != nil && e.text == "" {
		return nil, err
	}
	if err != nil {
		// Gone from the sources: it goes to the end of the file it was in.
		for _, g := range allFiles(src) {
			if g.Name == e.unit.File {
				f = g
			}
		}
		if f == nil {
			f = &src.Files[0]
		}
		note(touched, f)
		text, err := shaped(e.text, e.unit.Kind, false)
		if err != nil {
			return nil, err
		}
		f.Text = strings.TrimRight(f.Text, "\n") + "\n\n" + text + "\n"
		return f, nil
	}
	note(touched, f)
	if sp.shared {
		return nil, fmt.Errorf("it is declared together with other names; edit the file instead")
	}
	if e.text == "" {
		end := sp.end
		for end < len(f.Text) && (f.Text[end] == ' ' || f.Text[end] == '\t' || f.Text[end] == ';') {
			end++
		}
		if end < len(f.Text) && f.Text[end] == '\n' {
			end++
		}
		start := strings.LastIndexByte(f.Text[:sp.start], '\n') + 1
		if strings.TrimSpace(f.Text[start:sp.start]) != "" {
			start = sp.start
		}
		if start >= 2 && f.Text[start-2:start] == "\n\n" && strings.HasPrefix(f.Text[end:], "\n") {
			end++ // one blank line is enough
		}
		f.Text = f.Text[:start] + f.Text[end:]
		return f, nil
	}
	text, err := shaped(e.text, e.unit.Kind, sp.grouped)
	if err != nil {
		return nil, err
	}
	f.Text = f.Text[:sp.start] + text + f.Text[sp.end:]
	return f, nil
}

func note(touched map[string]string, f *interp.File) {
	if _, ok := touched[f.Name]; !ok {
		touched[f.Name] = f.Text
	}
}

// shaped gives the text of a unit as it has to look on its own, or as a line of
// a group: with the keyword or without.
func shaped(text string, kind interp.Kind, grouped bool) (string, error) {
	if kind == interp.KindFunc || kind == interp.KindMethod {
		return text, nil
	}
	const head = "package p\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", head+text, parser.ParseComments|parser.SkipObjectResolution)
	alone := err == nil && len(f.Decls) > 0
	switch {
	case alone && !grouped, !alone && grouped:
		return text, nil
	case alone:
		decl, ok := f.Decls[0].(*ast.GenDecl)
		if !ok || decl.Lparen.IsValid() || len(decl.Specs) != 1 {
			return "", fmt.Errorf("its text does not fit into a group")
		}
		from := fset.Position(decl.Pos()).Offset - len(head)
		spec := fset.Position(decl.Specs[0].Pos()).Offset - len(head)
		return text[:from] + text[spec:], nil
	}
	// Comments stay above the keyword.
	rest := text
	for {
		line, after, found := strings.Cut(rest, "\n")
		if !found || !strings.HasPrefix(strings.TrimSpace(line), "//") {
			break
		}
		rest = after
	}
	return text[:len(text)-len(rest)] + string(kind) + " " + strings.TrimLeft(rest, " \t"), nil
}

// fixImports takes out of a file the imports that were used before and are not
// any more, and puts in those of want that it uses and lacks. Names are all it
// goes by; the type check has the last word.
func fixImports(before, text string, want []importSpec) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	used := selectors(f)
	was := map[string]bool{}
	if old, err := parser.ParseFile(token.NewFileSet(), "", before, parser.SkipObjectResolution); err == nil {
		was = selectors(old)
	}
	have := map[string]bool{}
	// From the end, so that offsets stay true.
	for i := len(f.Decls) - 1; i >= 0; i-- {
		decl, ok := f.Decls[i].(*ast.GenDecl)
		if !ok || decl.Tok != token.IMPORT {
			continue
		}
		var cut []ast.Node
		for _, sp := range decl.Specs {
			spec := specOf(fset, sp.(*ast.ImportSpec))
			name := spec.goesBy()
			if name != "_" && name != "." && was[name] && !used[name] {
				cut = append(cut, sp)
			} else {
				have[spec.path] = true
			}
		}
		if len(cut) == len(decl.Specs) {
			cut = []ast.Node{decl}
		}
		for k := len(cut) - 1; k >= 0; k-- {
			// The line stays, empty, so that lines below keep their numbers.
			from, to := fset.Position(cut[k].Pos()).Offset, fset.Position(cut[k].End()).Offset
			text = text[:from] + text[to:]
		}
	}
	for _, spec := range want {
		name := spec.goesBy()
		if have[spec.path] || name == "_" || name == "." || !used[name] || was[name] {
			continue
		}
		have[spec.path] = true
		line := "; import " + strconv.Quote(spec.path)
		if spec.name != "" {
			line = "; import " + spec.name + " " + strconv.Quote(spec.path)
		}
		// On the line of the package clause, above which nothing has moved.
		end := fset.Position(f.Name.End()).Offset
		text = text[:end] + line + text[end:]
	}
	return text, nil
}

// goesBy gives the name by which the file refers to the import.
func (i importSpec) goesBy() string {
	if i.name != "" {
		return i.name
	}
	return importName(i.path)
}

// selectors gives the names before the dots of a file, those of packages among
// them.
func selectors(f *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				out[id.Name] = true
			}
		}
		return true
	})
	return out
}
