package theme

import (
	"testing"

	"charm.land/lipgloss/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

func TestBrushLayers(t *testing.T) {
	line := lipgloss.NewStyle().Background(lipgloss.Color("#101010")).Foreground(lipgloss.Color("#ff0000"))
	word := lipgloss.NewStyle().Background(lipgloss.Color("#202020")).Bold(true)
	syntax := lipgloss.NewStyle().Foreground(lipgloss.Color("#00ff00"))
	buf := uv.NewScreenBuffer(10, 1)
	uv.NewStyledString(NewBrush(line, word, syntax).Paint("ab")+"c").Draw(buf, buf.Bounds())
	got := buf.CellAt(1, 0)
	if got.Content != "b" || rgb(got.Style.Fg) != "#00ff00" || rgb(got.Style.Bg) != "#202020" || got.Style.Attrs != uv.AttrBold {
		t.Errorf("cell %q has style %+v", got.Content, got.Style)
	}
	if after := buf.CellAt(2, 0); after.Content != "c" || !after.Style.IsZero() {
		t.Errorf("the brush runs on: %+v", after.Style)
	}
}

// An underlined text must keep characters and their marks together.
func TestBrushKeepsClusters(t *testing.T) {
	b := NewBrush(lipgloss.NewStyle().Underline(true))
	if got, want := b.Paint("e\u0301"), "\x1b[4me\u0301\x1b[m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Brush{}).Paint("x"); got != "x" {
		t.Errorf("no style gives %q", got)
	}
	if got := string(b.Append([]byte("a"), "b")); got != "a"+b.Paint("b") {
		t.Errorf("Append gives %q", got)
	}
}
