package interp

import (
	"errors"
	"fmt"
	htemplate "html/template"
	"io"
	"reflect"
	"strings"
	"sync"
	ttemplate "text/template"

	"hotloop/interp/lower"
)

// Templates look at values by reflection, which knows neither the methods of a
// script's types nor their names. So before a template is executed what it
// evaluates is written with functions of ours: {{.A.B x}} as
// {{tfield__h ".A.B" (tfield__h ".A" . "A") "B" x}}, and so on. What these give is
// either a compiled value, as it is, or a templateValue.

// Names of the functions in templates.
const (
	tmplField = "tfield__h" // text, receiver, name, arguments: a field, method or element
	tmplIndex = "tindex__h"
	tmplSlice = "tslice__h"
	tmplCall  = "tcall__h"
	tmplRange = "trange__h" // what range can go over
	tmplTrue  = "ttrue__h"  // the value; its zero where that counts as false
	tmplRaw   = "traw__h"   // for functions that look at values by reflection
	tmplMark  = "/* __h */" // comment in a tree that was rewritten
)

// usesMethods tells whether a package of the program imports one that calls
// methods by name: of templates, or reflect.
func (p *program) usesMethods() bool {
	for _, pk := range p.pkgs {
		for _, i := range pk.types.Imports() {
			switch i.Path() {
			case "text/template", "html/template", "reflect":
				if !pk.std {
					return true
				}
			}
		}
	}
	return false
}

// templateSymbols do the work of methods of templates.
func (d *dynTypes) templateSymbols() symbolMap {
	return symbolMap{
		"TextExecute": reflect.ValueOf(func(t *ttemplate.Template, w io.Writer, data any) error {
			d.prepareText(t)
			return templateError(t.Execute(w, d.templateData(data)))
		}),
		"TextExecuteTemplate": reflect.ValueOf(func(t *ttemplate.Template, w io.Writer, name string, data any) error {
			d.prepareText(t)
			return templateError(t.ExecuteTemplate(w, name, d.templateData(data)))
		}),
		"TextFuncs": reflect.ValueOf(func(t *ttemplate.Template, m ttemplate.FuncMap) *ttemplate.Template {
			return t.Funcs(d.templateFuncs(m))
		}),
		"HTMLExecute": reflect.ValueOf(func(t *htemplate.Template, w io.Writer, data any) error {
			d.prepareHTML(t)
			return templateError(t.Execute(w, d.templateData(data)))
		}),
		"HTMLExecuteTemplate": reflect.ValueOf(func(t *htemplate.Template, w io.Writer, name string, data any) error {
			d.prepareHTML(t)
			return templateError(t.ExecuteTemplate(w, name, d.templateData(data)))
		}),
		"HTMLFuncs": reflect.ValueOf(func(t *htemplate.Template, m htemplate.FuncMap) *htemplate.Template {
			return t.Funcs(d.templateFuncs(m))
		}),
	}
}

var rewriting sync.Mutex // templates are shared by those that execute them

func (d *dynTypes) prepareText(t *ttemplate.Template) {
	if t == nil {
		return
	}
	rewriting.Lock()
	defer rewriting.Unlock()
	fresh := rewriteTree(t.Tree)
	for _, x := range t.Templates() {
		fresh = rewriteTree(x.Tree) || fresh
	}
	if fresh {
		t.Funcs(d.templateRuntime(t))
	}
}

func (d *dynTypes) prepareHTML(t *htemplate.Template) {
	if t == nil {
		return
	}
	rewriting.Lock()
	defer rewriting.Unlock()
	fresh := rewriteTree(t.Tree)
	for _, x := range t.Templates() {
		fresh = rewriteTree(x.Tree) || fresh
	}
	if fresh {
		t.Funcs(htemplate.FuncMap(d.templateRuntime(t)))
	}
}

// fieldError is what is wrong with a field, with the text of the template.
type fieldError struct {
	at  string
	err error
}

func (e fieldError) Error() string { return e.err.Error() }
func (e fieldError) Unwrap() error { return e.err }

// templateError takes our functions out of the text of an error.
func templateError(err error) error {
	var exec ttemplate.ExecError
	if !errors.As(err, &exec) || !strings.Contains(exec.Err.Error(), lower.Reserved) {
		return err
	}
	place, said, ok := strings.Cut(exec.Err.Error(), " at <")
	if !ok {
		return err
	}
	var at fieldError
	if errors.As(err, &at) {
		said = at.err.Error()
		if own, called := errors.AsType[methodError](at.err); called {
			said = "error calling " + at.at[strings.LastIndexByte(at.at, '.')+1:] + ": " + own.Error()
		}
		if at.at != "" {
			place += fmt.Sprintf(" at <%s>", at.at)
		}
	} else if _, said, ok = strings.Cut(said, ">: "); !ok {
		return err
	}
	said = strings.NewReplacer(tmplIndex, "index", tmplSlice, "slice", tmplCall, "call").Replace(said)
	return ttemplate.ExecError{Name: exec.Name, Err: templateFailure{place + ": " + said, exec.Err}}
}

type templateFailure struct {
	text string
	err  error
}

func (e templateFailure) Error() string { return e.text }
func (e templateFailure) Unwrap() error { return e.err }

// methodError is an error that a method of the script's returned.
type methodError struct{ error }

func (e methodError) Unwrap() error { return e.error }
