package theme

import "charm.land/lipgloss/v2"

// colours builds the styles of a palette. What is bold here is bold so that
// the eye finds it, never to tell two things apart.
func colours(name string, p palette) Styles {
	none := lipgloss.NewStyle()
	strong := none.Bold(true)
	muted, faint, accent := fg(p.muted), fg(p.faint), fg(p.accent)
	good, warn, bad, info := fg(p.good), fg(p.warn), fg(p.bad), fg(p.info)
	onBar := func(s lipgloss.Style) lipgloss.Style { return s.Background(p.bar) }

	return Styles{
		Name: name, Dark: name == Dark, Colour: true,

		Text: none, Strong: strong, Muted: muted, Faint: faint, Accent: accent,
		OK: good, Error: bad, Warn: warn, Info: info,
		Control:         warn.Bold(true),
		Selected:        bg(p.selection),
		SelectedBlurred: bg(p.selectDim),
		Match:           accent.Bold(true),

		Pane: Pane{
			BorderFocused: accent, BorderBlurred: faint,
			TitleFocused: accent.Bold(true), TitleBlurred: muted,
			Count: faint, ScrollThumb: muted, ScrollTrack: faint, Empty: muted,
		},
		Tab: Tab{
			Active: accent.Bold(true).Underline(true), ActiveBlurred: strong,
			Inactive: muted, Separator: faint,
		},
		Bar: Bar{
			Fill: bg(p.bar), Brand: onBar(accent.Bold(true)), Place: onBar(strong),
			Text: onBar(none), Muted: onBar(muted), Figure: onBar(strong),
			OK: onBar(good), Warn: onBar(warn), Error: onBar(bad.Bold(true)),
			Mode: onBar(accent), Divider: onBar(faint),
		},
		State: State{Live: good, Behind: warn.Bold(true), Crashed: bad.Bold(true), Stopped: muted},
		Unit: Unit{
			Func: fg(p.function), Method: fg(p.function), Var: fg(p.number),
			Const: fg(p.number), Type: fg(p.typ), Import: faint,
			Script: strong, Name: none, Version: muted, Fresh: accent.Bold(true),
			Calls: faint, Failed: bad,
		},
		Log: Log{
			Time: faint, Script: muted,
			Event: accent, Report: info, Output: muted, Crash: bad.Bold(true), Notice: info,
			Data: muted, Result: none, Duration: faint, Pin: accent,
			Was: muted, Changed: warn, Stderr: bad, Trace: muted,
			New: accent.Bold(true), Dropped: warn, Caret: bad.Bold(true),
		},
		Key: Key{Key: strong, Text: muted, Separator: faint, Disabled: faint},
		Fire: Fire{
			Prompt: accent.Bold(true), Text: none, Event: strong, Data: none,
			Placeholder: faint, Ghost: faint, Cursor: accent.Reverse(true), Invalid: bad,
		},
		Popup: Popup{
			Border: faint, Item: none, Selected: none.Bold(true).Background(p.selection),
			Match: accent.Bold(true), Detail: muted,
		},
		Dialog: Dialog{Border: accent, Title: accent.Bold(true), Text: none, Heading: strong},
		Diff: Diff{
			Context:     Line{Number: faint, Symbol: faint, Code: none},
			Insert:      Line{Number: good.Background(p.addLine), Symbol: good.Bold(true).Background(p.addLine), Code: bg(p.addLine)},
			Delete:      Line{Number: bad.Background(p.delLine), Symbol: bad.Bold(true).Background(p.delLine), Code: bg(p.delLine)},
			InsertWord:  bg(p.addWord).Bold(true),
			DeleteWord:  bg(p.delWord).Bold(true),
			InsertMoved: info.Bold(true).Background(p.addLine),
			DeleteMoved: info.Bold(true).Background(p.delLine),
			Trailing:    fg(p.bad).Background(p.addWord),
			Fold:        faint, Note: muted.Italic(true), Missing: faint, Divider: faint,
			Mark: Line{Number: warn.Bold(true).Background(p.mark), Symbol: warn.Bold(true).Background(p.mark), Code: bg(p.mark)},

			HeaderName: strong, HeaderVersion: accent, HeaderPlace: muted, HeaderRule: faint, HeaderDetail: muted,
			Added: good, Changed: accent, Removed: bad, Signature: warn, Recompiled: muted,
		},
		Syntax: Syntax{
			Plain: none, Keyword: fg(p.keyword), Type: fg(p.typ), String: fg(p.str),
			Number: fg(p.number), Comment: muted.Italic(true), Builtin: fg(p.builtin),
			Func: fg(p.function), Operator: muted,
		},
	}
}
