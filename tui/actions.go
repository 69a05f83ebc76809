package tui

// action is one thing a person can do. Keys, footer hints, the help overlay,
// the palette and mouse clicks all end in App.do with an action.
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
	actReplay
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
	actPalette
	actMark
	actRefire
	actWrite
	actKinds
	actErrors
	actOnlyScript
	actNextFrame
	actPrevFrame
	actForm
	actSave
	actWatch
	actSplit
	actContext
	actNextUnit
	actPrevUnit
	actOneUnit
	actRight
	actLeft
	actCompare
	actUndoShown
	actSort
	actNextTrouble
	actPrevTrouble
	actWider
	actNarrower
	actTaller
	actShorter
	actTheme
	actPin
	actPins
	actCompose
	actRehearse
	actOld
	actCount
)

// actionNames are the names by which a key file speaks of actions.
var actionNames = [actCount]string{
	actNextPane:    "next-pane",
	actPrevPane:    "prev-pane",
	actFire:        "fire",
	actAgain:       "again",
	actFireNow:     "fire-now",
	actEval:        "eval",
	actFilter:      "filter",
	actHelp:        "help",
	actQuit:        "quit",
	actReload:      "reload",
	actRestart:     "restart",
	actReplay:      "replay",
	actUndo:        "undo",
	actApply:       "apply",
	actStop:        "stop",
	actEdit:        "edit",
	actCopy:        "copy",
	actZoom:        "zoom",
	actTabDiff:     "tab-diff",
	actTabSource:   "tab-source",
	actTabState:    "tab-state",
	actTabVersions: "tab-versions",
	actTabTrouble:  "tab-trouble",
	actTabNext:     "tab-next",
	actTabPrev:     "tab-prev",
	actOlder:       "older",
	actNewer:       "newer",
	actScope:       "scope",
	actUp:          "up",
	actDown:        "down",
	actPageUp:      "page-up",
	actPageDown:    "page-down",
	actHome:        "home",
	actEnd:         "end",
	actFold:        "fold",
	actUnfold:      "unfold",
	actEnter:       "enter",
	actOpen:        "open",
	actSet:         "set",
	actAccept:      "accept",
	actRefuse:      "refuse",
	actBack:        "back",
	actSend:        "send",
	actComplete:    "complete",
	actListUp:      "list-up",
	actListDown:    "list-down",
	actHistory:     "history",
	actPalette:     "palette",
	actMark:        "mark",
	actRefire:      "fire-again",
	actWrite:       "save-log",
	actKinds:       "kinds",
	actErrors:      "errors",
	actOnlyScript:  "only-script",
	actNextFrame:   "frame-out",
	actPrevFrame:   "frame-in",
	actForm:        "form",
	actSave:        "save-event",
	actWatch:       "watch",
	actSplit:       "split",
	actContext:     "context",
	actNextUnit:    "next-unit",
	actPrevUnit:    "prev-unit",
	actOneUnit:     "one-unit",
	actRight:       "code-right",
	actLeft:        "code-left",
	actCompare:     "compare",
	actUndoShown:   "undo-shown",
	actSort:        "sort",
	actNextTrouble: "next-trouble",
	actPrevTrouble: "prev-trouble",
	actWider:       "wider",
	actNarrower:    "narrower",
	actTaller:      "log-higher",
	actShorter:     "log-lower",
	actTheme:       "theme",
	actPin:         "pin",
	actPins:        "pins",
	actCompose:     "compose",
	actRehearse:    "replay-all",
	actOld:         "old-code",
}

func (a action) String() string { return actionNames[a] }
