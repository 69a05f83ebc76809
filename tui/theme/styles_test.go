package theme

import (
	"fmt"
	"image/color"
	"math"
	"reflect"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

func TestNew(t *testing.T) {
	tests := []struct {
		name    string
		isDark  bool
		noColor string
		want    string
	}{
		{Dark, false, "", Dark},
		{Light, true, "", Light},
		{None, true, "", None},
		{Auto, true, "", Dark},
		{Auto, false, "", Light},
		{"", true, "", Dark},
		{"solarized", false, "", Light},
		{Auto, true, "1", None},
		{"", false, "yes", None},
		{Dark, true, "1", Dark}, // chosen by hand
	}
	for _, tt := range tests {
		t.Setenv("NO_COLOR", tt.noColor)
		if got := New(tt.name, tt.isDark).Name; got != tt.want {
			t.Errorf("New(%q, %v) with NO_COLOR=%q is %q, want %q", tt.name, tt.isDark, tt.noColor, got, tt.want)
		}
	}
}

// each calls f with every style of a Styles, by path.
func each(s Styles, f func(path string, style lipgloss.Style)) {
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		if style, ok := v.Interface().(lipgloss.Style); ok {
			f(path, style)
			return
		}
		if v.Kind() != reflect.Struct {
			return
		}
		for i := range v.NumField() {
			walk(path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
	walk("Styles", reflect.ValueOf(s))
}

func TestNoColourHasNone(t *testing.T) {
	each(New(None, true), func(path string, style lipgloss.Style) {
		if style.GetForeground() != (lipgloss.NoColor{}) || style.GetBackground() != (lipgloss.NoColor{}) {
			t.Errorf("%s has a colour", path)
		}
		if style.GetFaint() || style.GetItalic() || style.GetBlink() {
			t.Errorf("%s uses an attribute that many terminals do not show", path)
		}
	})
}

// What the person must be able to tell apart without colour. Signs differ
// already where both sides have one; here attributes have to.
func TestNoColourTellsApart(t *testing.T) {
	s := New(None, true)
	pairs := map[string][2]lipgloss.Style{
		"focused and blurred pane":      {s.Pane.TitleFocused, s.Pane.TitleBlurred},
		"active and inactive tab":       {s.Tab.Active, s.Tab.Inactive},
		"selected and other row":        {s.Selected, s.Text},
		"selected row with and without": {s.Selected, s.SelectedBlurred},
		"changed and unchanged word":    {s.Diff.InsertWord, s.Text},
		"error and plain segment":       {s.Bar.Error, s.Bar.Text},
		"key and its text":              {s.Key.Key, s.Key.Text},
		"chosen completion":             {s.Popup.Selected, s.Popup.Item},
		"fresh version":                 {s.Unit.Fresh, s.Unit.Version},
		"trailing blanks":               {s.Diff.Trailing, s.Text},
		"marked line":                   {s.Diff.Mark.Code, s.Diff.Context.Code},
	}
	for name, p := range pairs {
		if p[0].Render("x") == p[1].Render("x") {
			t.Errorf("%s look alike", name)
		}
	}
}

// Styles must not change how wide a text is: rows are measured before.
func TestStylesKeepWidth(t *testing.T) {
	for _, name := range []string{Dark, Light, None} {
		each(New(name, true), func(path string, style lipgloss.Style) {
			if got := Width(style.Render("ab cd")); got != 5 {
				t.Errorf("%s %s makes 5 cells %d", name, path, got)
			}
		})
	}
}

func TestSignsAreOneCell(t *testing.T) {
	s := New(None, true)
	var signs []string
	for _, state := range []string{"live", "behind", "crashed", "stopped"} {
		signs = append(signs, s.ScriptState(state).Sign)
	}
	for _, kind := range []string{"func", "method", "var", "const", "type", "import"} {
		signs = append(signs, s.UnitKind(kind).Sign)
	}
	for _, kind := range []string{"event", "report", "output", "crash", "notice"} {
		signs = append(signs, s.LogKind(kind).Sign)
	}
	signs = append(signs, SignOK, SignPin, SignChanged, SignOpen, SignClosed, SignFold, SignArrow, SignEllipsis)
	for _, sign := range signs {
		if p := Next(sign, 0); p.Width != 1 || p.Text != sign || p.Control {
			t.Errorf("sign %q is %+v", sign, p)
		}
	}
	for _, group := range [][]string{signs[:4], signs[4:10], signs[10:15]} {
		seen := map[string]bool{}
		for _, sign := range group {
			if seen[sign] {
				t.Errorf("%q stands for two things in %q", sign, group)
			}
			seen[sign] = true
		}
	}
}

// TestContrast holds the palettes to the contrast that the accessibility
// guidelines ask for: 4.5 to 1 for what is to be read, 3 to 1 for what is there
// when looked for; in full colour and in what 256 colours make of it.
func TestContrast(t *testing.T) {
	const read, glance = 4.5, 3.0
	themes := []struct {
		name       string
		p          palette
		background color.Color
		foreground color.Color
	}{
		{Dark, darkPalette(), hex("#1c1c20"), hex("#d8d8d8")},
		{Light, lightPalette(), hex("#ffffff"), hex("#202020")},
	}
	for _, th := range themes {
		p := th.p
		type pair struct {
			name   string
			fg, bg color.Color
			least  float64
		}
		pairs := []pair{
			{"accent", p.accent, th.background, read},
			{"muted", p.muted, th.background, read},
			{"faint", p.faint, th.background, glance},
			{"good", p.good, th.background, read},
			{"warn", p.warn, th.background, read},
			{"bad", p.bad, th.background, read},
			{"info", p.info, th.background, read},
			{"bar muted", p.muted, p.bar, read},
			{"bar accent", p.accent, p.bar, read},
			{"bar good", p.good, p.bar, read},
			{"bar warn", p.warn, p.bar, read},
			{"bar bad", p.bad, p.bar, read},
			{"added number", p.good, p.addLine, read},
			{"removed number", p.bad, p.delLine, read},
			{"marked number", p.warn, p.mark, read},
		}
		behind := map[string]color.Color{
			"added line": p.addLine, "added word": p.addWord, "removed line": p.delLine,
			"removed word": p.delWord, "selection": p.selection, "blurred selection": p.selectDim, "mark": p.mark,
		}
		over := map[string]color.Color{
			"text": th.foreground, "keyword": p.keyword, "type": p.typ, "string": p.str,
			"number": p.number, "builtin": p.builtin, "function": p.function, "muted": p.muted,
		}
		for bgName, bg := range behind {
			for fgName, fg := range over {
				least := read
				if fgName != "text" {
					least = glance
				}
				pairs = append(pairs, pair{fgName + " on " + bgName, fg, bg, least})
			}
		}
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			for _, pr := range pairs {
				fg, bg := profile.Convert(pr.fg), profile.Convert(pr.bg)
				if got := contrast(fg, bg); got < pr.least {
					t.Errorf("%s, %s: %s has %.1f to 1, want %.1f (%s on %s)", th.name, profile, pr.name, got, pr.least, rgb(fg), rgb(bg))
				}
			}
		}
		// The bar must be seen as one, in 256 colours too.
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			if got := contrast(profile.Convert(p.bar), th.background); got < 1.15 {
				t.Errorf("%s, %s: the bar has %.2f to 1 against the background", th.name, profile, got)
			}
		}
		// A changed word must stand out from its line in 256 colours too.
		for name, pr := range map[string][2]color.Color{"added": {p.addLine, p.addWord}, "removed": {p.delLine, p.delWord}} {
			a, b := colorprofile.ANSI256.Convert(pr[0]), colorprofile.ANSI256.Convert(pr[1])
			if rgb(a) == rgb(b) {
				t.Errorf("%s: %s line and word are one colour of 256", th.name, name)
			}
		}
	}
}

func rgb(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// contrast is the ratio of relative luminances as WCAG defines it.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}
