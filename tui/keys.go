package tui

import (
	"fmt"
	"strings"
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

// scopeNames are the names of the places in a key file.
var scopeNames = [scopeCount]string{"everywhere", "list", "scripts", "detail", "log", "fire-line", "filter"}

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

// keymap is the key table in use. It is never changed once it is made.
type keymap struct {
	bindings []binding
	byScope  [scopeCount]map[string]*binding
}

// defaultKeys are the keys without a key file.
var defaultKeys = newKeymap(bindings)

func newKeymap(bindings []binding) *keymap {
	m := &keymap{bindings: bindings}
	for i := range bindings {
		b := &m.bindings[i]
		if m.byScope[b.scope] == nil {
			m.byScope[b.scope] = map[string]*binding{}
		}
		for _, k := range b.keys {
			m.byScope[b.scope][k] = b
		}
	}
	return m
}

// global says whether a key has a meaning everywhere, and which.
func (m *keymap) global(key string) action {
	if b := m.byScope[scopeGlobal][key]; b != nil {
		return b.act
	}
	return actNone
}

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
		if b := a.keys.byScope[s][key]; b != nil && a.enabled(b) {
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
	case actSet, actWatch:
		return a.detail.tab == tabState
	case actNextUnit, actPrevUnit, actOneUnit:
		return a.detail.tab == tabDiff
	case actSplit, actContext:
		return a.detail.tab == tabDiff || a.detail.tab == tabVersions
	case actRight, actLeft:
		return a.detail.tab == tabDiff || a.detail.tab == tabVersions || a.detail.tab == tabSource
	case actCompare:
		return a.detail.tab == tabVersions
	case actUndoShown:
		p, _, _ := a.diff.current()
		return a.detail.tab == tabDiff && p.pending == nil && p.report != nil && undoable(p.report)
	case actNextTrouble, actPrevTrouble:
		return len(a.trouble.items) > 0
	case actWider, actNarrower:
		return a.layout.arrangement == full
	case actTaller, actShorter:
		return a.layout.arrangement != single
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
		return a.running > 0 || a.run != nil
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

// KeyTable is the key table in Markdown, one table per place. The third column
// is what a key file calls the action.
func KeyTable() string {
	var b strings.Builder
	for s := range scopeCount {
		fmt.Fprintf(&b, "**%s** (`%s`)\n\n| key | what it does | name |\n|---|---|---|\n", scopeTitles[s], scopeNames[s])
		for _, k := range bindings {
			if k.scope == s {
				names := strings.Fields(k.show)
				fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", strings.Join(names, "` `"), k.help, k.act)
			}
		}
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
