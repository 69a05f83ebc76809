package tui

import (
	"image"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/theme"
)

// zone is a part of the frame that does something when clicked.
type zone struct {
	image.Rectangle
	do func() tea.Cmd
}

func (a *App) zone(r image.Rectangle, do func() tea.Cmd) {
	a.zones = append(a.zones, zone{r, do})
}

// segment is a part of the header; those with a low rank go first when the
// room is short.
type segment struct {
	spans []span
	rank  int
	act   action
	short []span // taken before anything is left out
}

// header draws the first row: what is loaded, how fast the last save was, what
// a save does, and whether anything is wrong.
func (a *App) header() string {
	k, w := a.ink, a.width
	tone := func(in *ink, text string) span { return span{in, text} }
	behind, crashed, loading, units := 0, 0, 0, 0
	for i := range a.scripts.scripts {
		sc := &a.scripts.scripts[i]
		units += functions(sc)
		switch sc.State {
		case interp.StateBehind:
			behind++
		case interp.StateCrashed:
			crashed++
		case interp.StateStopped:
			if isLoading(sc) {
				loading++
			} else {
				crashed++
			}
		}
	}
	state, in := theme.SignLive, &k.barGood
	switch {
	case crashed > 0:
		state, in = theme.SignCrashed, &k.barBad
	case behind > 0:
		state, in = theme.SignBehind, &k.barWarn
	case loading > 0:
		state, in = theme.SignStopped, &k.barMuted
	}
	verb := "watching "
	if loading > 0 {
		verb = "loading "
		if a.busyFor(a.busy) != "" {
			done, all := a.loading()
			verb += bar(done, all, 10) + " " + strconv.Itoa(done) + " of "
		}
	}

	segments := []segment{
		{[]span{tone(&k.barBrand, " hotloop ")}, 9, actNone, nil},
		{[]span{tone(&k.barPlace, " "+clean(a.opt.Title))}, 5, actNone, nil},
	}
	if a.started {
		segments = append(segments, segment{[]span{
			tone(in, state+" "), tone(&k.barText, verb), tone(&k.barFigure, strconv.Itoa(len(a.scripts.scripts))),
			tone(&k.barText, pluralWord(len(a.scripts.scripts), " script")+" "), tone(&k.barFigure, strconv.Itoa(units)),
			tone(&k.barText, pluralWord(units, " function")),
		}, 3, actNone, []span{
			tone(in, state+" "), tone(&k.barFigure, strconv.Itoa(len(a.scripts.scripts))),
			tone(&k.barText, pluralWord(len(a.scripts.scripts), " script")),
		}})
	} else {
		segments = append(segments, segment{[]span{tone(&k.barMuted, "loading ...")}, 3, actNone, nil})
	}
	if a.liveIn > 0 {
		segments = append(segments, segment{[]span{tone(&k.barText, "live in "), tone(&k.barFigure, fit(micros(a.liveIn), 7))}, 6, actNone, nil})
	}
	mode := a.info.Apply
	if mode == "" {
		mode = session.ApplyFunctions
	}
	rank := 2
	if mode != session.ApplyFunctions {
		rank = 7 // what is not usual is what one has to know
	}
	segments = append(segments, segment{[]span{tone(&k.barMuted, "apply "), tone(&k.barMode, string(mode))}, rank, actApply, nil})

	var right []segment
	if a.running > 0 {
		spans := []span{tone(&k.barFigure, strconv.Itoa(a.running)), tone(&k.barText, " running")}
		if t := a.busyFor(a.busy); t != "" && a.run == nil {
			spans = append(spans, tone(&k.barText, " "+t))
		}
		right = append(right, segment{spans, 7, actStop, nil})
	}
	if len(a.works) > 0 {
		if t := a.busyFor(a.works[0].began); t != "" {
			right = append(right, segment{[]span{tone(&k.barText, clean(a.works[0].what)+" "), tone(&k.barFigure, t)}, 7, actNone, nil})
		}
	}
	if a.run != nil {
		right = append(right, segment{[]span{tone(&k.barText, "firing "), tone(&k.barFigure, a.run.progress())}, 8, actStop, nil})
	}
	if a.ended != nil {
		right = append(right, segment{[]span{tone(&k.barBad, "session ended")}, 9, actQuit, nil})
	}
	if n := len(a.pending); n > 0 {
		right = append(right, segment{[]span{tone(&k.barWarn, strconv.Itoa(n)+" waiting")}, 8, actTabDiff, nil})
	}
	if behind > 0 {
		right = append(right, segment{[]span{tone(&k.barWarn, theme.SignBehind+" "+strconv.Itoa(behind)+" behind")}, 8, actTabTrouble, nil})
	}
	if crashed > 0 {
		right = append(right, segment{[]span{tone(&k.barBad, theme.SignCrashed+" "+strconv.Itoa(crashed)+" down")}, 9, actTabTrouble, nil})
	}
	return a.barRow(segments, right, w)
}

func pluralWord(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// barRow puts segments into w cells, dropping the least important ones until
// they fit.
func (a *App) barRow(left, right []segment, w int) string {
	k := a.ink
	total := func() int {
		n := 0
		for _, s := range append(append([]segment{}, left...), right...) {
			n += widthOf(s.spans) + 3
		}
		return n
	}
	for i := range left {
		if total() > w && left[i].short != nil {
			left[i].spans = left[i].short
		}
	}
	for total() > w {
		drop, from := -1, &left
		for _, list := range []*[]segment{&left, &right} {
			for i, s := range *list {
				if drop < 0 || s.rank < (*from)[drop].rank {
					drop, from = i, list
				}
			}
		}
		if drop < 0 || (*from)[drop].rank >= 9 {
			break
		}
		*from = append(append([]segment{}, (*from)[:drop]...), (*from)[drop+1:]...)
	}
	var l line
	x := 0
	put := func(s segment) {
		if s.act != actNone {
			act := s.act
			a.zone(image.Rect(x, 0, x+widthOf(s.spans), 1), func() tea.Cmd { return a.do(act) })
		}
		l.left = append(l.left, s.spans...)
		x += widthOf(s.spans)
	}
	for i, s := range left {
		if i > 1 || i == 1 && s.rank != 5 {
			l.add(&k.barFill, "   ")
			x += 3
		}
		put(s)
	}
	n := 0
	for _, s := range right {
		n += widthOf(s.spans) + 2
	}
	if gap := w - x - n; gap > 0 && n > 0 {
		l.add(&k.barFill, blanks(gap))
		x += gap
	}
	for _, s := range right {
		put(s)
		l.add(&k.barFill, "  ")
		x += 2
	}
	return l.draw(w, &k.barFill)
}
