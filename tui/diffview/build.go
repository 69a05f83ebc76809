package diffview

import (
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// builder makes rows out of hunks. Both cutters go through their text once,
// from the first line to the last.
type builder struct {
	d              *Diff
	a, b           []string // lines of the old and the new text
	oldCut, newCut cutter
}

// context adds line i of the old text, which is line j of the new one.
func (b *builder) context(i, j int) {
	b.oldCut.skip(len(b.a[i]))
	spans, noEOL := b.newCut.line(b.b[j], nil)
	b.d.Rows = append(b.d.Rows, Row{
		Kind: Context, OldNo: b.d.OldLine + i, NewNo: b.d.NewLine + j, Spans: spans, NoEOL: noEOL,
	})
}

// hunk adds removed lines, then the added ones that came in their place.
func (b *builder) hunk(h lcs.Diff) {
	del, add := b.a[h.Start:h.End], b.b[h.ReplStart:h.ReplEnd]
	pairs := pairLines(del, add)
	pairOfOld, pairOfNew := make(map[int]linePair, len(pairs)), make(map[int]linePair, len(pairs))
	for _, p := range pairs {
		pairOfOld[p.i], pairOfNew[p.j] = p, p
	}
	for i, line := range del {
		row := Row{Kind: Delete, OldNo: b.d.OldLine + h.Start + i}
		var changed []byteRange
		if p, ok := pairOfOld[i]; ok {
			row.Pair = len(del) + p.j - i
			changed = p.diff.old
		}
		row.Spans, row.NoEOL = b.oldCut.line(line, changed)
		b.d.Rows = append(b.d.Rows, row)
	}
	for j, line := range add {
		row := Row{Kind: Insert, NewNo: b.d.NewLine + h.ReplStart + j}
		var changed []byteRange
		if p, ok := pairOfNew[j]; ok {
			row.Pair = p.i - len(del) - j
			changed = p.diff.new
		}
		row.Spans, row.NoEOL = b.newCut.line(line, changed)
		b.d.Rows = append(b.d.Rows, row)
	}
	b.d.Added += len(add)
	b.d.Removed += len(del)
}

// cutter cuts the coloured text into lines, in order.
type cutter struct {
	text    string
	lexemes []lexeme
	at      int // bytes of text already cut
	next    int // first lexeme that ends after at
}

// skip passes over a line of the other side.
func (c *cutter) skip(bytes int) { c.at += bytes }

// line cuts the next line, which includes its line end, into spans without it.
// Spans end where the class changes and where a changed range does. noEOL says
// that there was no line end.
func (c *cutter) line(line string, changed []byteRange) (spans []Span, noEOL bool) {
	lo := c.at
	c.at += len(line)
	body := strings.TrimSuffix(line, "\n")
	hi := lo + len(body)
	for c.next < len(c.lexemes) && c.lexemes[c.next].end <= lo {
		c.next++
	}
	for at, t := lo, c.next; at < hi; {
		for t < len(c.lexemes) && c.lexemes[t].end <= at {
			t++
		}
		class, end := Plain, hi
		if t < len(c.lexemes) && c.lexemes[t].start < hi {
			if tok := c.lexemes[t]; tok.start > at {
				end = tok.start
			} else {
				class, end = tok.class, min(hi, tok.end)
			}
		}
		for len(changed) > 0 && lo+changed[0][1] <= at {
			changed = changed[1:]
		}
		isChanged := false
		if len(changed) > 0 {
			if start := lo + changed[0][0]; start > at {
				end = min(end, start)
			} else {
				isChanged = true
				end = min(end, lo+changed[0][1])
			}
		}
		if n := len(spans); n > 0 && spans[n-1].Class == class && spans[n-1].Changed == isChanged {
			spans[n-1].Text = c.text[at-len(spans[n-1].Text) : end]
		} else {
			spans = append(spans, Span{Text: c.text[at:end], Class: class, Changed: isChanged})
		}
		at = end
	}
	return spans, len(body) == len(line)
}
