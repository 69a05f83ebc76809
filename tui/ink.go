package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"hotloop/tui/theme"
)

// tone is what lies behind a row.
type tone int

const (
	plain    tone = iota
	selected      // the cursor's row in the pane that has the keyboard
	marked        // the cursor's row elsewhere
	toneCount
)

// ink is a style made ready for each tone, so that drawing a frame only puts
// strings together.
type ink [toneCount]theme.Brush

// inks are the inks of the screen, made once per theme from the theme's styles.
type inks struct {
	text, strong, muted, faint, accent, good, bad, warn, info ink

	rule, ruleOn, title, titleOn, tab, tabOn, tabShown, figure ink

	barFill, barBrand, barPlace, barText, barMuted, barFigure, barGood, barWarn, barBad, barMode ink

	live, behind, crashed, stopped                   ink
	script, unit, version, fresh, calls, failed      ink
	kindFunc, kindMethod, kindVar                    ink
	time, event, report, output, crash, notice       ink
	data, result, duration, was, changed, trace      ink
	stderr, fresher, dropped, caret                  ink
	key, keyText                                     ink
	prompt, fireText, fireEvent, fireData, fireGhost ink
	invalid                                          ink
	item, itemOn, itemDetail, popBorder              ink
	dialog                                           ink
	unitName, unitVersion, unitPlace                 ink
	match                                            ink
	lineNumber                                       ink
}

// newInks makes the inks of a theme.
func newInks(st theme.Styles) *inks {
	mk := func(styles ...lipgloss.Style) ink {
		return ink{
			plain:    theme.NewBrush(styles...),
			selected: theme.NewBrush(append([]lipgloss.Style{st.Selected}, styles...)...),
			marked:   theme.NewBrush(append([]lipgloss.Style{st.SelectedBlurred}, styles...)...),
		}
	}
	k := &inks{
		text: mk(st.Text), strong: mk(st.Strong), muted: mk(st.Muted), faint: mk(st.Faint), accent: mk(st.Accent),
		good: mk(st.OK), bad: mk(st.Error), warn: mk(st.Warn), info: mk(st.Info), match: mk(st.Match),
		rule: mk(st.Pane.BorderBlurred), ruleOn: mk(st.Pane.BorderFocused),
		title: mk(st.Pane.TitleBlurred), titleOn: mk(st.Pane.TitleFocused), figure: mk(st.Pane.Count),
		tab: mk(st.Tab.Inactive), tabOn: mk(st.Tab.Active), tabShown: mk(st.Tab.ActiveBlurred),
		live: mk(st.State.Live), behind: mk(st.State.Behind), crashed: mk(st.State.Crashed), stopped: mk(st.State.Stopped),
		script: mk(st.Unit.Script), unit: mk(st.Unit.Name), version: mk(st.Unit.Version),
		fresh: mk(st.Unit.Fresh), calls: mk(st.Unit.Calls), failed: mk(st.Unit.Failed),
		kindFunc: mk(st.Unit.Func), kindMethod: mk(st.Unit.Method), kindVar: mk(st.Unit.Var),
		time: mk(st.Log.Time), event: mk(st.Log.Event), report: mk(st.Log.Report), output: mk(st.Log.Output),
		crash: mk(st.Log.Crash), notice: mk(st.Log.Notice), data: mk(st.Log.Data), result: mk(st.Log.Result),
		duration: mk(st.Log.Duration), was: mk(st.Log.Was), changed: mk(st.Log.Changed), trace: mk(st.Log.Trace),
		stderr: mk(st.Log.Stderr), fresher: mk(st.Log.New), dropped: mk(st.Log.Dropped), caret: mk(st.Log.Caret),
		key: mk(st.Key.Key), keyText: mk(st.Key.Text),
		prompt: mk(st.Fire.Prompt), fireText: mk(st.Fire.Text), fireEvent: mk(st.Fire.Event),
		fireData: mk(st.Fire.Data), fireGhost: mk(st.Fire.Placeholder), invalid: mk(st.Fire.Invalid),
		item: mk(st.Popup.Item), itemOn: mk(st.Popup.Selected), itemDetail: mk(st.Popup.Detail), popBorder: mk(st.Popup.Border),
		dialog:   mk(st.Dialog.Text),
		unitName: mk(st.Diff.HeaderName), unitVersion: mk(st.Diff.HeaderVersion), unitPlace: mk(st.Diff.HeaderPlace),
		lineNumber: mk(st.Diff.Context.Number),
	}
	bar := func(s lipgloss.Style) ink { return mk(st.Bar.Fill, s) }
	k.barFill, k.barBrand, k.barPlace, k.barText = bar(st.Bar.Fill), bar(st.Bar.Brand), bar(st.Bar.Place), bar(st.Bar.Text)
	k.barMuted, k.barFigure, k.barGood, k.barWarn = bar(st.Bar.Muted), bar(st.Bar.Figure), bar(st.Bar.OK), bar(st.Bar.Warn)
	k.barBad, k.barMode = bar(st.Bar.Error), bar(st.Bar.Mode)
	return k
}

// span is a piece of clean text in one ink.
type span struct {
	ink  *ink
	text string
}

// line is one row being put together: spans from the left, and spans that
// stand at the right end. When both do not fit the left gives way, or, where
// soft is set, the right goes.
type line struct {
	left, right []span
	tone        tone
	soft        bool
	frame       int // of a trace that the row shows, counted from 1; 0 for none
}

func (l *line) add(k *ink, text string) *line {
	if text != "" {
		l.left = append(l.left, span{k, text})
	}
	return l
}

func (l *line) end(k *ink, text string) *line {
	if text != "" {
		l.right = append(l.right, span{k, text})
	}
	return l
}

// marks adds text with the runes at the given byte offsets in another ink.
func (l *line) marks(k, hit *ink, text string, at []int) *line {
	from, whole := 0, len(strings.TrimSuffix(text, theme.SignEllipsis)) // what a cut text still has
	for i := 0; i < len(at); {
		j := i + 1
		for j < len(at) && at[j] == at[j-1]+1 {
			j++
		}
		start, stop := min(at[i], whole), min(at[j-1]+1, whole)
		for stop < len(text) && text[stop]&0xc0 == 0x80 {
			stop++
		}
		if start >= from {
			l.add(k, text[from:start]).add(hit, text[start:stop])
			from = stop
		}
		i = j
	}
	return l.add(k, text[from:])
}

func widthOf(spans []span) int {
	n := 0
	for _, s := range spans {
		n += width(s.text)
	}
	return n
}

// draw gives the row in exactly w cells, filled with the given ink.
func (l *line) draw(w int, fill *ink) string {
	if w <= 0 {
		return ""
	}
	right := widthOf(l.right)
	if right > 0 && (right+1 > w*2/3 || l.soft && right+1+widthOf(l.left) > w) {
		right = 0
	}
	room := w
	if right > 0 {
		room -= right + 1
	}
	var b strings.Builder
	b.Grow(w * 3)
	used := l.paint(&b, l.left, room)
	b.WriteString(fill[l.tone].Paint(blanks(w - right - used)))
	if right > 0 {
		l.paint(&b, l.right, right)
	}
	return b.String()
}

// paint writes spans into at most room cells and gives the cells used.
func (l *line) paint(b *strings.Builder, spans []span, room int) int {
	used := 0
	for i, s := range spans {
		text, n := s.text, width(s.text)
		// A row that is cut exactly between two spans must show it too.
		short := used+n > room || used+n == room && i+1 < len(spans)
		if short {
			if used+n == room {
				text += theme.SignEllipsis
			}
			text = cut(text, room-used)
			n = width(text)
		}
		b.WriteString(s.ink[l.tone].Paint(text))
		used += n
		if short {
			break
		}
	}
	return used
}
