package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"strings"
	"testing"
)

func draw(screen string, w, h int) string {
	return string(Render(screen, Options{Width: w, Height: h, Title: "a <title>", Foreground: color.Gray{0xd0}, Background: color.Black}))
}

// TestRender looks for each kind of thing in a small picture.
func TestRender(t *testing.T) {
	got := draw("\x1b[1;31mbold\x1b[m <&> ünï ─┬\n\x1b[48;2;1;2;3m sel \x1b[m│\n\x1b[7mturned\x1b[m \x1b[4mline\x1b[m", 20, 4)
	for dec := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
	}
	for _, want := range []string{
		"<title>a &lt;title&gt;</title>",
		";font-weight:bold}", `textLength="33.6">bold</text>`,
		"&lt;&amp;&gt;</text>", ">ünï</text>",
		"fill:#010203", `width="42.0" height="19"/>`, ">sel</text>",
		"fill:#000000}", ">turned</text>", // the background's colour
		"text-decoration:underline}",
		`d="M123.2 43.5h8.4M135.8 43.5l0.0 9.5M135.8 43.5l-4.2 0.0M135.8 43.5l4.2 0.0"`, // ─┬
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if again := draw("\x1b[1;31mbold\x1b[m", 20, 4); again != draw("\x1b[1;31mbold\x1b[m", 20, 4) {
		t.Error("two pictures of one screen differ")
	}
}

// TestExtend says that a row which ends in a background goes on in it, and one
// that does not does not.
func TestExtend(t *testing.T) {
	got := draw("\x1b[48;2;1;2;3mbar\x1b[m\n\x1b[48;2;4;5;6mbar\x1b[m end\nplain", 10, 3)
	for _, want := range []string{`y="34" width="84.0"`, `y="53" width="25.2"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if n := strings.Count(got, `height="19"/>`); n != 2 {
		t.Errorf("%d backgrounds, want 2\n%s", n, got)
	}
}

// TestWide puts wide characters into the cells they take.
func TestWide(t *testing.T) {
	got := []byte(draw("漢字 x", 8, 1))
	for _, want := range []string{`textLength="33.6">漢字<`, `x="56.0" y="48" textLength="8.4">x<`} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
