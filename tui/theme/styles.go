package theme

import (
	"image/color"
	"os"

	"charm.land/lipgloss/v2"
)

// Names of the themes. Auto is dark or light by the terminal's background, and
// none where the environment variable NO_COLOR is set and not empty.
const (
	Dark  = "dark"
	Light = "light"
	None  = "none"
	Auto  = "auto"
)

// Names lists what [New] accepts, for flags and completion.
func Names() []string { return []string{Auto, Dark, Light, None} }

// Styles holds one style per thing on the screen. It is a plain value: copying
// it is fine, and two values with the same Name are the same. Styles set
// colours and attributes only, never widths, padding, margins or borders, so
// that a styled text is as wide as the text.
type Styles struct {
	Name   string // Dark, Light or None; a key for caches of rendered text
	Dark   bool   // the background is dark
	Colour bool   // false for None: meaning must not rest on colour

	Text   lipgloss.Style // the terminal's own foreground
	Strong lipgloss.Style // names, headings
	Muted  lipgloss.Style // secondary text
	Faint  lipgloss.Style // separators, hints, numbers of lines
	Accent lipgloss.Style // the one accent
	OK     lipgloss.Style
	Error  lipgloss.Style
	Warn   lipgloss.Style
	Info   lipgloss.Style
	// Control is for characters that stand for what must not reach the
	// terminal, see [Visible].
	Control lipgloss.Style
	// Selected is put behind the selected row, SelectedBlurred when its pane
	// has no focus; both are meant to be laid under other styles by [Under].
	Selected        lipgloss.Style
	SelectedBlurred lipgloss.Style
	Match           lipgloss.Style // letters that a filter or completion matched

	Pane   Pane
	Tab    Tab
	Bar    Bar
	State  State
	Unit   Unit
	Log    Log
	Key    Key
	Fire   Fire
	Popup  Popup
	Dialog Dialog
	Diff   Diff
	Syntax Syntax
}

// Pane is the frame of a pane. The styles are for its line-drawing characters
// and for the title set into the upper edge.
type Pane struct {
	BorderFocused, BorderBlurred lipgloss.Style
	TitleFocused, TitleBlurred   lipgloss.Style
	Count                        lipgloss.Style // figures beside a title
	ScrollThumb, ScrollTrack     lipgloss.Style
	Empty                        lipgloss.Style // what a pane says when it has nothing to show
}

// Tab is a row of tabs.
type Tab struct{ Active, ActiveBlurred, Inactive, Separator lipgloss.Style }

// Bar is the status bar. Every style carries the bar's background, so segments
// can be put side by side and the rest filled with Fill.
type Bar struct {
	Fill    lipgloss.Style
	Brand   lipgloss.Style
	Place   lipgloss.Style // what is being watched
	Text    lipgloss.Style
	Muted   lipgloss.Style
	Figure  lipgloss.Style // numbers
	OK      lipgloss.Style
	Warn    lipgloss.Style
	Error   lipgloss.Style
	Mode    lipgloss.Style // apply mode
	Divider lipgloss.Style
}

// State is how a script stands.
type State struct{ Live, Behind, Crashed, Stopped lipgloss.Style }

// Unit is the glyph of a unit's kind; Name and the figures are its row.
type Unit struct {
	Func, Method, Var, Const, Type, Import lipgloss.Style

	Script  lipgloss.Style // name of a script, or of a group
	Name    lipgloss.Style
	Version lipgloss.Style
	Fresh   lipgloss.Style // the version of a unit that the last save changed
	Calls   lipgloss.Style
	Failed  lipgloss.Style // calls that ended in an error
}

// Log is the event log.
type Log struct {
	Time   lipgloss.Style
	Script lipgloss.Style

	Event, Report, Output, Crash, Notice lipgloss.Style // glyph and headline of a row

	Data     lipgloss.Style // data an event was fired with
	Result   lipgloss.Style
	Duration lipgloss.Style
	Pin      lipgloss.Style
	Was      lipgloss.Style // "was ..." of a pin whose result differs
	Changed  lipgloss.Style // the sign that it differs
	Stderr   lipgloss.Style
	Trace    lipgloss.Style
	New      lipgloss.Style // "+12 new"
	Dropped  lipgloss.Style // "40 dropped"
	Caret    lipgloss.Style // under a diagnostic's excerpt
}

// Key is a hint "enter fire": the key and what it does.
type Key struct{ Key, Text, Separator, Disabled lipgloss.Style }

// Fire is the line on which events are typed.
type Fire struct{ Prompt, Text, Event, Data, Placeholder, Ghost, Cursor, Invalid lipgloss.Style }

// Popup is the list of completions over the fire line.
type Popup struct{ Border, Item, Selected, Match, Detail lipgloss.Style }

// Dialog is a window over everything else.
type Dialog struct{ Border, Title, Text, Heading lipgloss.Style }

// Diff is the drawing of a diff and of plain source.
type Diff struct {
	Context, Insert, Delete Line

	InsertWord  lipgloss.Style // put over code that changed inside a line that changed
	DeleteWord  lipgloss.Style
	InsertMoved lipgloss.Style // signs of lines that only moved
	DeleteMoved lipgloss.Style
	Trailing    lipgloss.Style // blanks at the end of an added line
	Fold        lipgloss.Style // "12 lines"
	Note        lipgloss.Style // "unchanged", "no newline at the end"
	Missing     lipgloss.Style // the side of a split that has no line
	Divider     lipgloss.Style // between the sides of a split
	Mark        Line           // the line a diagnostic or a trace points at

	HeaderName, HeaderVersion, HeaderPlace, HeaderRule           lipgloss.Style
	Added, Changed, Removed, Signature, Recompiled, HeaderDetail lipgloss.Style // verdicts
}

// Line styles one line of a diff: the gutter's number, the sign, the code.
type Line struct{ Number, Symbol, Code lipgloss.Style }

// Syntax has foregrounds only, so that it can lie over any line of a diff.
type Syntax struct{ Plain, Keyword, Type, String, Number, Comment, Builtin, Func, Operator lipgloss.Style }

// New gives the styles of a theme. An explicit name wins over NO_COLOR, as a
// choice made by hand should; an unknown name counts as Auto. isDark matters
// to Auto only; until the terminal has told its background, say true.
func New(name string, isDark bool) Styles {
	switch name {
	case Dark:
		return colours(Dark, darkPalette())
	case Light:
		return colours(Light, lightPalette())
	case None:
		return plain(isDark)
	}
	switch {
	case os.Getenv("NO_COLOR") != "":
		return plain(isDark)
	case isDark:
		return colours(Dark, darkPalette())
	}
	return colours(Light, lightPalette())
}

func hex(s string) color.Color { return lipgloss.Color(s) }

func fg(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }

func bg(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Background(c) }
