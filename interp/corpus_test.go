package interp

import (
	"context"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var (
	corpusUpdate = flag.Bool("corpus.update", false, "run the programs of testdata/corpus with the Go toolchain and store what they print")
	corpusFile   = flag.String("corpus.file", "", "a program to run, its output printed")
)

// TestCorpus runs the programs of testdata/corpus as they are loaded, and again
// with every function patched by an edit that changes nothing: both print what
// the Go toolchain's program prints, which is stored behind each program.
//
// A line "fail NAME: reason" in the comment of an archive marks a program that
// is known to print something else.
func TestCorpus(t *testing.T) {
	for _, file := range corpusFiles(t) {
		a := readCorpus(t, file)
		if *corpusUpdate {
			a.update(t)
		}
		for _, p := range a.programs {
			for mode, edit := range map[string]func(string) string{"loaded": nil, "patched": patchAll} {
				t.Run(a.topic+"/"+p.name+"/"+mode, func(t *testing.T) {
					got, ds := runProgram(p.text, edit, 20*time.Second)
					for _, d := range ds {
						got += FormatDiagnostic(d) + "\n"
					}
					why, known := a.known[p.name]
					switch {
					case got != p.want && !known:
						t.Errorf("%s", firstDifference(got, p.want))
					case got == p.want && known && mode == "loaded":
						t.Errorf("prints what it should now: take the mark off (%s)", why)
					}
				})
			}
		}
	}
}

// corpus is one archive: programs of one topic.
type corpus struct {
	file, topic string
	archive     *txtar.Archive
	programs    []corpusProgram
	known       map[string]string // programs that print something else, and why
}

type corpusProgram struct{ name, text, want string }

func corpusFiles(t *testing.T) []string {
	files, err := filepath.Glob("testdata/corpus/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	return files
}

func readCorpus(t testing.TB, file string) *corpus {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := &corpus{file: file, topic: strings.TrimSuffix(filepath.Base(file), ".txtar"), archive: a, known: map[string]string{}}
	for line := range strings.Lines(string(a.Comment)) {
		if rest, ok := strings.CutPrefix(line, "fail "); ok {
			name, why, _ := strings.Cut(strings.TrimSpace(rest), ": ")
			c.known[name] = why
		}
	}
	for _, f := range a.Files {
		name := strings.TrimSuffix(f.Name, filepath.Ext(f.Name))
		if filepath.Ext(f.Name) == ".go" {
			c.programs = append(c.programs, corpusProgram{name: name, text: string(f.Data)})
			continue
		}
		if n := len(c.programs); n == 0 || c.programs[n-1].name != name {
			t.Fatalf("%s: %s does not follow its program", file, f.Name)
		}
		c.programs[len(c.programs)-1].want = string(f.Data)
	}
	return c
}

// update has the toolchain run all programs and stores what they print.
func (c *corpus) update(t *testing.T) {
	texts := map[string]string{}
	for _, p := range c.programs {
		texts[p.name] = p.text
	}
	outputs := runNative(t, texts)
	c.archive.Files = nil
	for i, p := range c.programs {
		p.want = outputs[p.name]
		c.programs[i].want = p.want
		c.archive.Files = append(c.archive.Files,
			txtar.File{Name: p.name + ".go", Data: []byte(p.text)},
			txtar.File{Name: p.name + ".out", Data: []byte(p.want)})
	}
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// patchAll changes the text of every function and the meaning of none.
func patchAll(text string) string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", text, parser.SkipObjectResolution)
	if err != nil {
		return text
	}
	for _, d := range slices.Backward(f.Decls) {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			at := fset.Position(fn.Body.Lbrace).Offset + 1
			text = text[:at] + " _ = 0;" + text[at:]
		}
	}
	return text
}

// runProgram gives what a program prints, with the first line of the panic that
// it ends with, if any. The edit, if any, is applied before main runs.
func runProgram(text string, edit func(string) string, limit time.Duration) (string, []Diagnostic) {
	var mu sync.Mutex
	var printed strings.Builder
	ended := ""
	source := func(text string) Source { return Source{Name: "p", Files: []File{{"p.go", text}}} }
	l, out := Load(source(text), nil, Options{
		Notice: func(n Notice) {
			mu.Lock()
			defer mu.Unlock()
			printed.WriteString(n.Text)
			if n.Panic != nil {
				fmt.Fprintf(&printed, "panic: %s\n", n.Panic.Message)
			}
		},
		Exit: func(code int) {
			ended = "\n"
			if code != 0 {
				ended = fmt.Sprintf("exit %d\n", code)
			}
		},
	})
	if l == nil {
		return printed.String(), out.Report.Diagnostics
	}
	defer l.Close()
	if edit != nil {
		out := l.Apply(source(edit(text)), false)
		if out.NeedsReload {
			return fmt.Sprintf("reload: %v\n", out.Report.Reasons), nil
		}
		if len(out.Report.Diagnostics) > 0 {
			return "", out.Report.Diagnostics
		}
	}
	c := l.Call(context.Background(), CallRequest{Function: "main", Timeout: limit})
	l.Close() // delivers what is left of the output
	mu.Lock()
	defer mu.Unlock()
	text = printed.String() + c.Output
	if ended != "" {
		return text + strings.TrimPrefix(ended, "\n"), nil
	}
	if c.Error != nil {
		text += fmt.Sprintf("%s: %s\n", c.Error.Kind, c.Error.Message)
	}
	return text, nil
}

func TestCorpusFile(t *testing.T) {
	if *corpusFile == "" {
		t.Skip("give -corpus.file")
	}
	for name := range strings.SplitSeq(*corpusFile, ",") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, ds := runProgram(string(text), nil, 20*time.Second)
		fmt.Print(got)
		for _, d := range ds {
			fmt.Println(FormatDiagnostic(d))
		}
	}
}
