package tui

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// What leaves the screen: the editor and the clipboard.

// edit opens the editor at the place the focused pane points at.
func (a *App) edit() tea.Cmd {
	if a.opt.Editor == "" {
		return a.say(false, "set EDITOR to open files from here")
	}
	file, line, column := a.pointedAt()
	if file == "" {
		return a.say(false, "nothing to edit here")
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(a.opt.Dir, file)
	}
	args := editorArgs(a.opt.Editor, file, line, column)
	return tea.ExecProcess(exec.CommandContext(a.ctx, args[0], args[1:]...), func(err error) tea.Msg {
		return editorClosed{err}
	})
}

// pointedAt is the place under the cursor of the focused pane.
func (a *App) pointedAt() (file string, line, column int) {
	switch a.focused {
	case paneLog:
		if e, ok := a.log.current(); ok {
			if trace := entryTrace(&e); a.log.frameOf == e.Seq && a.log.frame < len(trace) {
				f := trace[a.log.frame]
				return f.File, f.Line, 0
			}
			switch {
			case e.Report != nil && len(e.Report.Diagnostics) > 0:
				d := e.Report.Diagnostics[0]
				return d.File, d.Line, d.Column
			case e.Report != nil && len(e.Report.Units) > 0:
				return e.Report.Units[0].File, e.Report.Units[0].Line, 0
			case e.Crash != nil && len(e.Crash.Trace) > 0:
				return e.Crash.Trace[0].File, e.Crash.Trace[0].Line, 0
			case e.Event != nil && len(e.Event.Calls) > 0:
				c := e.Event.Calls[0]
				if c.Error != nil && len(c.Error.Trace) > 0 {
					return c.Error.Trace[0].File, c.Error.Trace[0].Line, 0
				}
				if u := a.scripts.find(c.Script, c.Function); u != nil {
					return u.File, u.Line, 0
				}
			}
		}
	case paneDetail:
		switch a.detail.tab {
		case tabTrouble:
			if it := a.trouble.current(); it != nil && it.d.File != "" {
				return it.d.File, it.d.Line, it.d.Column
			} else if it != nil && a.trouble.crashes[it.script] != nil && len(a.trouble.crashes[it.script].Trace) > 0 {
				f := a.trouble.crashes[it.script].Trace[0]
				return f.File, f.Line, 0
			}
		case tabDiff:
			if p, _, n := a.diff.current(); n > 0 {
				if len(p.report.Diagnostics) > 0 {
					d := p.report.Diagnostics[0]
					return d.File, d.Line, d.Column
				}
				if at := max(a.diff.unitAt(), 0); at < len(p.report.Units) {
					return p.report.Units[at].File, p.report.Units[at].Line, 0
				}
			}
		}
	}
	if u := a.scripts.unit(); u != nil {
		return u.File, u.Line, 0
	}
	if r := a.scripts.current(); r != nil && r.file != "" {
		return r.file, 1, 0
	}
	if sc := a.scripts.script(); sc != nil && len(sc.Files) > 0 {
		return sc.Files[0], 1, 0
	}
	return "", 0, 0
}

// editorArgs is the command line that opens a file at a line, in the way the
// editor wants it.
func editorArgs(editor, file string, line, column int) []string {
	args := strings.Fields(editor)
	at := strconv.Itoa(max(line, 1))
	switch name := strings.TrimSuffix(filepath.Base(args[0]), ".exe"); name {
	case "code", "code-insiders", "codium", "cursor", "windsurf":
		return append(args, "-g", file+":"+at+":"+strconv.Itoa(max(column, 1)))
	case "subl", "hx", "helix", "zed":
		return append(args, file+":"+at+":"+strconv.Itoa(max(column, 1)))
	case "idea", "goland":
		return append(args, "--line", at, file)
	}
	return append(args, "+"+at, file)
}

// copy puts what the focused pane shows into the clipboard.
func (a *App) copy() tea.Cmd {
	text := a.copied()
	if text == "" {
		return a.say(false, "nothing to copy here")
	}
	return tea.Batch(tea.SetClipboard(text), a.say(false, "copied %s", plural(len(strings.Split(strings.TrimRight(text, "\n"), "\n")), "line")))
}

func (a *App) copied() string {
	switch a.focused {
	case paneScripts:
		id := a.scripts.unitID()
		if u := a.scripts.unit(); u != nil {
			return id.script + "." + unitLabel(u)
		}
		return id.script
	case paneLog:
		var b strings.Builder
		for _, e := range a.log.chosen() {
			b.WriteString(a.log.entryLines(&e, a.log.open[e.Seq]))
		}
		return b.String()
	}
	switch a.detail.tab {
	case tabSource, tabVersions:
		if a.unit.shown == a.scripts.unitID() {
			if v := a.unit.current(); a.detail.tab == tabVersions && v != nil {
				return v.Text
			}
			return a.unit.text.Text
		}
	case tabState:
		if n := a.state.current(); n != nil {
			return n.text
		}
	case tabTrouble:
		if it := a.trouble.current(); it != nil && it.d.Message != "" {
			return place(it.d.File, it.d.Line, it.d.Column) + ": " + it.d.Message
		}
	case tabDiff:
		if p, _, n := a.diff.current(); n > 0 {
			return reportDiff(p.report)
		}
	}
	return ""
}

// reportDiff is a report as unified text.
func reportDiff(r *interp.Report) string {
	var b strings.Builder
	for _, d := range r.Diagnostics {
		b.WriteString(place(d.File, d.Line, d.Column) + ": " + d.Message + "\n")
	}
	for _, u := range r.Units {
		b.WriteString(u.Diff)
		if u.Diff != "" && !strings.HasSuffix(u.Diff, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
