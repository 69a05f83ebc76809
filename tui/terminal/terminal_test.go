package terminal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTerminal sits down at a terminal and tries everything once.
func TestTerminal(t *testing.T) {
	t.Parallel()
	term := Open(t, Options{Width: 60, Height: 12, Env: []string{"GREETING=hello"}})
	term.Run(`echo "$GREETING from $TERM;"; pwd;`)
	term.Expect("hello from tmux-256color;", filepath.Base(term.Home()))
	term.Run(`printf '\033[31mr\145d\033[0m\n'`)
	term.Expect("\nred\n")
	if styled := term.Styled(); !strings.Contains(styled, "\x1b[31mred") {
		t.Errorf("no red in %q", styled)
	}
	term.Run("clear")
	term.ExpectGone("hello")
	if text := term.Recording(); !strings.Contains(text, "hello from") {
		t.Errorf("the recording lacks what is gone from the screen: %q", text)
	}
	term.Resize(70, 10)
	term.Run("stty size")
	term.Expect("10 70")

	term.Run(`printf '\033[?1000h\033[?1006hcl\151ck\n'; cat -v`)
	term.Click("click")
	term.Press("enter")
	term.Expect("^[[<0;1;") // the row depends on the shell
	term.Press("ctrl+c")

	term.Run("sleep 1000")
	p := term.Process("sleep 1000")
	if p.PID == 0 || len(alive([]Process{p})) != 1 {
		t.Errorf("%v is not there", p)
	}
	before := term.Processes()
	term.Press("ctrl+c")
	term.ExpectNoProcesses(before[:1])
}

// TestClose says that the end of a test takes everything along.
func TestClose(t *testing.T) {
	t.Parallel()
	var home string
	var started []Process
	t.Run("session", func(t *testing.T) {
		term := Open(t, Options{})
		home = term.Home()
		term.Run("sleep 1001")
		term.Process("sleep 1001")
		started = term.Processes()
	})
	if left := alive(started); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := os.Stat(home); home != "" && !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", home, err)
	}
}
