package svg

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"image/color"
	"slices"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// The geometry, in the picture's units: one cell, the margin round the cells,
// and the bar above them.
const (
	cellWidth, cellHeight = 8.4, 19
	fontSize, baseline    = 14, 14
	margin, bar           = 14, 34
)

// Options says what the screen does not say about itself.
type Options struct {
	Width, Height          int    // of the screen, in cells
	Title                  string // in the bar above it
	Foreground, Background color.Color
}

// Render draws a screen. Its rows are separated by line ends.
func Render(screen string, o Options) []byte {
	cells := uv.NewScreenBuffer(o.Width, o.Height)
	uv.NewStyledString(strings.TrimSuffix(screen, "\n")).Draw(cells, cells.Bounds())
	p := &picture{foreground: o.Foreground, background: o.Background}
	for y := range o.Height {
		row := cells.Line(y)
		extend(row)
		p.ground(row, y)
		p.row(row, y)
	}
	return p.document(o)
}

// picture collects the parts, and the styles that they refer to by number.
type picture struct {
	foreground, background color.Color
	backs, lines, texts    bytes.Buffer
	styles                 []string
}

// extend takes the background at the end of a row to the edge. Multiplexers do
// not tell of cells that were cleared in a colour and never written to.
func extend(row uv.Line) {
	last := len(row) - 1
	for last >= 0 && row[last].Style.IsZero() && kindOf(&row[last]) == blank {
		last--
	}
	if last < 0 || row[last].Style.Bg == nil {
		return
	}
	for x := last + 1; x < len(row); x++ {
		row[x].Style.Bg = row[last].Style.Bg
	}
}

// ground draws what lies behind a row, neighbours of one colour together.
func (p *picture) ground(row uv.Line, y int) {
	for x := 0; x < len(row); {
		_, back := p.colours(row[x].Style)
		end := x + 1
		for ; end < len(row); end++ {
			if _, next := p.colours(row[end].Style); next != back {
				break
			}
		}
		if back != "" {
			fmt.Fprintf(&p.backs, `<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%d"/>`+"\n",
				p.class("fill:"+back), margin+float64(x)*cellWidth, bar+y*cellHeight, float64(end-x)*cellWidth, cellHeight)
		}
		x = end
	}
}

// colours are those a cell is drawn with; back is empty where it has none of
// its own.
func (p *picture) colours(s uv.Style) (fore, back string) {
	fore = hex(p.foreground)
	if s.Fg != nil {
		fore = hex(s.Fg)
	}
	if s.Bg != nil {
		back = hex(s.Bg)
	}
	if s.Attrs&uv.AttrReverse != 0 {
		fore, back = cmp.Or(back, hex(p.background)), fore
	}
	return fore, back
}

// row draws what stands in one row, run by run: a run is neighbouring cells
// that look the same.
func (p *picture) row(row uv.Line, y int) {
	for x := 0; x < len(row); {
		style, kind := row[x].Style, kindOf(&row[x])
		end := x
		var text strings.Builder
		for end < len(row) && row[end].Style.Equal(&style) && kindOf(&row[end]) == kind {
			text.WriteString(row[end].Content)
			end += max(row[end].Width, 1)
		}
		p.run(style, kind, text.String(), x, y, end-x)
		x = end
	}
}

// kind is how the content of a cell is drawn.
type kind int

const (
	blank kind = iota
	letters
	boxes
)

func kindOf(c *uv.Cell) kind {
	switch {
	case strings.TrimSpace(c.Content) == "":
		return blank
	case arms[c.Content] != 0:
		return boxes
	}
	return letters
}

func (p *picture) run(style uv.Style, kind kind, text string, x, y, cells int) {
	fore, _ := p.colours(style)
	left, top := margin+float64(x)*cellWidth, float64(bar+y*cellHeight)
	switch kind {
	case boxes:
		fmt.Fprintf(&p.lines, `<path class="%s" d="%s"/>`+"\n", p.class("stroke:"+fore), strokes(text, left, top))
	case letters:
		fmt.Fprintf(&p.texts, `<text class="%s" x="%.1f" y="%.0f" textLength="%.1f">`, p.class(font(style, fore)), left, top+baseline, float64(cells)*cellWidth)
		xml.EscapeText(&p.texts, []byte(text))
		p.texts.WriteString("</text>\n")
	}
}

// font is the style of a text as CSS.
func font(s uv.Style, fore string) string {
	css := "fill:" + fore
	if s.Attrs&uv.AttrBold != 0 {
		css += ";font-weight:bold"
	}
	if s.Attrs&uv.AttrItalic != 0 {
		css += ";font-style:italic"
	}
	if s.Attrs&uv.AttrFaint != 0 {
		css += ";opacity:.6"
	}
	switch {
	case s.Underline != 0:
		css += ";text-decoration:underline"
	case s.Attrs&uv.AttrStrikethrough != 0:
		css += ";text-decoration:line-through"
	}
	return css
}

// class names a style; equal ones get the same name.
func (p *picture) class(css string) string {
	i := slices.Index(p.styles, css)
	if i < 0 {
		i = len(p.styles)
		p.styles = append(p.styles, css)
	}
	return fmt.Sprintf("s%d", i)
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// document puts the parts into a window.
func (p *picture) document(o Options) []byte {
	width := 2*margin + float64(o.Width)*cellWidth
	height := float64(bar + o.Height*cellHeight + margin)
	var title, b bytes.Buffer
	xml.EscapeText(&title, []byte(o.Title))
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.0f" width="%.1f" height="%.0f" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>\n", title.Bytes())
	fmt.Fprintf(&b, "text{font:%dpx ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}\n", fontSize)
	b.WriteString("path{fill:none;stroke-width:1.2}\n")
	for i, css := range p.styles {
		fmt.Fprintf(&b, ".s%d{%s}\n", i, css)
	}
	fmt.Fprintf(&b, "</style>\n"+`<rect width="%.1f" height="%.0f" rx="10" fill="%s"/>`+"\n", width, height, hex(p.background))
	for i, dot := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="6" fill="%s"/>`+"\n", 22+20*i, bar/2, dot)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" fill="%s" opacity=".6">%s</text>`+"\n", width/2, bar/2+5, hex(p.foreground), title.Bytes())
	// Pixels at the edges of rectangles are not blended: that would show as seams.
	b.WriteString(`<g shape-rendering="crispEdges">` + "\n")
	p.backs.WriteTo(&b)
	b.WriteString("</g>\n")
	p.lines.WriteTo(&b)
	p.texts.WriteTo(&b)
	b.WriteString("</svg>\n")
	return b.Bytes()
}
