package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeProgram builds the program that README.md begins with for those who
// embed a session, and runs its function on the script that stands below it.
func TestReadmeProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```go\npackage main\n")
	program, rest, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README.md has no program")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\n"+program), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "vet", file).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	_, rest, found = strings.Cut(rest, "\n    package door\n")
	script, _, closed := strings.Cut(rest, "\n\nIn a module")
	if !found || !closed {
		t.Fatal("README.md has no script below the program")
	}
	s := embedded(t, Host{Sources: map[string]string{"door.go": "package door\n" + script}})
	greet, err := Func[func(name string) (string, error)](s, "door.Greet")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := greet("Ann"); err != nil || got != "hello Ann" {
		t.Errorf("%q, %v", got, err)
	}
}
