package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"hotloop/interp"
)

// Rollback makes an earlier version of a unit live (version 0: the one before),
// or undoes a whole report (report > 0), which puts back every unit that the
// report changed. It changes memory alone: the script then differs from its
// files until the next good save. It is a patch like any other and may as well
// be refused or need a reload.
func (s *Session) Rollback(ctx context.Context, script, unit string, number, report int) (interp.Report, error) {
	sc, err := s.script(script)
	if err != nil {
		return interp.Report{}, err
	}
	if (unit == "") == (report == 0) {
		return interp.Report{}, errors.New("rollback needs either a unit or a report")
	}
	return sc.do(ctx, func(ctx context.Context, took timing) (interp.Report, error) {
		var src interp.Source
		var notes []string
		var err error
		if report > 0 {
			src, notes, err = sc.undone(report)
		} else {
			src, err = sc.rolledBack(unit, number)
		}
		if err != nil {
			return interp.Report{}, err
		}
		return sc.put(ctx, source{Source: src, notes: notes}, interp.CauseRollback, ApplyFunctions, took)
	})
}

// rolledBack gives the live sources with another version of a unit in them.
func (sc *script) rolledBack(unit string, number int) (interp.Source, error) {
	s := sc.s
	s.mu.Lock()
	if sc.eng == nil {
		defer s.mu.Unlock()
		return interp.Source{}, sc.notLoaded()
	}
	key, err := sc.unitKey(unit)
	if err != nil {
		s.mu.Unlock()
		return interp.Source{}, err
	}
	current := 0
	at, live := sc.index[key]
	if live {
		current = sc.units[at].Version
	}
	var v *version
	var known []string
	for _, c := range sc.memory.units[key] {
		if c.Version == current {
			continue
		}
		known = append(known, strconv.Itoa(c.Version))
		if c.Version == number || number == 0 && (!live || c.Version < current) {
			v = c
		}
	}
	src, name := sc.live, sc.name
	var e edit
	if v != nil {
		e = sc.editTo(key, v)
	}
	s.mu.Unlock()
	switch {
	case v == nil && number == current && live:
		return interp.Source{}, fmt.Errorf("version %d of %s is live already", number, key)
	case v == nil && number == 0:
		return interp.Source{}, &NotFoundError{What: "version before", Name: strconv.Itoa(current), In: key + " of " + name}
	case v == nil:
		return interp.Source{}, &NotFoundError{What: "version", Name: strconv.Itoa(number), In: key + " of " + name, Nearest: known[max(0, len(known)-3):]}
	}
	return splice(src, []edit{e})
}

// editTo gives the edit that makes v the live text of a unit, with s.mu held.
func (sc *script) editTo(key string, v *version) edit {
	u := interp.Unit{Key: key, Kind: v.kind, Name: v.name, Receiver: v.recv, File: v.File, Line: v.Line}
	if at, live := sc.index[key]; live {
		u = sc.units[at]
	}
	return edit{unit: u, text: v.Text, imports: v.imports}
}

// undone gives the live sources without what a report changed. Notes say what
// else goes with it.
func (sc *script) undone(id int) (src interp.Source, notes []string, err error) {
	s := sc.s
	s.mu.Lock()
	if sc.eng == nil {
		defer s.mu.Unlock()
		return src, nil, sc.notLoaded()
	}
	rep, err := sc.report(id)
	if err != nil {
		s.mu.Unlock()
		return src, nil, err
	}
	src = sc.live
	var before *interp.Source
	if past := &sc.memory.past; past.find(id) >= 0 {
		if was, after := past.at(past.find(id)); sameSource(after, src) {
			before = &was
		}
	}
	var edits []edit
	for i := range rep.Units {
		u := &rep.Units[i]
		if u.Change == interp.ChangeRecompiled {
			continue
		}
		at, live := sc.index[u.Key]
		if live && sc.units[at].Version != u.To {
			notes = append(notes, fmt.Sprintf("%s was changed again after report %d; that is undone with it", u.Key, id))
		}
		switch v := sc.memory.version(u.Key, u.From); {
		case u.From == 0 && live:
			edits = append(edits, edit{unit: sc.units[at]})
		case u.From == 0:
			// Added by the report and gone since.
		case v == nil:
			err = errors.Join(err, fmt.Errorf("version %d of %s is no longer known", u.From, u.Key))
		default:
			edits = append(edits, sc.editTo(u.Key, v))
		}
	}
	s.mu.Unlock()
	if before != nil {
		// Nothing came after it: back to exactly what was.
		return *before, nil, nil
	}
	if err != nil {
		return src, nil, fmt.Errorf("undo report %d: %w", id, err)
	}
	// An import goes or comes with the units that use it.
	edits = slices.DeleteFunc(edits, func(e edit) bool { return e.unit.Kind == interp.KindImport })
	out, err := splice(src, edits)
	if err != nil {
		return src, nil, fmt.Errorf("undo report %d: %w", id, err)
	}
	return out, notes, nil
}

// report finds a report of the script that can be undone, with s.mu held.
func (sc *script) report(id int) (*interp.Report, error) {
	var ids []string
	for i := range sc.s.reports {
		r := &sc.s.reports[i]
		if r.Script != sc.name {
			continue
		}
		undoable := r.Cause != interp.CauseLoad && len(r.Units) > 0 &&
			(r.Status == interp.StatusLive || r.Status == interp.StatusReloaded)
		if undoable {
			ids = append(ids, strconv.Itoa(r.ID))
		}
		if r.ID != id {
			continue
		}
		if !undoable {
			return nil, fmt.Errorf("report %d of %s changed no units; there is nothing to undo", id, sc.name)
		}
		return r, nil
	}
	return nil, &NotFoundError{What: "report", Name: strconv.Itoa(id), In: sc.name, Nearest: ids[max(0, len(ids)-3):]}
}
