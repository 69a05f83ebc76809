package theme

import "image/color"

// palette is what a theme is made of. A nil colour leaves the terminal's own,
// which is why text has none: the default foreground is the one colour a
// person has surely made readable.
type palette struct {
	accent color.Color // focus, the brand, what the eye shall find first
	muted  color.Color // secondary text: still meant to be read
	faint  color.Color // frames, line numbers, dots: there when looked for
	strong color.Color // emphasis above the default text
	good   color.Color
	warn   color.Color
	bad    color.Color
	info   color.Color // what happened by itself: reports, notices

	bar       color.Color // behind the status bar
	selection color.Color // behind the selected row of the focused pane
	selectDim color.Color // behind the selected row of another pane
	mark      color.Color // behind the line a diagnostic points at

	addLine, addWord color.Color // behind an added line and its changed words
	delLine, delWord color.Color

	keyword, typ, str, number, builtin, function color.Color
}

// The dark palette. Line and selection backgrounds map to distinct greys of
// the 256-colour table and word backgrounds to its dark green and dark red.
func darkPalette() palette {
	return palette{
		accent: hex("#b794f6"),
		muted:  hex("#a2a2a8"),
		faint:  hex("#737373"),
		strong: hex("#ffffff"),
		good:   hex("#7fcf8f"),
		warn:   hex("#e6b455"),
		bad:    hex("#f47a77"),
		info:   hex("#6cb6ff"),

		bar:       hex("#323238"),
		selection: hex("#3a3444"),
		selectDim: hex("#2b2b2e"),
		mark:      hex("#37342c"),

		addLine: hex("#10281c"), addWord: hex("#125a2b"),
		delLine: hex("#331417"), delWord: hex("#6b1f26"),

		keyword:  hex("#c4a7ff"),
		typ:      hex("#76c7c0"),
		str:      hex("#b5cf8a"),
		number:   hex("#e2a478"),
		builtin:  hex("#76c7c0"),
		function: hex("#82b8ff"),
	}
}

func lightPalette() palette {
	return palette{
		accent: hex("#6d3fc0"),
		muted:  hex("#5c5c64"),
		faint:  hex("#86868c"),
		strong: hex("#000000"),
		good:   hex("#0f6a2a"),
		warn:   hex("#8a5a00"),
		bad:    hex("#b8242b"),
		info:   hex("#0b5cad"),

		bar:       hex("#ebebee"),
		selection: hex("#e2d9f5"),
		selectDim: hex("#ececec"),
		mark:      hex("#fff0c2"),

		addLine: hex("#e4f6e8"), addWord: hex("#a8ecb4"),
		delLine: hex("#ffe6e6"), delWord: hex("#ffb3b3"),

		keyword:  hex("#6d3fc0"),
		typ:      hex("#0f6f73"),
		str:      hex("#3f6b10"),
		number:   hex("#8f3f00"),
		builtin:  hex("#0f6f73"),
		function: hex("#0b4fa0"),
	}
}
