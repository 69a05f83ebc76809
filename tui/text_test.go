package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hotloop/tui/theme"
)

func TestMicros(t *testing.T) {
	for us, want := range map[int64]string{
		-1: "0 ms", 0: "0.00 ms", 61: "0.06 ms", 904: "0.90 ms", 2304: "2.3 ms", 99_940: "99.9 ms",
		120_400: "120 ms", 1_200_000: "1.2 s", 250_000_000: "250 s",
	} {
		if got := micros(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1.0k", 9999: "9.9k", 45_678: "45k", 3_400_000: "3.4M", 99_000_000: "99M"} {
		if got := count(n); got != want || len(got) > 4 {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"plain":                "plain",
		"\x1b[31mred\x1b[0m":   "red",
		"\x1b]0;title\x07text": "text",
		"two\nlines\r\n":       "two⏎lines⏎",
		"日本":                   "日本",
	} {
		if got := clean(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := cleanLines("a\r\nb\n"); strings.Join(got, "|") != "a|b" {
		t.Errorf("lines %q", got)
	}
}

// TestLineWidth says that a line is as wide as asked whatever is in it.
func TestLineWidth(t *testing.T) {
	k := newInks(theme.New("dark", true))
	lines := []line{
		{},
		*new(line).add(&k.text, "short"),
		*new(line).add(&k.text, "a text that is longer").add(&k.bad, " than some widths").end(&k.good, "right"),
		*new(line).add(&k.text, "日本語の文").add(&k.text, "テキスト").end(&k.good, "右"),
	}
	for w := range 60 {
		for i := range lines {
			for _, soft := range []bool{false, true} {
				for tn := range toneCount {
					lines[i].soft, lines[i].tone = soft, tn
					if got := ansi.StringWidth(lines[i].draw(w, &k.text)); got != w {
						t.Errorf("line %d in %d cells takes %d", i, w, got)
					}
				}
			}
		}
	}
}

func TestCutShows(t *testing.T) {
	k := newInks(theme.New("none", true))
	l := new(line).add(&k.text, "abc").add(&k.text, "def")
	if got := ansi.Strip(l.draw(3, &k.text)); got != "ab…" {
		t.Errorf("cut between two spans gives %q", got)
	}
	if got := ansi.Strip(l.draw(6, &k.text)); got != "abcdef" {
		t.Errorf("what fits becomes %q", got)
	}
}

func TestInput(t *testing.T) {
	var in input
	in.insert("door.OnOpen {}")
	for _, step := range []struct{ key, want string }{
		{"left", "door.OnOpen {|}"},
		{"home", "|door.OnOpen {}"},
		{"ctrl+right", "door|.OnOpen {}"},
		{"ctrl+right", "door.OnOpen| {}"},
		{"ctrl+w", "door.| {}"},
		{"delete", "door.|{}"},
		{"end", "door.{}|"},
		{"alt+left", "|door.{}"},
		{"ctrl+k", "|"},
	} {
		if !in.key(step.key) {
			t.Fatalf("%s means nothing", step.key)
		}
		if got := in.before() + "|" + string(in.text[in.at:]); got != step.want {
			t.Errorf("after %s: %s, want %s", step.key, got, step.want)
		}
	}
	in.set("日本語 text that is wide")
	for w := 1; w < 30; w++ {
		for at := range in.text {
			in.at = at
			shown, cursor := in.view(w)
			if ansi.StringWidth(shown) > w || cursor >= w && w > 2 {
				t.Fatalf("in %d cells: %q with the cursor at %d", w, shown, cursor)
			}
		}
	}
	in.view(40)
	in.click(4)
	if in.at != 2 {
		t.Errorf("a click on the third letter went to %d", in.at)
	}
}
