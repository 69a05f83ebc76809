package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// App is the one Bubble Tea model. The panes are plain structs that it owns;
// all of it belongs to the program's update loop, and commands see only what
// they copied when they were made, the session, and the log.
type App struct {
	ctx     context.Context // ends with the program; every command has it
	session Session
	entries Log
	opt     Options
	keys    *keymap

	width, height int
	layout        layout
	zoom          bool
	sizes         sizes  // chosen by hand
	drag          border // being dragged
	blurred       bool   // another window has the keyboard
	focused       pane
	last          pane // the pane focused last that is not the fire line
	dark          bool
	styles        theme.Styles
	ink           *inks

	// What the last picture of the session said.
	counter    uint64
	pictured   time.Time
	lastReport int
	nextSeq    uint64
	info       session.Info
	wanted     session.ApplyMode // asked for and not answered yet, else ""
	pending    []session.Pending
	running    int
	liveIn     int64 // microseconds of the last report that went live, 0 before
	ended      error // the session is over
	started    bool  // the first picture has come

	scripts *scriptsPane
	detail  *detailPane
	diff    *diffTab
	unit    *unitTabs
	state   *stateTab
	trouble *troubleTab
	log     *logPane
	fire    *fireLine
	help    *helpDialog // nil while closed
	dialog  dialog      // the palette or a form, nil while closed

	stamps  map[string]int // of scripts: the last report that changed what is live
	watches watches
	polling bool     // the next reading of values in sight is due
	run     *fireRun // the plan being fired, nil when none is
	runs    int      // plans so far
	works   []work   // reports asked for that have not come
	nwork   int
	busy    time.Time // since when calls run or scripts load, zero when neither
	beat    time.Time // the time as the screen shows it
	ticking bool      // a beat is on its way
	notice  notice
	zones   []zone // what was drawn that can be clicked, besides rows

	tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // tea.Tick, but in tests
}

// newApp makes the screen of a session. Nothing is asked of the session before
// Init.
func newApp(ctx context.Context, s Session, log Log, opt Options) *App {
	a := &App{ctx: ctx, session: s, entries: log, opt: opt, dark: true, nextSeq: 1, tick: tea.Tick, stamps: map[string]int{}}
	if a.keys = opt.Keys.m; a.keys == nil {
		a.keys = defaultKeys
	}
	if opt.Theme == "" {
		a.opt.Theme = theme.Auto
	}
	a.styles = theme.New(opt.Theme, a.dark)
	a.ink = newInks(a.styles)
	a.scripts = newScriptsPane(a.ink)
	a.detail = &detailPane{}
	a.diff = newDiffTab(a.ink, a.styles)
	a.unit = newUnitTabs(a.ink, a.styles)
	a.unit.look = &a.diff.look
	a.state = newStateTab(a.ink)
	a.state.watched = a.watches.watching
	a.trouble = newTroubleTab(a.ink)
	a.log = newLogPane(log, a.ink)
	a.fire = newFireLine(a.ink)
	a.fire.recall(s)
	a.relayout()
	return a
}

// Run shows the session until somebody quits or ctx ends. Standard input and
// output must be a terminal. Commands still under way are told to end.
func Run(ctx context.Context, s Session, opt Options) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newApp(inner, s, s.Log(), opt)
	_, err := tea.NewProgram(a, tea.WithContext(ctx)).Run()
	if errors.Is(err, tea.ErrInterrupted) || ctx.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return nil
	}
	return err
}

// Init takes the first picture and asks the terminal for its background.
func (a *App) Init() tea.Cmd { return tea.Batch(a.look(), tea.RequestBackgroundColor) }

// Update routes: terminal messages to where they belong, everything else to the
// pane that waits for it.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = m.Width, m.Height
		a.relayout()
		return a, tea.Batch(repaint(), a.selected())
	case tea.BackgroundColorMsg:
		if a.dark != m.IsDark() {
			a.dark = m.IsDark()
			a.restyle()
		}
	case tea.KeyPressMsg:
		return a, a.key(m)
	case tea.PasteMsg:
		return a, a.paste(m.Content)
	case tea.MouseClickMsg:
		return a, a.click(m)
	case tea.MouseMotionMsg:
		a.dragTo(m.X, m.Y)
	case tea.MouseReleaseMsg:
		a.drag = noBorder
	case tea.FocusMsg:
		// Meanwhile the terminal may have been given another background.
		a.blurred = false
		return a, tea.RequestBackgroundColor
	case tea.BlurMsg:
		a.blurred, a.drag = true, noBorder
	case tea.MouseWheelMsg:
		return a, a.wheel(m)
	case sessionChanged:
		return a, tea.Batch(a.changed(m), a.pinsChanged(), a.handlersChanged())
	case sessionEnded:
		if a.ctx.Err() == nil {
			a.ended = m.err
			return a, a.say(true, "the session has ended: %v", m.err)
		}
	case stateRead:
		return a, a.stateArrived(m)
	case unitRead:
		a.unit.read(m)
	case logScanned:
		return a, a.scanOn(a.log.scan())
	case eventFired:
		if m.run > 0 {
			return a, a.stepped(m)
		}
		a.composedFired(m)
		if m.err != nil && !errors.Is(m.err, context.Canceled) {
			return a, a.say(true, "%v", m.err)
		}
	case expressionDone:
		a.fire.answered(m)
		if m.err == nil && m.fail == nil {
			return a, tea.Batch(a.refreshState(), a.refreshWatches())
		}
	case reportMade:
		return a, a.reported(m)
	case pinned:
		return a, a.pinsDone(m)
	case handlersRead:
		return a, a.handlersArrived(m)
	case bisected:
		return a, a.bisectDone(m)
	case rehearsed:
		return a, a.rehearseDone(m)
	case oldTold:
		return a, a.oldTold(m)
	case replayed:
		return a, a.replayDone(m)
	case callsStopped:
		if m.err != nil {
			return a, a.say(true, "stop: %v", m.err)
		}
		if m.quiet {
			return a, nil
		}
		return a, a.say(false, "stopped %s", plural(m.n, "call"))
	case applyChanged:
		return a, a.modeSet(m.mode)
	case editorClosed:
		if m.err != nil {
			return a, a.say(true, "editor: %v", m.err)
		}
	case wrote:
		if m.err != nil {
			return a, a.say(true, "%v", m.err)
		}
		return a, a.say(false, "wrote %s to %s", plural(m.lines, "line"), m.file)
	case shapeRead:
		return a, a.shapeArrived(m)
	case eventSaved:
		if m.err != nil {
			return a, a.say(true, "%v", m.err)
		}
		return a, a.say(false, "saved %s in %s", m.name, m.path)
	case watchRead:
		return a, a.watchesArrived(m)
	case timePassed:
		a.scripts.passes(m.at)
		a.scripts.list.Refresh()
	case beat:
		return a, a.beaten(m)
	case pollDue:
		return a, a.poll()
	case runGoesOn:
		return a, a.runWakes(m)
	case noticeExpired:
		a.notice.expire(m.number)
	case commandPanicked:
		if m.what == watching {
			a.watches.reading = false
		}
		a.works = nil // one of them may never be told of
		cmd := a.say(true, "internal error in %s: %v", m.what, m.value)
		if m.what == waiting || m.what == looking {
			// The wake-ups must go on, whatever one picture of the session ran into.
			cmd = tea.Batch(cmd, a.tick(time.Second, func(time.Time) tea.Msg { return drainAgain{} }))
		}
		return a, cmd
	case drainAgain:
		return a, a.drain()
	}
	return a, nil
}

// repaint draws everything anew on a screen that scrolls as a whole. The
// renderer ends each scroll by giving the terminal the scroll region of the
// height it knows; in a terminal that has grown meanwhile that leaves rows that
// do not scroll. Cursor saved and restored: setting the region moves it.
func repaint() tea.Cmd {
	return tea.Sequence(tea.Raw("\x1b7\x1b[r\x1b8"), tea.ClearScreen)
}

// restyle takes the theme for the terminal's background.
func (a *App) restyle() {
	a.styles = theme.New(a.opt.Theme, a.dark)
	*a.ink = *newInks(a.styles)
	a.diff.styles = a.styles
	a.unit.restyle(a.ink, a.styles)
	a.log.theme++
	a.scripts.version++
	a.state.version++
	a.trouble.version++
	for _, l := range []*list.Index{a.scripts.list, a.state.Index, a.trouble.Index} {
		l.SetTheme(a.styles.Name)
	}
	a.log.list.SetTheme(a.styles.Name)
}
