package diffview

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"hotloop/tui/theme"
)

func newView(name string, width, height int, blocks []Block) *View {
	var v View
	v.SetStyles(theme.New(name, true))
	v.SetSize(width, height)
	v.SetBlocks(blocks)
	return &v
}

// whole makes a view as high as what it shows.
func whole(name string, width int, blocks []Block) *View {
	v := newView(name, width, 1, blocks)
	_, _, total := v.Position()
	v.SetSize(width, total)
	return v
}

// checkRows holds a view to its size, by both ways that terminals measure, and
// to letting nothing through that would drive the terminal.
func checkRows(t *testing.T, v *View, width, height int) {
	t.Helper()
	rows := v.View()
	if len(rows) != height {
		t.Fatalf("%d rows, want %d", len(rows), height)
	}
	for i, r := range rows {
		if w := ansi.StringWidth(r); w != width {
			t.Fatalf("width %d: row %d measures %d: %q", width, i, w, r)
		}
		if w := ansi.StringWidthWc(r); w != width {
			t.Fatalf("width %d: row %d measures %d character by character: %q", width, i, w, r)
		}
		for _, c := range ansi.Strip(r) {
			if c < 0x20 || c == 0x7f || c >= 0x80 && c < 0xa0 {
				t.Fatalf("row %d lets %U through: %q", i, c, r)
			}
		}
		if rest := withoutSGR(r); strings.ContainsRune(rest, '\x1b') {
			t.Fatalf("row %d has an escape sequence that is no style: %q", i, rest)
		}
	}
}

// checkFuzzed is checkRows for any text: letters that are composed of several
// characters are wider for terminals that add characters up, and there is no
// way round that.
func checkFuzzed(t *testing.T, v *View, width int) {
	t.Helper()
	for i, r := range v.View() {
		if w := ansi.StringWidth(r); w != width {
			t.Fatalf("width %d: row %d measures %d: %q", width, i, w, r)
		}
		plain := ansi.Strip(r)
		for _, c := range plain {
			if c < 0x20 || c == 0x7f || c >= 0x80 && c < 0xa0 {
				t.Fatalf("row %d lets %U through: %q", i, c, r)
			}
		}
		if w := ansi.StringWidth(plain); w != width {
			t.Fatalf("width %d: row %d measures %d without styles: %q", width, i, w, plain)
		}
		if strings.ContainsRune(withoutSGR(r), '\x1b') {
			t.Fatalf("row %d has an escape sequence that is no style: %q", i, r)
		}
	}
}

// withoutSGR takes the style sequences out: escape, bracket, digits and
// separators, m.
func withoutSGR(s string) string {
	var b strings.Builder
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "\x1b["); ok {
			rest = strings.TrimLeft(rest, "0123456789;:")
			if rest, ok := strings.CutPrefix(rest, "m"); ok {
				s = rest
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// Every width, a few offsets, all themes and layouts: each row has exactly the
// width.
func TestEveryWidth(t *testing.T) {
	blocks := sampleBlocks()
	for _, name := range []string{theme.Dark, theme.None} {
		for _, mode := range []Layout{Auto, Unified} {
			for width := range 180 {
				for _, x := range []int{0, 1, 7, 200} {
					if x > 0 && width%7 != 0 {
						continue
					}
					v := newView(name, width, 0, blocks)
					v.SetLayout(mode)
					v.SetContext(-1)
					v.ScrollXBy(x)
					_, _, total := v.Position()
					v.SetSize(width, total+2)
					checkRows(t, v, width, total+2)
				}
			}
		}
	}
}

func TestGolden(t *testing.T) {
	for _, width := range []int{20, 30, 40, 60, 80, 100, 120, 121, 140, 160} {
		for _, mode := range []string{"auto", "unified"} {
			if mode == "unified" && width < 121 {
				continue // the same as auto
			}
			t.Run(fmt.Sprintf("%s-%d", mode, width), func(t *testing.T) {
				v := newView(theme.None, width, 1, sampleBlocks())
				if mode == "unified" {
					v.SetLayout(Unified)
				}
				_, _, total := v.Position()
				v.SetSize(width, total)
				checkRows(t, v, width, total)
				golden.RequireEqual(t, plainText(v.View()))
			})
		}
	}
}

func TestGoldenScrolledRight(t *testing.T) {
	v := newView(theme.None, 60, 1, sampleBlocks())
	v.ScrollXBy(9)
	_, _, total := v.Position()
	v.SetSize(60, total)
	checkRows(t, v, 60, total)
	golden.RequireEqual(t, plainText(v.View()))
}

// plainText shows where rows end.
func plainText(rows []string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(ansi.Strip(r))
		b.WriteString("│\n")
	}
	return b.String()
}

func text(v *View) []string {
	var out []string
	for _, r := range v.View() {
		out = append(out, strings.TrimRight(ansi.Strip(r), " "))
	}
	return out
}

func TestSplitNeedsRoom(t *testing.T) {
	blocks := sampleBlocks()[:1]
	divided := func(width int, mode Layout) bool {
		v := whole(theme.None, width, blocks)
		v.SetLayout(mode)
		return strings.Contains(text(v)[1], "│")
	}
	for _, tt := range []struct {
		width int
		mode  Layout
		want  bool
	}{{120, Auto, false}, {121, Auto, true}, {121, Unified, false}, {72, Split, false}, {73, Split, true}, {120, Split, true}} {
		if got := divided(tt.width, tt.mode); got != tt.want {
			t.Errorf("width %d, layout %d: side by side %v, want %v", tt.width, tt.mode, got, tt.want)
		}
	}
	// A side with nothing on it is not worth half the screen.
	v := whole(theme.None, 160, sampleBlocks()[1:2])
	if strings.Contains(strings.Join(text(v), "\n"), "│") {
		t.Error("an added unit is drawn side by side")
	}
}

func TestFolds(t *testing.T) {
	v := whole(theme.None, 80, sampleBlocks()[:1])
	rows := text(v)
	at := slices.IndexFunc(rows, func(r string) bool { return strings.Contains(r, theme.SignFold) })
	if at < 0 {
		t.Fatalf("nothing is folded:\n%s", strings.Join(rows, "\n"))
	}
	var hidden int
	if _, err := fmt.Sscanf(strings.TrimSpace(rows[at]), theme.SignFold+" %d lines", &hidden); err != nil || hidden < leastFold {
		t.Fatalf("fold says %q", rows[at])
	}
	if v.OpenFold(at - 1) {
		t.Error("a row that is no fold was opened")
	}
	_, _, before := v.Position()
	if !v.OpenFold(at) {
		t.Error("the fold was not opened")
	}
	_, _, after := v.Position()
	if after != before+hidden-1 {
		t.Errorf("%d rows, want %d", after, before+hidden-1)
	}
	v.SetSize(80, after)
	if all := text(v); strings.Contains(strings.Join(all, "\n"), theme.SignFold) {
		t.Error("still folded")
	}
	v.SetContext(3)
	if _, _, n := v.Position(); n != before {
		t.Errorf("%d rows after closing, want %d", n, before)
	}
	v.SetContext(-1)
	if _, _, n := v.Position(); n != after {
		t.Errorf("%d rows with all context, want %d", n, after)
	}
	v.SetContext(0)
	if _, _, n := v.Position(); n >= before {
		t.Errorf("%d rows without context, %d with", n, before)
	}
}

func TestUnchangedSaysSo(t *testing.T) {
	body := "func f() {\n\ta()\n\tb()\n}"
	for want, d := range map[string]*Diff{
		"unchanged":                              Compute(body, body, 5, 5),
		"unchanged, moved from line 5 to line 9": Compute(body, body, 5, 9),
		"no text":                                Compute("", "", 1, 1),
	} {
		v := whole(theme.None, 60, []Block{{Diff: d}})
		if got := strings.TrimSpace(text(v)[0]); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
	}
}

func TestNoLineEnd(t *testing.T) {
	says := func(old, new string) bool {
		return strings.Contains(strings.Join(text(whole(theme.None, 60, []Block{{Diff: Compute(old, new, 1, 1)}})), "\n"), "no line end")
	}
	if !says("a\nb", "a\nb\n") {
		t.Error("a missing line end is the only difference and does not show")
	}
	if says("var x = 1", "var x = 2") {
		t.Error("units without a line end are nothing to talk about")
	}
}

func TestScrolling(t *testing.T) {
	v := newView(theme.None, 80, 10, sampleBlocks())
	_, _, total := v.Position()
	at := func() int { top, _, _ := v.Position(); return top }
	steps := []struct {
		name string
		do   func()
		want int
	}{
		{"above the top", func() { v.ScrollBy(-5) }, 0},
		{"down", func() { v.ScrollBy(4) }, 4},
		{"page", func() { v.PageBy(1) }, 13},
		{"page back", func() { v.PageBy(-1) }, 4},
		{"bottom", v.Bottom, total - 10},
		{"below the bottom", func() { v.ScrollBy(5) }, total - 10},
		{"higher window", func() { v.SetSize(80, total+5) }, 0},
		{"lower window", func() { v.SetSize(80, 10) }, 0},
		{"top", v.Top, 0},
	}
	for _, s := range steps {
		s.do()
		if at() != s.want {
			t.Errorf("%s: at %d, want %d", s.name, at(), s.want)
		}
	}
	v.ScrollBy(7)
	v.SetBlocks(sampleBlocks()) // other diffs, if equal ones
	if at() != 0 {
		t.Errorf("new blocks are shown from row %d", at())
	}
	v.ScrollBy(7)
	v.SetBlocks(v.Blocks())
	if at() != 7 {
		t.Errorf("the same blocks moved the window to %d", at())
	}
}

func TestScrollRightStops(t *testing.T) {
	v := whole(theme.None, 40, []Block{{Source: NewSource("abcdefgh\nab\n", 1)}})
	v.ScrollXBy(100)
	if got := text(v); !strings.HasSuffix(got[0], "…") {
		t.Errorf("scrolled out of sight: %q", got)
	}
	v.ScrollXBy(-100)
	if got := text(v); !strings.HasSuffix(got[0], "abcdefgh") {
		t.Errorf("did not come back: %q", got)
	}
}

func TestNextBlock(t *testing.T) {
	v := newView(theme.None, 80, 4, sampleBlocks())
	name := func() string { return strings.Fields(text(v)[0])[0] }
	var got []string
	for range 5 {
		got = append(got, name())
		v.NextBlock(1)
	}
	if want := []string{"door.OnOpen", "door.(*Lock).Try", "door.report", "door.old", "door.Lock"}; !slices.Equal(got, want) {
		t.Errorf("went to %q, want %q", got, want)
	}
	v.NextBlock(-1)
	v.NextBlock(-1)
	v.ScrollBy(1)
	v.NextBlock(-1) // back to the beginning of the one it is in
	if name() != "door.report" {
		t.Errorf("at %q, want door.report", name())
	}
}

func TestBlockAt(t *testing.T) {
	for _, width := range []int{80, 160} {
		v := whole(theme.None, width, sampleBlocks())
		rows := text(v)
		for i, r := range rows {
			block, line, ok := v.BlockAt(i)
			if !ok {
				t.Fatalf("row %d belongs to no block", i)
			}
			if strings.Contains(r, "func report") && (block != 2 || line != 61) {
				t.Errorf("width %d: row %q is block %d line %d", width, r, block, line)
			}
			if strings.Contains(r, "var old") && (block != 3 || line != 70) {
				t.Errorf("width %d: row %q is block %d line %d", width, r, block, line)
			}
			if strings.Contains(r, "left ") && strings.Contains(r, "// tries") && (block != 4 || line != 22) {
				t.Errorf("width %d: row %q is block %d line %d", width, r, block, line)
			}
		}
		if _, _, ok := v.BlockAt(len(rows)); ok {
			t.Error("a row below the last belongs to a block")
		}
	}
}

func TestResizeKeepsPlace(t *testing.T) {
	v := newView(theme.None, 100, 6, sampleBlocks())
	v.ScrollBy(14)
	block, line, _ := v.BlockAt(0)
	for _, width := range []int{160, 30, 0, 121, 100} {
		v.SetSize(width, 6)
		if width == 0 {
			continue
		}
		if b, l, _ := v.BlockAt(0); b != block || l != line {
			t.Errorf("width %d: block %d line %d at the top, want %d line %d", width, b, l, block, line)
		}
	}
}

func TestShowLine(t *testing.T) {
	var src strings.Builder
	for i := range 200 {
		fmt.Fprintf(&src, "line%d()\n", i+1)
	}
	v := newView(theme.None, 60, 12, []Block{{Source: NewSource(src.String(), 1), Mark: 150}})
	v.ShowLine(150)
	if all := strings.Join(text(v), "\n"); !strings.Contains(all, "150 "+theme.SignClosed+" line150()") {
		t.Errorf("line 150 does not show:\n%s", all)
	}
	top, _, _ := v.Position()
	v.ShowLine(152)
	if now, _, _ := v.Position(); now != top {
		t.Error("moved though the line showed already")
	}
	v.ShowLine(9999)
	if now, _, _ := v.Position(); now != top {
		t.Error("moved for a line that is not there")
	}
}

// A view that was not given anything yet is asked for its rows all the same.
func TestZeroView(t *testing.T) {
	var v View
	if len(v.View()) != 0 {
		t.Error("rows without a size")
	}
	v.SetSize(10, 2)
	if got := v.View(); len(got) != 2 || got[0] != strings.Repeat(" ", 10) {
		t.Errorf("got %q", got)
	}
	v.ScrollXBy(3)
	v.NextBlock(1)
	v.Bottom()
	v.SetSize(-3, -1)
	v.SetBlocks(sampleBlocks())
	v.SetSize(50, 3)
	checkRows(t, &v, 50, 3)
}
