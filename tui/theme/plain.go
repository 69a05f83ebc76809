package theme

import "charm.land/lipgloss/v2"

// plain builds the styles without colour. Three attributes have to do: bold
// for what matters, underline for what changed, reverse for where the person
// is. Faint and italic are left out, because many terminals do not show them
// or show them unreadably.
func plain(isDark bool) Styles {
	none := lipgloss.NewStyle()
	bold := none.Bold(true)
	under := none.Underline(true)
	both := bold.Underline(true)
	reverse := none.Reverse(true)

	return Styles{
		Name: None, Dark: isDark, Colour: false,

		Text: none, Strong: bold, Muted: none, Faint: none, Accent: bold,
		OK: none, Error: bold, Warn: bold, Info: none,
		Control:  reverse,
		Selected: reverse, SelectedBlurred: under,
		Match: both,

		Pane: Pane{
			BorderFocused: bold, BorderBlurred: none,
			TitleFocused: bold.Reverse(true), TitleBlurred: none,
			Count: none, ScrollThumb: bold, ScrollTrack: none, Empty: none,
		},
		Tab: Tab{Active: bold.Reverse(true), ActiveBlurred: both, Inactive: none, Separator: none},
		Bar: Bar{
			Fill: reverse, Brand: reverse.Bold(true), Place: reverse.Bold(true), Text: reverse,
			Muted: reverse, Figure: reverse, OK: reverse, Warn: reverse.Bold(true),
			Error: reverse.Bold(true).Underline(true), Mode: reverse.Bold(true), Divider: reverse,
		},
		State: State{Live: none, Behind: bold, Crashed: bold.Reverse(true), Stopped: none},
		Unit: Unit{
			Func: none, Method: none, Var: none, Const: none, Type: none, Import: none,
			Script: bold, Name: none, Version: none, Fresh: both, Calls: none, Failed: bold,
		},
		Log: Log{
			Time: none, Script: none,
			Event: none, Report: bold, Output: none, Crash: bold.Reverse(true), Notice: none,
			Data: none, Result: none, Duration: none, Pin: none,
			Was: none, Changed: bold, Stderr: bold, Trace: none,
			New: bold.Reverse(true), Dropped: bold, Caret: bold,
		},
		Key: Key{Key: bold, Text: none, Separator: none, Disabled: none},
		Fire: Fire{
			Prompt: bold, Text: none, Event: bold, Data: none,
			Placeholder: none, Ghost: under, Cursor: reverse, Invalid: both,
		},
		Popup:  Popup{Border: none, Item: none, Selected: reverse, Match: both, Detail: none},
		Dialog: Dialog{Border: bold, Title: bold.Reverse(true), Text: none, Heading: both},
		Diff: Diff{
			Context:    Line{Number: none, Symbol: none, Code: none},
			Insert:     Line{Number: none, Symbol: bold, Code: none},
			Delete:     Line{Number: none, Symbol: bold, Code: none},
			InsertWord: both, DeleteWord: both,
			InsertMoved: none, DeleteMoved: none,
			Trailing: reverse,
			Fold:     none, Note: none, Missing: none, Divider: none,
			Mark: Line{Number: bold, Symbol: bold, Code: reverse},

			HeaderName: bold, HeaderVersion: none, HeaderPlace: none, HeaderRule: none, HeaderDetail: none,
			Added: bold, Changed: bold, Removed: bold, Signature: both, Recompiled: none,
		},
		Syntax: Syntax{
			Plain: none, Keyword: none, Type: none, String: none, Number: none,
			Comment: none, Builtin: none, Func: none, Operator: none,
		},
	}
}
