package diffview

import (
	"sync"

	"hotloop/tui/theme"
)

// lineStyle is how a whole line is coloured.
type lineStyle uint8

const (
	onContext lineStyle = iota
	onInsert
	onDelete
	onMark
	lineStyles
)

// ink holds the brushes of one theme, made once. The brush of a piece of code
// is three layers: the line, then the word if it changed, then the syntax,
// which has a foreground alone and so leaves the background to the diff.
type ink struct {
	styles theme.Styles
	lines  [lineStyles]lineInk

	divider, missing, fold, note theme.Brush
}

type lineInk struct {
	number, symbol, moved theme.Brush
	fill                  theme.Brush // blanks after the code
	code                  [classes][2]theme.Brush
	control, trailing     theme.Brush
}

// inks keeps the ink of each theme by its name: *ink values, never changed. Views
// are made for a single drawing too, and mixing costs more than that.
var inks sync.Map

func inkOf(s theme.Styles) *ink {
	if k, ok := inks.Load(s.Name); ok {
		return k.(*ink)
	}
	k, _ := inks.LoadOrStore(s.Name, newInk(s))
	return k.(*ink)
}

func newInk(s theme.Styles) *ink {
	d := s.Diff
	k := &ink{
		styles:  s,
		divider: theme.NewBrush(d.Divider), missing: theme.NewBrush(d.Missing),
		fold: theme.NewBrush(d.Fold), note: theme.NewBrush(d.Note),
	}
	syntax := syntaxStyles(s.Syntax)
	for i, line := range [lineStyles]theme.Line{onContext: d.Context, onInsert: d.Insert, onDelete: d.Delete, onMark: d.Mark} {
		word, moved := s.Text, line.Symbol
		switch lineStyle(i) {
		case onInsert:
			word, moved = d.InsertWord, d.InsertMoved
		case onDelete:
			word, moved = d.DeleteWord, d.DeleteMoved
		}
		l := &k.lines[i]
		l.number, l.symbol, l.moved = theme.NewBrush(line.Number), theme.NewBrush(line.Symbol), theme.NewBrush(moved)
		l.fill = theme.NewBrush(line.Code)
		l.control = theme.NewBrush(line.Code, s.Control)
		l.trailing = theme.NewBrush(line.Code, d.Trailing)
		for class, fg := range syntax {
			l.code[class][0] = theme.NewBrush(line.Code, fg)
			l.code[class][1] = theme.NewBrush(line.Code, word, fg)
		}
	}
	return k
}

func (k *ink) line(r Row) (lineStyle, *lineInk) {
	style := onContext
	switch r.Kind {
	case Insert:
		style = onInsert
	case Delete:
		style = onDelete
	}
	return style, &k.lines[style]
}
