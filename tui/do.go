package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

// key routes a key: the help first, then the bindings of the focused pane, and
// what no binding wants is text where text is typed.
func (a *App) key(m tea.KeyPressMsg) tea.Cmd {
	name := m.String()
	if a.layout.arrangement == tooSmall {
		if name == "ctrl+c" || a.keys.global(name) == actQuit {
			return a.do(actQuit)
		}
		return nil
	}
	if a.help != nil {
		return a.helpKey(name)
	}
	if a.dialog != nil {
		return a.dialogKey(m)
	}
	a.scripts.settled = a.scripts.settled || a.focused == paneScripts
	if act := a.lookup(name); act != actNone {
		cmd := a.do(act)
		if a.focused == paneFire {
			cmd = tea.Batch(cmd, a.wantShape())
		}
		return cmd
	}
	if f := a.filtering(); f != nil {
		switch {
		case f.key(name):
		case m.Text != "":
			f.insert(m.Text)
		default:
			return nil
		}
		return a.filterChanged()
	}
	if a.focused == paneFire {
		switch {
		case a.fire.key(name):
			a.fire.edited()
		case m.Text != "":
			a.fire.insert(m.Text)
			a.fire.edited()
		}
		return a.wantShape()
	}
	return nil
}

// paste puts pasted text where text is typed, else into the fire line.
func (a *App) paste(text string) tea.Cmd {
	if a.layout.arrangement == tooSmall || a.help != nil {
		return nil
	}
	if a.dialog != nil {
		return a.dialog.typed(a, text)
	}
	if f := a.filtering(); f != nil {
		f.insert(text)
		return a.filterChanged()
	}
	if a.focused != paneFire {
		a.fire.ask(askEvent, "", "", "")
		a.focus(paneFire)
	}
	a.fire.insert(strings.TrimSpace(oneLine(text)))
	a.fire.edited()
	return nil
}

// filterChanged applies the filter being typed.
func (a *App) filterChanged() tea.Cmd {
	if a.focused == paneLog {
		return a.scanOn(a.log.refilter())
	}
	a.scripts.refilter()
	return a.selected()
}

// do does what a person asked for.
func (a *App) do(act action) tea.Cmd {
	switch act {
	case actNextPane:
		a.focusNext(1)
	case actPrevPane:
		a.focusNext(-1)
	case actUp, actDown, actPageUp, actPageDown, actHome, actEnd:
		return a.move(act)
	case actHelp:
		a.help = &helpDialog{}
	case actPalette:
		a.dialog = newPalette(a)
	case actQuit:
		return tea.Quit
	case actZoom:
		a.zoom = !a.zoom
		a.relayout()
	case actTabDiff, actTabSource, actTabState, actTabVersions, actTabTrouble:
		return a.showTab(tab(act - actTabDiff))
	case actTabNext, actTabPrev:
		if a.detail.tab == tabState {
			return a.partsIf(a.state.step(act == actTabNext))
		}
		if act == actTabPrev {
			return a.showTab((a.detail.tab + tabCount - 1) % tabCount)
		}
		return a.showTab((a.detail.tab + 1) % tabCount)
	case actOlder:
		a.diff.walk(-1)
		return a.showTab(tabDiff)
	case actNewer:
		a.diff.walk(1)
		return a.showTab(tabDiff)
	case actScope:
		return a.toggleScope()
	case actFold:
		a.scripts.fold(true)
		return a.selected()
	case actUnfold:
		a.scripts.fold(false)
		return a.selected()
	case actEnter:
		return a.enter()
	case actOpen:
		return a.open()
	case actBack:
		return a.back()
	case actFilter:
		return a.openFilter()
	case actFire:
		a.fire.ask(askEvent, "", "", "")
		a.focus(paneFire)
	case actEval:
		return a.ask(askExpr, "")
	case actSet:
		if n := a.state.current(); n != nil && n.left == 0 {
			return a.ask(askValue, n.expression())
		}
	case actSplit:
		return a.say(false, "diffs: %s", a.diff.look.nextLayout())
	case actContext:
		return a.say(false, "diffs: %s", a.diff.look.nextContext())
	case actNextUnit:
		a.diff.nextUnit(1)
	case actPrevUnit:
		a.diff.nextUnit(-1)
	case actOneUnit:
		a.diff.oneUnit()
	case actRight:
		a.scrollCode(codeStep)
	case actLeft:
		a.scrollCode(-codeStep)
	case actCompare:
		a.unit.setBase()
	case actNextTrouble:
		return a.stepTrouble(1)
	case actPrevTrouble:
		return a.stepTrouble(-1)
	case actWider, actNarrower, actTaller, actShorter:
		a.resize(act)
	case actTheme:
		return a.nextTheme()
	case actSort:
		return tea.Batch(a.say(false, "units %s", a.scripts.nextOrder()), a.selected())
	case actWatch:
		return a.toggleWatch()
	case actSend:
		return a.send()
	case actComplete:
		return a.completeOrGo()
	case actListUp, actListDown:
		a.inList(act)
	case actForm:
		return a.openForm()
	case actSave:
		return a.saveTyped()
	case actMark:
		a.log.mark()
	case actRefire:
		return a.refire()
	case actWrite:
		return a.askSave()
	case actErrors, actKinds, actOnlyScript:
		return a.narrow(act)
	case actNextFrame:
		return a.stepFrame(1)
	case actPrevFrame:
		return a.stepFrame(-1)
	case actHistory:
		a.fire.popup = popup{history: true}
		a.fire.searchHistory()
		if !a.fire.popup.open() {
			return a.say(false, "nothing in the history yet")
		}
	default:
		return a.doSession(act)
	}
	return nil
}

// doSession does what changes the session or leaves the screen.
func (a *App) doSession(act action) tea.Cmd {
	name := a.scripts.scriptName()
	switch act {
	case actAgain:
		return a.fireRequest(a.fire.last)
	case actFireNow:
		return a.fireNow()
	case actStop:
		var ended tea.Cmd
		firing := a.run != nil
		if firing {
			ended = a.endRun("stopped after")
			if a.running == 0 {
				return ended
			}
		}
		names := make([]string, 0, len(a.scripts.scripts))
		for i := range a.scripts.scripts {
			names = append(names, a.scripts.scripts[i].Name)
		}
		return tea.Batch(ended, a.stopCalls(names, firing))
	case actApply:
		return a.nextMode()
	case actEdit:
		return a.edit()
	case actCopy:
		return a.copy()
	case actUndo, actUndoShown:
		r := a.diff.last()
		if p, _, _ := a.diff.current(); act == actUndoShown {
			r = p.report
		}
		if r == nil {
			return a.say(false, "there is nothing to undo")
		}
		script, id := r.Script, r.ID
		return a.makeReport("undo", func(ctx context.Context) (interp.Report, error) {
			return a.session.Rollback(ctx, script, "", 0, id)
		})
	case actAccept, actRefuse:
		p := a.diff.plan()
		if p == nil {
			return nil
		}
		script := p.Script
		return a.makeReport("apply", func(ctx context.Context) (interp.Report, error) {
			return a.session.Confirm(ctx, script, act == actAccept)
		})
	case actPin:
		return a.togglePin()
	case actCompose:
		return a.openComposer()
	case actPins:
		return a.openPins()
	case actReplay:
		return a.replay(name)
	case actRehearse:
		return a.rehearse(0)
	case actOld:
		return a.askOld(name)
	case actReload, actRestart:
		if name == "" {
			return a.say(false, "no script is selected")
		}
		if act == actRestart {
			return a.makeReport("restart", func(ctx context.Context) (interp.Report, error) {
				return a.session.Restart(ctx, name)
			})
		}
		return a.makeReport("reload", func(ctx context.Context) (interp.Report, error) {
			return a.session.Reload(ctx, name, session.ApplyFile)
		})
	}
	return nil
}

// nextMode goes on to the next apply mode. Commands may overtake one another,
// so only one is under way; the key pressed twice goes two modes on.
func (a *App) nextMode() tea.Cmd {
	busy := a.wanted != ""
	a.info.Apply = nextApply(a.info.Apply)
	a.wanted = a.info.Apply
	if busy {
		return nil
	}
	return a.setApply(a.wanted)
}

// modeSet follows the session's taking a mode.
func (a *App) modeSet(mode session.ApplyMode) tea.Cmd {
	if mode != a.wanted {
		return a.setApply(a.wanted)
	}
	a.wanted, a.info.Apply = "", mode
	return a.say(false, "a save now %s", applyText(mode))
}

// nextApply is the apply mode after the given one.
func nextApply(m session.ApplyMode) session.ApplyMode {
	switch m {
	case session.ApplyFunctions, "":
		return session.ApplyFile
	case session.ApplyFile:
		return session.ApplyAsk
	}
	return session.ApplyFunctions
}

func applyText(m session.ApplyMode) string {
	switch m {
	case session.ApplyFile:
		return "loads the whole script anew"
	case session.ApplyAsk:
		return "shows the plan and asks"
	}
	return "patches what changed"
}
