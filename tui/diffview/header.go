package diffview

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"hotloop/tui/theme"
)

// Header is the row above a unit. Everything but Name may be empty.
type Header struct {
	Name           string // "door.OnOpen"
	From, To       int    // versions, 0 where the unit did not exist
	Place          string // "door.go:18"
	Verdict        string // "added", "changed", "removed", "signature", "recompiled", or words of your own
	Detail         string // what else there is to say: "with 2 callers"
	Added, Removed int    // lines; a View takes them from the diff
}

// Versions says which versions the header is about: "v3 → v4", "v1", or "".
func (h Header) Versions() string {
	switch {
	case h.From == 0 && h.To == 0:
		return ""
	case h.From == 0 || h.From == h.To:
		return fmt.Sprintf("v%d", h.To)
	case h.To == 0:
		return fmt.Sprintf("v%d", h.From)
	}
	return fmt.Sprintf("v%d %s v%d", h.From, theme.SignArrow, h.To)
}

// part is a piece of a header. Those of the highest rank stay longest.
type part struct {
	text  string
	style lipgloss.Style
	rank  int
	right bool // stands at the right edge, after the rule
}

// headerMargin is the width from which a header keeps a blank at either end, so
// that its name stands over the code's line numbers.
const headerMargin = 24

// RenderHeader draws a header in exactly width cells. Where there is not room
// for everything, the detail goes first, then the place, the counts, the
// versions and the verdict; the name is cut last.
func RenderHeader(h Header, width int, s theme.Styles) string {
	if width >= headerMargin {
		return " " + headerLine(h, width-2, s) + " "
	}
	return headerLine(h, max(0, width), s)
}

func headerLine(h Header, width int, s theme.Styles) string {
	d := s.Diff
	parts := []part{
		{text: theme.Visible(h.Name), style: d.HeaderName, rank: 6},
		{text: h.Versions(), style: d.HeaderVersion, rank: 4},
		{text: theme.Visible(h.Place), style: d.HeaderPlace, rank: 2},
		{text: theme.Visible(h.Detail), style: d.HeaderDetail, rank: 1},
	}
	if h.Added > 0 {
		parts = append(parts, part{text: fmt.Sprintf("+%d", h.Added), style: d.Insert.Symbol.UnsetBackground(), rank: 3, right: true})
	}
	if h.Removed > 0 {
		parts = append(parts, part{text: fmt.Sprintf("-%d", h.Removed), style: d.Delete.Symbol.UnsetBackground(), rank: 3, right: true})
	}
	parts = append(parts, part{text: theme.Visible(h.Verdict), style: s.Verdict(h.Verdict), rank: 5, right: true})

	for rank := 0; rank < 6 && partsWidth(parts) > width; rank++ {
		kept := parts[:0]
		for _, p := range parts {
			if p.rank != rank {
				kept = append(kept, p)
			}
		}
		parts = kept
	}

	var left, right []string
	used := 0
	for _, p := range parts {
		if p.text == "" {
			continue
		}
		text := theme.Cut(p.text, width)
		used += theme.Width(text)
		text = theme.NewBrush(p.style).Paint(text)
		if p.right {
			right = append(right, text)
		} else {
			left = append(left, text)
		}
	}
	// Gaps: two blanks between parts on the left, one on the right, and the
	// rule with a blank at either end takes what is left.
	used += 2*max(0, len(left)-1) + max(0, len(right)-1)
	out := strings.Join(left, "  ")
	rest := width - used
	switch {
	case rest >= 4:
		ends := 1
		if len(right) > 0 {
			ends = 2
		}
		out += " " + theme.NewBrush(d.HeaderRule).Paint(strings.Repeat("─", rest-ends))
		if ends == 2 {
			out += " "
		}
	case rest > 0:
		out += strings.Repeat(" ", rest)
	}
	return out + strings.Join(right, " ")
}

// partsWidth is the least width the parts need side by side.
func partsWidth(parts []part) int {
	w, left, right := 0, 0, 0
	for _, p := range parts {
		switch {
		case p.text == "":
			continue
		case p.right:
			right++
		default:
			left++
		}
		w += theme.Width(p.text)
	}
	w += 2*max(0, left-1) + max(0, right-1)
	if right > 0 && left > 0 {
		w++
	}
	return w
}
