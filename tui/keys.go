package tui

import (
	"fmt"
	"strings"
)

// action is one thing a person can do. Keys, footer hints, the help overlay
// and mouse clicks all end in App.do with an action.
type action int

const (
	actNone action = iota
	actNextPane
	actPrevPane
	actFire
	actAgain
	actFireNow
	actEval
	actFilter
	actHelp
	actQuit
	actReload
	actRestart
	actUndo
	actApply
	actStop
	actEdit
	actCopy
	actZoom
	actTabDiff
	actTabSource
	actTabState
	actTabVersions
	actTabTrouble
	actTabNext
	actTabPrev
	actOlder
	actNewer
	actScope
	actUp
	actDown
	actPageUp
	actPageDown
	actHome
	actEnd
	actFold
	actUnfold
	actEnter
	actOpen
	actSet
	actAccept
	actRefuse
	actBack
	actSend
	actComplete
	actListUp
	actListDown
	actHistory
)

// scope is where a key means something; a key is looked up in the scope of the
// focused pane first, then among the global ones.
type scope int

const (
	scopeGlobal scope = iota
	scopeList         // every pane with rows
	scopeScripts
	scopeDetail
	scopeLog
	scopeInput // the fire line, also while it takes an expression
	scopeFilter
	scopeCount
)

var scopeTitles = [scopeCount]string{"Everywhere", "In a list", "Scripts", "Detail", "Log", "Fire line", "Filter"}

// pane is the pane a scope belongs to, if it is one alone.
func (s scope) pane() (pane, bool) {
	switch s {
	case scopeScripts:
		return paneScripts, true
	case scopeDetail:
		return paneDetail, true
	case scopeLog:
		return paneLog, true
	case scopeInput:
		return paneFire, true
	}
	return 0, false
}

// binding is one row of the key table. Keys are named as Bubble Tea names
// them; show is how the help writes them; hint is the word in the footer, ""
// keeps the binding out of it.
type binding struct {
	scope scope
	keys  []string
	show  string
	act   action
	hint  string
	help  string
}

// bindings is the one key table: dispatch, footer, help overlay and the
// README's table are all read from it.
var bindings = []binding{
	{scopeGlobal, []string{"tab"}, "tab", actNextPane, "pane", "next pane"},
	{scopeGlobal, []string{"shift+tab"}, "shift+tab", actPrevPane, "", "previous pane"},
	{scopeGlobal, []string{"f", "i"}, "f", actFire, "fire", "type an event to fire"},
	{scopeGlobal, []string{"."}, ".", actAgain, "again", "fire the last event again"},
	{scopeGlobal, []string{":"}, ":", actEval, "eval", "evaluate an expression in the script"},
	{scopeGlobal, []string{"/"}, "/", actFilter, "filter", "filter the focused pane"},
	{scopeGlobal, []string{"u"}, "u", actUndo, "undo", "undo: roll the last report back"},
	{scopeGlobal, []string{"r"}, "r", actReload, "reload", "reload the script whole; its state starts over"},
	{scopeGlobal, []string{"R"}, "R", actRestart, "", "restart the script in a fresh process"},
	{scopeGlobal, []string{"S"}, "S", actStop, "stop", "stop all running calls"},
	{scopeGlobal, []string{"a"}, "a", actApply, "", "what a save does: functions, file, ask"},
	{scopeGlobal, []string{"e"}, "e", actEdit, "edit", "open the editor at the selected place"},
	{scopeGlobal, []string{"y"}, "y", actCopy, "copy", "copy what the focused pane shows"},
	{scopeGlobal, []string{"d", "1"}, "d 1", actTabDiff, "", "what the last saves changed"},
	{scopeGlobal, []string{"c", "2"}, "c 2", actTabSource, "", "live code of the selected unit"},
	{scopeGlobal, []string{"s", "3"}, "s 3", actTabState, "state", "variables of the selected script"},
	{scopeGlobal, []string{"v", "4"}, "v 4", actTabVersions, "", "versions of the selected unit"},
	{scopeGlobal, []string{"t", "5"}, "t 5", actTabTrouble, "", "diagnostics"},
	{scopeGlobal, []string{"["}, "[", actOlder, "older", "older report"},
	{scopeGlobal, []string{"]"}, "]", actNewer, "", "newer report"},
	{scopeGlobal, []string{"z"}, "z", actZoom, "", "give the pane the whole screen, and back"},
	{scopeGlobal, []string{"?", "f1"}, "?", actHelp, "help", "this help"},
	{scopeGlobal, []string{"q", "ctrl+c"}, "q ctrl+c", actQuit, "quit", "quit"},

	{scopeList, []string{"up", "k"}, "↑ k", actUp, "", "up"},
	{scopeList, []string{"down", "j"}, "↓ j", actDown, "", "down"},
	{scopeList, []string{"pgup", "ctrl+u"}, "pgup", actPageUp, "", "a page up"},
	{scopeList, []string{"pgdown", "ctrl+d"}, "pgdn", actPageDown, "", "a page down"},
	{scopeList, []string{"home", "g"}, "home g", actHome, "", "to the beginning"},
	{scopeList, []string{"end", "G"}, "end G", actEnd, "", "to the end; in the log, follow again"},
	{scopeList, []string{"esc"}, "esc", actBack, "", "drop the filter, the zoom, the notice"},

	{scopeScripts, []string{"space", "!"}, "space", actFireNow, "fire now", "fire the handler at once with its saved event"},
	{scopeScripts, []string{"enter"}, "enter", actEnter, "fire line", "put a handler into fire line; fold a script"},
	{scopeScripts, []string{"right", "l"}, "→ l", actUnfold, "", "unfold"},
	{scopeScripts, []string{"left", "h"}, "← h", actFold, "", "fold"},

	{scopeDetail, []string{"y"}, "y", actAccept, "apply", "ask mode: apply the plan"},
	{scopeDetail, []string{"n"}, "n", actRefuse, "drop", "ask mode: drop the plan"},
	{scopeDetail, []string{"right", "l"}, "→ l", actTabNext, "tabs", "next tab"},
	{scopeDetail, []string{"left", "h"}, "← h", actTabPrev, "", "previous tab"},
	{scopeDetail, []string{"enter"}, "enter", actEnter, "choose", "unfold a value, make a version live, edit"},
	{scopeDetail, []string{"="}, "=", actSet, "set", "state: give the variable a value"},
	{scopeDetail, []string{"o"}, "o", actScope, "", "reports of all scripts, or of this one"},

	{scopeLog, []string{"enter", "space"}, "enter", actEnter, "unfold", "unfold an entry: data, result, output, trace"},
	{scopeLog, []string{"o"}, "o", actOpen, "open", "open a report in Diff, an event in fire line"},

	{scopeInput, []string{"enter"}, "enter", actSend, "fire", "fire, or evaluate"},
	{scopeInput, []string{"tab"}, "tab", actComplete, "complete", "take the completion, or go to the next gap"},
	{scopeInput, []string{"up", "ctrl+p"}, "↑", actListUp, "history", "completion up, or an earlier line"},
	{scopeInput, []string{"down", "ctrl+n"}, "↓", actListDown, "", "completion down, or a later line"},
	{scopeInput, []string{"ctrl+r"}, "ctrl+r", actHistory, "search", "search the history"},
	{scopeInput, []string{"shift+tab"}, "shift+tab", actPrevPane, "", "previous pane"},
	{scopeInput, []string{"esc"}, "esc", actBack, "back", "close the list; leave, the text stays"},
	{scopeInput, []string{"f1"}, "f1", actHelp, "help", "this help"},
	{scopeInput, []string{"ctrl+c"}, "ctrl+c", actQuit, "quit", "quit"},

	{scopeFilter, []string{"enter", "tab"}, "enter", actSend, "keep", "keep the filter and go on"},
	{scopeFilter, []string{"up"}, "↑", actUp, "", "up in what is left"},
	{scopeFilter, []string{"down"}, "↓", actDown, "", "down in what is left"},
	{scopeFilter, []string{"esc"}, "esc", actBack, "drop", "drop the filter"},
	{scopeFilter, []string{"ctrl+c"}, "ctrl+c", actQuit, "quit", "quit"},
}

// byScope finds a binding by scope and key.
var byScope = func() (m [scopeCount]map[string]*binding) {
	for i := range bindings {
		b := &bindings[i]
		if m[b.scope] == nil {
			m[b.scope] = map[string]*binding{}
		}
		for _, k := range b.keys {
			m[b.scope][k] = b
		}
	}
	return m
}()

// scopes lists where a key is looked up now, nearest first.
func (a *App) scopes() []scope {
	if a.filtering() != nil {
		return []scope{scopeFilter}
	}
	switch a.focused {
	case paneScripts:
		return []scope{scopeScripts, scopeList, scopeGlobal}
	case paneDetail:
		return []scope{scopeDetail, scopeList, scopeGlobal}
	case paneLog:
		return []scope{scopeLog, scopeList, scopeGlobal}
	}
	return []scope{scopeInput}
}

// lookup gives the action of a key now.
func (a *App) lookup(key string) action {
	if act := a.answer(key); act != actNone {
		return act
	}
	for _, s := range a.scopes() {
		if b := byScope[s][key]; b != nil && a.enabled(b) {
			return b.act
		}
	}
	return actNone
}

// answer is what a key says to a plan that waits on screen: it means that in
// every pane, unless it is typed as text.
func (a *App) answer(key string) action {
	if a.detail.tab != tabDiff || a.diff.plan() == nil || a.focused == paneFire || a.filtering() != nil {
		return actNone
	}
	switch key {
	case "y":
		return actAccept
	case "n":
		return actRefuse
	}
	return actNone
}

// enabled says whether a binding does anything at the moment. Bindings that do
// not are left out of the footer, and their keys mean what lies below them.
func (a *App) enabled(b *binding) bool {
	switch b.act {
	case actAccept, actRefuse:
		return a.detail.tab == tabDiff && a.diff.plan() != nil
	case actSet:
		return a.detail.tab == tabState
	case actScope:
		return a.detail.tab == tabDiff
	case actOlder:
		_, at, _ := a.diff.current()
		return at > 1
	case actNewer:
		_, at, n := a.diff.current()
		return at < n
	case actUndo:
		return a.diff.last() != nil
	case actStop:
		return a.running > 0
	case actEdit:
		return a.opt.Editor != ""
	case actAgain:
		return a.fire.last.Event != ""
	case actEnter:
		return a.focused != paneDetail || a.detail.tab == tabState || a.detail.tab == tabVersions || a.detail.tab == tabTrouble
	case actFireNow:
		return a.scripts.handler() != nil
	}
	return true
}

// KeyTable is the key table in Markdown, one table per place.
func KeyTable() string {
	var b strings.Builder
	for s := range scopeCount {
		fmt.Fprintf(&b, "**%s**\n\n| key | what it does |\n|---|---|\n", scopeTitles[s])
		for _, k := range bindings {
			if k.scope == s {
				names := strings.Fields(k.show)
				fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(names, "` `"), k.help)
			}
		}
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
