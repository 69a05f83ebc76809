package interp

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	gorootTest = flag.String("goroot.test", "", "run the Go distribution's own test programs whose path matches this")
	gorootFile = flag.String("goroot.file", "", "run one of them, in a child process of the test")
)

// TestGoroot runs those programs of the Go distribution's test directory that
// are one file and need nothing that scripts do not have, each in a process of
// its own with a time limit. As there, a program has to print what its .out file
// holds, or nothing.
func TestGoroot(t *testing.T) {
	if *gorootTest == "" {
		t.Skip("give -goroot.test . to run the Go distribution's tests")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command to ask for the programs")
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "test")
	match := regexp.MustCompile(*gorootTest)
	var files []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && strings.HasSuffix(path, ".dir") {
			return filepath.SkipDir // the files of one program
		}
		if err == nil && filepath.Ext(path) == ".go" && match.MatchString(path) && runsAlone(path) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Skipf("no programs in %s: %v", root, err)
	}
	var mu sync.Mutex
	failures := map[string]string{}
	work := make(chan string)
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			for path := range work {
				if why := runGoroot(path); why != "" {
					mu.Lock()
					failures[path[len(root)+1:]] = why
					mu.Unlock()
				}
			}
		})
	}
	for _, path := range files {
		work <- path
	}
	close(work)
	done.Wait()
	var names []string
	for name := range failures {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Logf("%s: %s", name, failures[name])
	}
	t.Logf("%d of %d programs pass", len(files)-len(failures), len(files))
}

var (
	goDirective = regexp.MustCompile(`(?m)^//go:(\w+)`)
	notScript   = regexp.MustCompile(`"(unsafe|C|syscall|os/exec|runtime|runtime/debug|plugin)"|os\.Args|\bflag\.`)
)

// runsAlone tells whether a program needs no flags, other files, or things that
// scripts cannot have.
func runsAlone(path string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if strings.TrimSpace(line) != "// run" || !strings.Contains(string(text), "\npackage main") || notScript.Match(text) {
		return false
	}
	for _, m := range goDirective.FindAllSubmatch(text, -1) {
		if string(m[1]) != "noinline" {
			return false
		}
	}
	return true
}

// runGoroot runs a program in a child process and says what is wrong with it.
func runGoroot(path string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	out := filepath.Join(os.TempDir(), fmt.Sprintf("hotloop-goroot-%d-%s", os.Getpid(), strconv.Quote(filepath.Base(path))))
	defer os.Remove(out)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestGorootChild$", "-goroot.file="+path)
	cmd.Env = append(os.Environ(), "HOTLOOP_OUT="+out, "GOMEMLIMIT=1GiB")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	got, readErr := os.ReadFile(out)
	if readErr != nil {
		text := said.String()
		if i := strings.Index(text, "fatal error"); i > 0 {
			text = text[i:]
		}
		return fmt.Sprintf("%v %.300s", err, text)
	}
	want, _ := os.ReadFile(strings.TrimSuffix(path, ".go") + ".out")
	if string(got) == string(want) {
		return ""
	}
	return fmt.Sprintf("prints %.300q, not %.100q", got, want)
}

// TestGorootChild runs one program and writes what it prints to a file.
func TestGorootChild(t *testing.T) {
	if *gorootFile == "" {
		t.Skip("for TestGoroot")
	}
	text, err := os.ReadFile(*gorootFile)
	if err != nil {
		t.Fatal(err)
	}
	got, ds := runProgram(string(text), nil, 40*time.Second)
	for _, d := range ds {
		got += fmt.Sprintf("%s:%d: %s\n", d.File, d.Line, d.Message)
	}
	if err := os.WriteFile(os.Getenv("HOTLOOP_OUT"), []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}
