package theme

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestVisible(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"plain text", "plain text"},
		{"a\tb", "a   b"},
		{"abcd\tb", "abcd    b"},
		{"日\tb", "日  b"},
		{"\x1b[31mred\x1b[0m", "␛[31mred␛[0m"},
		{"bell\a del\x7f", "bell␇ del␡"},
		{"line\r\n", "line␍␊"},
		{"\x9b31m", "‹9b›31m"},       // a broken byte that some terminals take for CSI
		{"\u009b31m", "‹U+009B›31m"}, // the same as a character
		{"a\u202eb", "a‹U+202E›b"},   // text that would run backwards
		{"\ufeffpackage", "‹U+FEFF›package"},
		{"a\u200bb", "a‹U+200B›b"},
		{"a\u200db", "a‹U+200D›b"},
		{"\xff\xfe", "‹ff›‹fe›"},
		{"cut\xe2\x82", "cut‹e2›‹82›"},
		{"e\u0301te\u0301", "e\u0301te\u0301"},
		{"\u0301x", "‹U+0301›x"},         // would sit on whatever stands to the left
		{"\x1b\U00011ca9", "␛‹U+11CA9›"}, // a mark that takes room of its own
		{"\u0d4e\x1b", "‹U+0D4E›␛"},      // a prefix of nothing
		{"日本", "日本"},
		{"👨‍👩‍👧", "👨👩👧"},
		{"❤️", "❤"},
		{"👍🏽", "👍"},
		{"🇩🇪", "🇩🇪"},
		{"각", "각"},
	}
	for _, tt := range tests {
		if got := Visible(tt.in); got != tt.want {
			t.Errorf("Visible(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestVisibleLongCluster(t *testing.T) {
	got := Visible("z" + strings.Repeat("\u0301", 100))
	if n := strings.Count(got, "‹U+0301›"); n != 100 {
		t.Errorf("%d marks spelt out, want 100: %q", n, got)
	}
}

// FuzzVisible checks what everything on the screen relies on: no control
// character gets through, and both ways of measuring agree with the pieces.
func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "a\tb", "\x1b]52;c;AAAA\a", "👨‍👩‍👧x", "e\u0301", "\u0301", "क्षि", "\xf0\x9f", "1️⃣", "ㅤ", "\U000e0001", "\xf0\U00011ca9", "\u0d4e\x1b", "﷽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "각"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sum := 0
		for rest, col := s, 0; rest != ""; {
			p := Next(rest, col)
			if p.Bytes < 1 || p.Bytes > len(rest) || p.Width < 1 || p.Text == "" {
				t.Fatalf("piece %+v of %q", p, rest)
			}
			if w := ansi.StringWidth(p.Text); w != p.Width {
				t.Fatalf("piece %+v measures %d", p, w)
			}
			sum += p.Width
			col += p.Width
			rest = rest[p.Bytes:]
		}
		out := Visible(s)
		for _, r := range out {
			if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 {
				t.Fatalf("%U is left in %q", r, out)
			}
		}
		if !utf8.ValidString(out) {
			t.Fatalf("not UTF-8: %q", out)
		}
		if got := ansi.StringWidth(out); got != sum {
			t.Fatalf("%q: width %d, pieces %d", out, got, sum)
		}
		if ansi.Strip(out) != out {
			t.Fatalf("holds an escape sequence: %q", out)
		}
		if fit := Fit(out, 20); ansi.StringWidth(fit) != 20 {
			t.Fatalf("Fit(%q, 20) measures %d", out, ansi.StringWidth(fit))
		}
	})
}
