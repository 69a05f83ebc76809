package terminal

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// keys are the keys with names that tmux calls differently.
var keys = map[string]string{
	"enter": "Enter", "tab": "Tab", "shift+tab": "BTab", "space": "Space", "backspace": "BSpace",
	"up": "Up", "down": "Down", "left": "Left", "right": "Right", "home": "Home", "end": "End",
	"pgup": "PPage", "pgdown": "NPage", "f1": "F1",
}

// Run waits for the shell's prompt, types a command line and presses enter.
func (term *Terminal) Run(command string) {
	term.t.Helper()
	term.Until("the shell's prompt", func(screen string) bool {
		screen = strings.TrimRight(screen, " \n")
		return screen[strings.LastIndexByte(screen, '\n')+1:] == strings.TrimSpace(Prompt)
	})
	term.Type(command)
	// Until it is echoed the prompt still looks as if it waited for a command,
	// which the next Run must not take it for.
	// Where a long one goes on in the next row, blanks are lost.
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	end := squeeze(command[max(len(command)-8, 0):])
	term.Until("the command", func(screen string) bool {
		return strings.HasSuffix(squeeze(screen), end)
	})
	term.Press("enter")
}

// Press presses keys one after the other: single characters, and keys as key
// tables name them ("enter", "shift+tab", "ctrl+c"). Esc is sent as terminals
// with the kitty keyboard protocol send it: as a lone byte it and the key after
// it would be alt and that key to a program that reads both at once.
func (term *Terminal) Press(names ...string) {
	term.t.Helper()
	for _, name := range names {
		switch letter, ctrl := strings.CutPrefix(name, "ctrl+"); {
		case name == "esc":
			term.Type("\x1b[27u")
		case keys[name] != "":
			term.tmux("send-keys", keys[name])
		case ctrl:
			term.tmux("send-keys", "C-"+letter)
		case len([]rune(name)) == 1:
			term.Type(name)
		default:
			term.t.Fatalf("no key is called %q", name)
		}
	}
}

// Type types text, a key after the other.
func (term *Terminal) Type(text string) {
	term.t.Helper()
	if strings.HasSuffix(text, ";") { // else it would separate tmux commands
		text = strings.TrimSuffix(text, ";") + `\;`
	}
	term.tmux("send-keys", "-l", "--", text)
}

// Click waits for a text and clicks at its first letter with the left button.
func (term *Terminal) Click(text string) {
	term.t.Helper()
	term.Expect(text)
	for y, row := range strings.Split(term.last, "\n") {
		if before, _, found := strings.Cut(row, text); found {
			at := fmt.Sprintf("\x1b[<0;%d;%d", ansi.StringWidth(before)+1, y+1)
			term.Type(at + "M" + at + "m") // down and up again
			return
		}
	}
}
