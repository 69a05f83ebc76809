package session

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func value(n int) string { return fmt.Sprintf("package files\n\nfunc Value() int { return %d }\n", n) }

// until fires the event until it gives what is wanted.
func (s *served) until(event, want string) {
	s.t.Helper()
	last := ""
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var r struct {
			Calls []struct{ Returns []struct{ Text string } }
		}
		err := s.ask("session.fire", fmt.Sprintf(`{"event":%q}`, event), &r)
		switch {
		case err != nil:
			last = err.Error()
		case len(r.Calls) == 1 && len(r.Calls[0].Returns) == 1:
			last = r.Calls[0].Returns[0].Text
		}
		if last == want {
			return
		}
	}
	s.t.Fatalf("%s gives %s, want %s", event, last, want)
}

// told waits for a notification with this text in it.
func (s *served) told(method, part string) string {
	s.t.Helper()
	for i, n := range s.notes {
		if n.Method == method && strings.Contains(string(n.Params), part) {
			s.notes = append(s.notes[:0:0], s.notes[i+1:]...)
			return string(n.Params)
		}
	}
	return s.want(`"method":"`+method+`"`, part)
}

func (s *served) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.cmd.Dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// filesOfThisSystem are tests that not every system has the means for.
var filesOfThisSystem = map[string]func(t *testing.T, bin string){}

// testFiles does to files what editors, people and systems do to them. Whatever
// it is, a word is said, what is live stays live, and the next good save is taken.
func testFiles(t *testing.T, bin string) {
	if runtime.GOOS == "windows" {
		t.Skip("of Unix file systems")
	}
	for _, c := range []struct {
		name string
		run  func(s *served, path func(string) string)
	}{
		{"a directory in the place of the file", func(s *served, path func(string) string) {
			s.do(os.Remove(path("a.go")))
			s.do(os.Mkdir(path("a.go"), 0o755))
			s.told("notice", "is a directory now")
			s.until("Value", "1")
			s.do(os.Remove(path("a.go")))
		}},
		{"links in a circle", func(s *served, path func(string) string) {
			s.do(os.Symlink("c.go", path("b.go")))
			s.do(os.Symlink("b.go", path("c.go")))
			s.do(os.Symlink(".", path("self")))
			s.told("notice", "too many links")
			s.until("Value", "1")
		}},
		{"a link to the file elsewhere", func(s *served, path func(string) string) {
			elsewhere := filepath.Join(s.t.TempDir(), "a.go")
			s.do(os.Rename(path("a.go"), elsewhere))
			s.do(os.Symlink(elsewhere, path("a.go")))
			s.do(os.WriteFile(elsewhere, []byte(value(5)), 0o644))
			s.until("Value", "5")
			s.do(os.Remove(path("a.go")))
		}},
		{"the directory deleted and made again", func(s *served, path func(string) string) {
			s.do(os.RemoveAll(s.cmd.Dir))
			s.told("report", `"removed"`)
			s.do(os.Mkdir(s.cmd.Dir, 0o755))
		}},
		{"a byte order mark and carriage returns", func(s *served, path func(string) string) {
			s.write("a.go", "\ufeff"+strings.ReplaceAll(value(3), "\n", "\r\n"))
			s.until("Value", "3")
		}},
		{"NUL bytes", func(s *served, path func(string) string) {
			s.write("a.go", value(3)+"\x00\n")
			s.told("report", "illegal character NUL")
			s.until("Value", "1")
		}},
		{"invalid UTF-8", func(s *served, path func(string) string) {
			s.write("a.go", value(3)+"// \xff\xfe\n")
			s.told("report", "illegal UTF-8")
			s.until("Value", "1")
		}},
		{"odd names", func(s *served, path func(string) string) {
			for i, name := range []string{"with space.go", "new\nline.go", "-dash.go", "quote'\".go", "esc\x1b[31m.go", "\xff.go"} {
				s.write(name, fmt.Sprintf("package files\n\nfunc Odd%d() int { return %d }\n", i, i))
			}
			for i := range 6 {
				s.until(fmt.Sprintf("Odd%d", i), fmt.Sprint(i))
			}
		}},
		{"an empty file", func(s *served, path func(string) string) {
			s.write("a.go", "")
			s.told("report", `"refused"`)
			s.until("Value", "1")
		}},
		{"a clock that jumps", func(s *served, path func(string) string) {
			old := time.Unix(1, 0)
			s.write("a.go", value(4))
			s.do(os.Chtimes(path("a.go"), old, old))
			s.until("Value", "4")
			s.do(os.Chtimes(path("a.go"), old.AddDate(200, 0, 0), old.AddDate(200, 0, 0)))
		}},
		{"a storm of saves", func(s *served, path func(string) string) {
			for i := range 1000 {
				s.write("a.go", value(1000+i))
			}
			s.until("Value", "1999")
		}},
		{"a file of five megabytes", func(s *served, path func(string) string) {
			var b bytes.Buffer
			b.WriteString(value(6))
			for i := range 5000 {
				fmt.Fprintf(&b, "func F%d() int { return %d }\n// %s\n", i, i, strings.Repeat("c", 960))
			}
			s.write("a.go", b.String())
			s.until("Value", "6")
		}},
		{"two thousand files", func(s *served, path func(string) string) {
			for i := range 2000 {
				s.write(fmt.Sprintf("f%d.go", i), fmt.Sprintf("package files\n\nfunc F%d() int { return %d }\n", i, i))
			}
			s.until("F1999", "1999")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serveFiles(t, bin, map[string]string{"a.go": value(1)})
			s.until("Value", "1")
			c.run(s, func(name string) string { return filepath.Join(s.cmd.Dir, name) })
			s.write("a.go", value(2))
			s.until("Value", "2")
		})
	}
	t.Run("a parent renamed", func(t *testing.T) {
		t.Parallel()
		s := serveFiles(t, bin, map[string]string{"p/q/a.go": value(1)})
		s.until("Value", "1")
		s.do(os.Rename(filepath.Join(s.cmd.Dir, "p"), filepath.Join(s.cmd.Dir, "r")))
		s.write("r/q/a.go", value(2))
		s.until("Value", "2")
	})
	for name, run := range filesOfThisSystem {
		t.Run(name, func(t *testing.T) { run(t, bin) })
	}
}
