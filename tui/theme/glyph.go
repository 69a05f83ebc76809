package theme

import "charm.land/lipgloss/v2"

// Glyph is a sign of one cell with the style it is drawn in.
type Glyph struct {
	Sign  string
	Style lipgloss.Style
}

// String draws the glyph.
func (g Glyph) String() string { return g.Style.Render(g.Sign) }

// Signs that carry a meaning, one cell each, in every common font. They differ
// by shape, so that the theme without colour needs no others.
const (
	SignLive     = "●"
	SignBehind   = "✗"
	SignCrashed  = "✖"
	SignStopped  = "○"
	SignEvent    = "▸"
	SignReport   = "↻"
	SignOutput   = "│"
	SignNotice   = "·"
	SignOK       = "✓"
	SignPin      = "◆"
	SignChanged  = "Δ"
	SignOpen     = "▾"
	SignClosed   = "▸"
	SignFold     = "⋯"
	SignArrow    = "→"
	SignEllipsis = "…"
)

// ScriptState gives the glyph of a script's state: "live", "behind",
// "crashed", "stopped". Any other state is drawn like stopped.
func (s Styles) ScriptState(state string) Glyph {
	switch state {
	case "live":
		return Glyph{SignLive, s.State.Live}
	case "behind":
		return Glyph{SignBehind, s.State.Behind}
	case "crashed":
		return Glyph{SignCrashed, s.State.Crashed}
	}
	return Glyph{SignStopped, s.State.Stopped}
}

// UnitKind gives the glyph of a unit's kind: "func", "method", "var", "const",
// "type", "import".
func (s Styles) UnitKind(kind string) Glyph {
	switch kind {
	case "func":
		return Glyph{"ƒ", s.Unit.Func}
	case "method":
		return Glyph{"m", s.Unit.Method}
	case "var":
		return Glyph{"v", s.Unit.Var}
	case "const":
		return Glyph{"c", s.Unit.Const}
	case "type":
		return Glyph{"t", s.Unit.Type}
	}
	return Glyph{"i", s.Unit.Import}
}

// LogKind gives the glyph of a log row: "event", "report", "output", "crash",
// "notice".
func (s Styles) LogKind(kind string) Glyph {
	switch kind {
	case "event":
		return Glyph{SignEvent, s.Log.Event}
	case "report":
		return Glyph{SignReport, s.Log.Report}
	case "output":
		return Glyph{SignOutput, s.Log.Output}
	case "crash":
		return Glyph{SignCrashed, s.Log.Crash}
	}
	return Glyph{SignNotice, s.Log.Notice}
}

// Verdict gives the style of what happened to a unit: "added", "changed",
// "removed", "signature", "recompiled".
func (s Styles) Verdict(change string) lipgloss.Style {
	switch change {
	case "added":
		return s.Diff.Added
	case "removed":
		return s.Diff.Removed
	case "signature":
		return s.Diff.Signature
	case "recompiled":
		return s.Diff.Recompiled
	}
	return s.Diff.Changed
}
