package session

import "hotloop/interp"

var _ live = (*interp.Live)(nil)

// loadLive is the loadFunc of scripts that are interpreted.
func loadLive(src interp.Source, base interp.Baseline, hooks liveHooks) (live, interp.Outcome) {
	l, out := interp.Load(src, base, interp.Options{Notice: hooks.Notice, Exit: hooks.Exit, Stuck: hooks.Stuck, Repeat: hooks.Repeat})
	if l == nil {
		return nil, out // not a live that holds a nil pointer
	}
	return l, out
}
