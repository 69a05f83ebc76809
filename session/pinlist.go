package session

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"hotloop/interp"
)

// pinList is the pins of a session. It may be used from any goroutine.
type pinList struct {
	saving  sync.Mutex    // held while the file is written
	running sync.Mutex    // held while pins of any script fire; taken before all other locks
	wake    chan struct{} // one place; there is something for next, or pins are stale

	mu    sync.Mutex
	list  []*Pin // by ID
	last  int
	queue []duePins
	moved map[string]bool          // scripts whose state events changed since their pins ran
	cost  map[string]time.Duration // what their pins took the last time
	paces map[int][]int64          // how long the last runs of a pin took, in microseconds
	crash map[int]string           // pins that were under way when a process ended, and why they are paused
}

// duePins are the pins of a script after a report.
type duePins struct {
	script string
	report int
}

func newPinList() *pinList {
	return &pinList{wake: make(chan struct{}, 1), moved: map[string]bool{}, cost: map[string]time.Duration{}, paces: map[int][]int64{}, crash: map[int]string{}}
}

func (l *pinList) kick() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// after has the pins of a script fire because of a report. Reports that come
// while they fire are taken together: what counts is the code that is live.
func (l *pinList) after(rep *interp.Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.list {
		if p.Script != rep.Script {
			continue
		}
		if rep.Cause != interp.CauseCrash { // there is new code, or a person asked
			p.Paused = ""
		}
		i := slices.IndexFunc(l.queue, func(d duePins) bool { return d.script == rep.Script })
		if i < 0 {
			l.queue = append(l.queue, duePins{rep.Script, rep.ID})
			l.kick()
		} else {
			l.queue[i].report = rep.ID
		}
	}
}

// fired notes that an event may have changed the state of a script.
func (l *pinList) fired(script string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.ContainsFunc(l.list, func(p *Pin) bool { return p.Script == script }) {
		l.moved[script] = true
		l.kick()
	}
}

func (l *pinList) next() (d duePins, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return d, false
	}
	d = l.queue[0]
	l.queue = l.queue[1:]
	return d, true
}

// stale names the scripts whose pins are worth bringing up to date.
func (l *pinList) stale() (scripts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name := range l.moved {
		if l.cost[name] < pinCheap {
			scripts = append(scripts, name)
		}
	}
	slices.Sort(scripts)
	return scripts
}

// due gives the pins to fire, and whether the state has moved since they did.
func (l *pinList) due(script string, report int, quiet bool) (list []Pin, moved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.list {
		switch {
		case p.Script != script, p.Paused != "":
		case quiet && (p.Live || p.Last == nil):
		case !quiet && report == 0 && p.Last != nil:
		default:
			list = append(list, *p)
			if why := l.crash[p.ID]; why != "" {
				list[len(list)-1].Paused = why
			}
		}
	}
	moved = l.moved[script]
	if quiet || report > 0 {
		delete(l.moved, script)
	}
	return list, moved
}

// alone says that the pin may end the process: it is fired by itself.
func (p *Pin) alone() bool { return p.Paused != "" }

func (l *pinList) pause(list []Pin) {
	const why = "the script's process ended while it ran"
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.list {
		if slices.ContainsFunc(list, func(q Pin) bool { return q.ID == p.ID }) {
			p.Paused, l.crash[p.ID] = why, why
		}
	}
}

// took notes a run and compares it with the one before. There is no result when
// the pin is gone, did not run, or was only brought up to date.
func (l *pinList) took(id int, t *interp.Trial, report int, moved, quiet bool, pace []Change) *PinResult {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(p *Pin) bool { return p.ID == id })
	if i < 0 || t == nil {
		return nil
	}
	delete(l.crash, id)
	p, run := l.list[i], &PinRun{Trial: *t, Report: report, Time: time.Now()}
	if t.Why != "" && p.Last != nil && quiet {
		return nil // it did not run; there will be other quiet moments
	}
	before := p.Last
	p.Last = run
	if quiet {
		return nil
	}
	out := &PinResult{ID: id, Event: p.Event, Script: p.Script, Data: p.Data, Report: report, Before: before, After: run, Diff: []Change{}}
	if before != nil {
		out.Diff = append(comparePins(before, run), pace...)
		out.Changed = len(out.Diff) > 0 || before.Why != run.Why
		out.Moved = moved && !p.Live
		p.Before, p.Changes = before, out.Diff
	}
	return out
}

func (l *pinList) spent(script string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cost[script] = d
}

func (l *pinList) add(p Pin) (id int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, q := range l.list {
		if q.Event == p.Event && q.Script == p.Script && q.Live == p.Live && bytes.Equal(q.Data, p.Data) {
			q.Paused = ""
			return q.ID, nil
		}
	}
	if len(l.list) == maxPins {
		return 0, errTooManyPins
	}
	l.last++
	p.ID = l.last
	l.list = append(l.list, &p)
	return p.ID, nil
}

func (l *pinList) remove(id int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.list)
	l.list = slices.DeleteFunc(l.list, func(p *Pin) bool { return p.ID == id })
	delete(l.paces, id)
	return len(l.list) < n
}

func (l *pinList) snapshot() []Pin {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Pin, len(l.list))
	for i, p := range l.list {
		out[i] = *p
	}
	return out
}

// pinsFile is where the pins of a project are kept, without their runs.
const pinsFile = "pins.json"

// keptPin is a pin in that file.
type keptPin struct {
	ID     int             `json:"id"`
	Event  string          `json:"event"`
	Script string          `json:"script"`
	Data   json.RawMessage `json:"data,omitempty"`
	Live   bool            `json:"live,omitempty"`
}

// savePins keeps the pins with the project's history, if one is kept by this
// session. The file is there whole or as it was before.
func (s *Session) savePins() {
	if s.kept == nil || s.kept.file == nil {
		return
	}
	s.pins.saving.Lock()
	defer s.pins.saving.Unlock()
	list := []keptPin{}
	for _, p := range s.pins.snapshot() {
		list = append(list, keptPin{p.ID, p.Event, p.Script, p.Data, p.Live})
	}
	path := filepath.Join(s.kept.dir, pinsFile)
	text, err := json.Marshal(list)
	if err == nil {
		err = cmp.Or(os.WriteFile(path+".new", text, 0o600), os.Rename(path+".new", path))
	}
	if err != nil {
		s.notice("", fmt.Sprintf("the pins are not kept: %v", err))
	}
}

// openPins takes over the pins of earlier sessions of the project.
func (s *Session) openPins() {
	if s.kept == nil {
		return
	}
	text, err := os.ReadFile(filepath.Join(s.kept.dir, pinsFile))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	var list []keptPin
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		s.notice("", fmt.Sprintf("the pins of earlier sessions cannot be read: %v", err))
		return
	}
	for _, k := range list {
		s.pins.list = append(s.pins.list, &Pin{ID: k.ID, Event: k.Event, Script: k.Script, Data: k.Data, Live: k.Live})
		s.pins.last = max(s.pins.last, k.ID)
	}
}
