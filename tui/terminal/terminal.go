package terminal

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Patience is how long something may take to appear on the screen. It is long
// because the machine may be busy with other tests; what works appears at once.
const Patience = 20 * time.Second

// Prompt is what the shell writes when it waits for a command.
const Prompt = "ready> "

// Options says what kind of terminal to open. The zero value is one of 120 by
// 40 with the colours that tmux has.
type Options struct {
	Width, Height int      // in cells
	Term          string   // TERM of the shell, if not tmux-256color
	Path          []string // directories searched for programs before the usual ones
	Env           []string // more of the shell's environment, as KEY=value
}

// Terminal is a shell in a terminal. Its methods may be called by the test's
// goroutine only; those that fail end the test.
type Terminal struct {
	t        testing.TB
	home     string
	env      []string
	shell    int    // process id
	last     string // the screen when it was last read
	recorded string // the file of the recording
}

// Open starts a shell in a new terminal. The end of the test closes it. See the
// package documentation for what happens without tmux.
func Open(t testing.TB, o Options) *Terminal {
	t.Helper()
	Require(t)
	if o.Width == 0 {
		o.Width, o.Height = 120, 40
	}
	if o.Term == "" {
		o.Term = "tmux-256color"
	}
	// Not t.TempDir: its names are too long for the sockets that go in there.
	home, err := os.MkdirTemp("", "term")
	if err != nil {
		t.Fatal(err)
	}
	if home, err = filepath.EvalSymlinks(home); err != nil {
		t.Fatal(err)
	}
	term := &Terminal{t: t, home: home, recorded: filepath.Join(home, ".recording")}
	term.env = environment(home, o)
	term.guard()
	t.Cleanup(term.close) // before the guard's own end
	config := filepath.Join(home, ".tmux.conf")
	settings := "set -g status off\nset -g escape-time 0\nset -g remain-on-exit on\nset -g default-terminal " + o.Term + "\n"
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	// TMUX is for programs that talk to tmux; ours are to see a terminal.
	term.tmux("-f", config, "new-session", "-d", "-x", strconv.Itoa(o.Width), "-y", strconv.Itoa(o.Height), "-c", home,
		"exec env -u TMUX -u TMUX_PANE sh -i")
	if term.shell, err = strconv.Atoi(term.Format("pane_pid")); err != nil {
		t.Fatalf("the shell's process: %v", err)
	}
	term.tmux("pipe-pane", "exec cat >"+term.recorded)
	return term
}

// Require skips the test, or fails it, if there is no tmux or what else a
// terminal takes.
func Require(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("terminal tests take a while; run without -short")
	}
	for _, program := range []string{"tmux", "ps", "sh"} {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("HOTLOOP_REQUIRE_TMUX") == "1" {
			t.Fatal(program + " is not installed, and HOTLOOP_REQUIRE_TMUX=1 says that terminal tests must run")
		}
		t.Skip(program + " is not installed, so there is no terminal to test in; install it to run this test")
	}
}

// environment is all the environment that the shell has: nothing of the
// person's who runs the tests but where programs are.
func environment(home string, o Options) []string {
	path := append(append([]string{}, o.Path...), os.Getenv("PATH"))
	env := []string{
		"PATH=" + strings.Join(path, string(os.PathListSeparator)),
		"HOME=" + home, "TMPDIR=" + home, "SHELL=/bin/sh", "PS1=" + Prompt, "HISTFILE=",
		"LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TERM=" + o.Term, "COLORTERM=truecolor",
	}
	for kind, dir := range map[string]string{"RUNTIME_DIR": ".xdg", "CONFIG_HOME": ".config", "CACHE_HOME": ".cache", "STATE_HOME": ".state", "DATA_HOME": ".data"} {
		env = append(env, "XDG_"+kind+"="+filepath.Join(home, dir))
	}
	return append(env, o.Env...)
}

// Home is the directory the shell starts in.
func (term *Terminal) Home() string { return term.home }

// Format is one of the variables of tmux's FORMATS, such as alternate_on.
func (term *Terminal) Format(name string) string {
	term.t.Helper()
	return strings.TrimSpace(term.tmux("display-message", "-p", "#{"+name+"}"))
}

// Resize gives the terminal another size, as dragging its window would.
func (term *Terminal) Resize(width, height int) {
	term.t.Helper()
	term.tmux("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
}

// command is tmux, talking to the server of this terminal.
func (term *Terminal) command(args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-u", "-S", filepath.Join(term.home, ".tmux")}, args...)...)
	cmd.Env, cmd.Dir = term.env, term.home
	return cmd
}

// tmux runs a tmux command and gives what it prints.
func (term *Terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := term.command(args...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %s: %v: %s\nthe last screen:\n%s", strings.Join(args, " "), err, out, framed(term.last))
	}
	return string(out)
}

// guard closes the terminal when this process is gone, however it went. The
// signals of the keyboard are for the tests, not for their guard.
func (term *Terminal) guard() {
	cmd := exec.Command("sh", "-c", `trap "" INT TERM HUP; cat >/dev/null; tmux -S "$1" kill-server 2>/dev/null`, "guard",
		filepath.Join(term.home, ".tmux"))
	cmd.Env, cmd.Dir = term.env, term.home
	alive, err := cmd.StdinPipe()
	if err != nil {
		term.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		term.t.Fatal(err)
	}
	term.t.Cleanup(func() {
		alive.Close()
		cmd.Wait()
	})
}

// close hangs up, and fails the test if something survives it.
func (term *Terminal) close() {
	started := term.Processes()
	if out, err := term.command("kill-server").CombinedOutput(); err != nil && term.shell != 0 {
		term.t.Errorf("tmux kill-server: %v: %s", err, out)
	}
	for deadline := time.Now().Add(Patience); ; time.Sleep(pause) {
		left := alive(started)
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			term.t.Errorf("still there after the terminal was closed: %v", left)
			break
		}
	}
	if err := os.RemoveAll(term.home); err != nil {
		term.t.Error(err)
	}
}

// Recording is every byte written to the terminal so far.
func (term *Terminal) Recording() string {
	term.t.Helper()
	f, err := os.Open(term.recorded)
	if err != nil {
		term.t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		term.t.Fatal(err)
	}
	return string(text)
}

// keep puts the recording of a terminal that failed where it can be looked at,
// if the environment names a directory for that.
func (term *Terminal) keep() {
	if dir := os.Getenv("HOTLOOP_RECORDINGS"); dir != "" {
		name := strings.ReplaceAll(term.t.Name(), "/", "_")
		if err := os.WriteFile(filepath.Join(dir, name+".tty"), []byte(term.Recording()), 0o666); err != nil {
			term.t.Log(err)
		}
	}
}

// framed is a screen to print: with its edges, so that blanks are seen.
func framed(screen string) string {
	var b strings.Builder
	for i, row := range strings.Split(strings.TrimSuffix(screen, "\n"), "\n") {
		fmt.Fprintf(&b, "%3d|%s|\n", i+1, row)
	}
	return b.String()
}
