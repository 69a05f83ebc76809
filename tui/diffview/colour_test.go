package diffview

import (
	"fmt"
	"image/color"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"hotloop/tui/theme"
)

// screen puts rows on a grid of cells, as the terminal would have them.
func screen(rows []string, width int) uv.ScreenBuffer {
	buf := uv.NewScreenBuffer(width, len(rows))
	uv.NewStyledString(strings.Join(rows, "\n")).Draw(buf, buf.Bounds())
	return buf
}

// where finds a text in a row of cells; -1 when it is not there.
func where(buf uv.ScreenBuffer, y int, text string) int {
	var line strings.Builder
	for x := range buf.Width() {
		line.WriteString(buf.CellAt(x, y).Content)
	}
	before, _, ok := strings.Cut(line.String(), text)
	if !ok {
		return -1
	}
	return theme.Width(before)
}

func same(a, b color.Color) bool {
	if a == nil || b == nil {
		return a == b
	}
	return rgba(a) == rgba(b)
}

func rgba(c color.Color) string {
	if c == nil {
		return "none"
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func fgOf(s lipgloss.Style) color.Color {
	if c := s.GetForeground(); c != (lipgloss.NoColor{}) {
		return c
	}
	return nil
}

func bgOf(s lipgloss.Style) color.Color {
	if c := s.GetBackground(); c != (lipgloss.NoColor{}) {
		return c
	}
	return nil
}

// Foreground from the syntax, background from the diff, cell by cell.
func TestCellColours(t *testing.T) {
	for _, name := range []string{theme.Dark, theme.Light} {
		st := theme.New(name, true)
		d := st.Diff
		old := "func f() {\n\treturn Sprintf(\"%s opened\", 12)\n}\n"
		new := "func f() {\n\treturn Sprintf(\"%s closed\", 12) // \x1b \n}\n"
		v := whole(name, 70, []Block{{Diff: Compute(old, new, 9, 9)}})
		buf := screen(v.View(), 70)
		tests := []struct {
			row    int
			text   string
			fg, bg color.Color
			bold   bool
		}{
			{0, "func", fgOf(st.Syntax.Keyword), nil, false},
			{0, " 9", fgOf(d.Context.Number), nil, false},
			{1, "-", fgOf(d.Delete.Symbol), bgOf(d.Delete.Symbol), true},
			{1, "return", fgOf(st.Syntax.Keyword), bgOf(d.Delete.Code), false},
			{1, "Sprintf", fgOf(st.Syntax.Func), bgOf(d.Delete.Code), false},
			{1, "%s", fgOf(st.Syntax.String), bgOf(d.Delete.Code), false},
			{1, "opened", fgOf(st.Syntax.String), bgOf(d.DeleteWord), true},
			{1, "12", fgOf(st.Syntax.Number), bgOf(d.Delete.Code), false},
			{2, "+", fgOf(d.Insert.Symbol), bgOf(d.Insert.Symbol), true},
			{2, "return", fgOf(st.Syntax.Keyword), bgOf(d.Insert.Code), false},
			{2, "closed", fgOf(st.Syntax.String), bgOf(d.InsertWord), true},
			{2, "//", fgOf(st.Syntax.Comment), bgOf(d.InsertWord), true},
			{2, "␛", fgOf(st.Control), bgOf(d.Insert.Code), true},
			{2, "·", fgOf(d.Trailing), bgOf(d.Trailing), false},
			{3, "}", nil, nil, false},
		}
		for _, tt := range tests {
			x := where(buf, tt.row, tt.text)
			if x < 0 {
				t.Errorf("%s: row %d has no %q", name, tt.row, tt.text)
				continue
			}
			c := buf.CellAt(x, tt.row)
			if !same(c.Style.Fg, tt.fg) || !same(c.Style.Bg, tt.bg) || (c.Style.Attrs&uv.AttrBold != 0) != tt.bold {
				t.Errorf("%s: %q is %s on %s, attributes %b; want %s on %s, bold %v",
					name, tt.text, rgba(c.Style.Fg), rgba(c.Style.Bg), c.Style.Attrs, rgba(tt.fg), rgba(tt.bg), tt.bold)
			}
		}
		// The line's background goes to the edge.
		if c := buf.CellAt(69, 2); !same(c.Style.Bg, bgOf(d.Insert.Code)) {
			t.Errorf("%s: the end of the row is on %s", name, rgba(c.Style.Bg))
		}
	}
}

// Without colour the changed words are underlined and nothing is coloured.
func TestCellsWithoutColour(t *testing.T) {
	v := whole(theme.None, 150, sampleBlocks())
	rows := v.View()
	buf := screen(rows, 150)
	underlined := 0
	for y := range rows {
		for x := range 150 {
			c := buf.CellAt(x, y)
			if c.Style.Fg != nil || c.Style.Bg != nil {
				t.Fatalf("cell %d,%d is coloured", x, y)
			}
			if c.Style.Underline != 0 {
				underlined++
			}
		}
	}
	if underlined == 0 {
		t.Error("no changed word is underlined")
	}
}

func TestMarkedLine(t *testing.T) {
	st := theme.New(theme.Dark, true)
	v := whole(theme.Dark, 60, []Block{{Source: NewSource(typeSource, 19), Mark: 21}})
	buf := screen(v.View(), 60)
	for y := range 5 {
		want := color.Color(nil)
		if y == 2 {
			want = bgOf(st.Diff.Mark.Code)
		}
		if c := buf.CellAt(59, y); !same(c.Style.Bg, want) {
			t.Errorf("row %d is on %s, want %s", y, rgba(c.Style.Bg), rgba(want))
		}
	}
}

func TestMovedLinesHaveTheirSign(t *testing.T) {
	d := theme.New(theme.Dark, true).Diff
	v := whole(theme.Dark, 60, []Block{{Diff: Compute("remember(everything)\na()\nb()\n", "a()\nb()\nremember(everything)\n", 1, 1)}})
	buf := screen(v.View(), 60)
	for row, want := range map[int]lipgloss.Style{0: d.DeleteMoved, 3: d.InsertMoved} {
		x := where(buf, row, map[int]string{0: "-", 3: "+"}[row])
		if c := buf.CellAt(x, row); x < 0 || !same(c.Style.Fg, fgOf(want)) {
			t.Errorf("row %d: sign at %d is %s, want %s", row, x, rgba(c.Style.Fg), rgba(fgOf(want)))
		}
	}
}

func TestThemeSwitchRedraws(t *testing.T) {
	v := whole(theme.Dark, 80, sampleBlocks())
	dark := strings.Join(v.View(), "\n")
	v.SetStyles(theme.New(theme.Light, false))
	if light := strings.Join(v.View(), "\n"); light == dark {
		t.Error("the theme changed and the rows did not")
	}
	v.SetStyles(theme.New(theme.Dark, true))
	if again := strings.Join(v.View(), "\n"); again != dark {
		t.Error("not the same after going back")
	}
}

func TestRenderSpans(t *testing.T) {
	st := theme.New(theme.Dark, true)
	old, _ := Words("opened (8) \x1b[2J", "opened (10) \x1b[2J")
	got := RenderSpans(old, Delete, st)
	buf := screen([]string{got}, 30)
	if c := buf.CellAt(8, 0); c.Content != "8" || !same(c.Style.Bg, bgOf(st.Diff.DeleteWord)) {
		t.Errorf("cell %q on %s", c.Content, rgba(c.Style.Bg))
	}
	if c := buf.CellAt(0, 0); !c.Style.IsZero() {
		t.Errorf("an unchanged word is styled: %+v", c.Style)
	}
	if strings.Contains(withoutSGR(got), "\x1b") {
		t.Errorf("an escape sequence gets through: %q", got)
	}
	if got := RenderSpans(nil, Insert, st); got != "" {
		t.Errorf("no spans give %q", got)
	}
}
