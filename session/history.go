package session

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotloop/interp"
)

// maxVersions bounds the texts kept of one unit.
const maxVersions = 64

// memory is what is known of a script's units: it survives reloads, restarts
// and crashes, and for a time the removal of the script. Guarded by Session.mu.
type memory struct {
	key    string
	live   interp.Baseline       // versions of the units that are live
	gone   interp.Baseline       // versions of units that were removed
	counts map[string]*counts    // by unit key
	units  map[string][]*version // by unit key, versions ascending
	past   lineage               // the code before and after each report
	since  time.Time             // of the first load
}

// version is one version of a unit whose text was replaced or put in. The text
// of what is live is not here: it is in the live sources, which a change of
// comments brings up to date.
type version struct {
	UnitText
	kind       interp.Kind
	name, recv string
	imports    []importSpec // of the file at the time
}

// recall gives the memory of a script that was here before, or a new one, with
// mu held.
func (s *Session) recall(key string) *memory {
	for i, m := range s.gone {
		if m.key == key {
			s.gone = slices.Delete(s.gone, i, i+1)
			return m
		}
	}
	return &memory{
		key:    key,
		live:   make(interp.Baseline),
		gone:   make(interp.Baseline),
		counts: make(map[string]*counts),
		units:  make(map[string][]*version),
		since:  time.Now(),
	}
}

// base gives the versions that a fresh load goes on from. The map is the
// caller's.
func (m *memory) base() interp.Baseline {
	out := maps.Clone(m.gone)
	maps.Copy(out, m.live)
	return out
}

// replaced gives the texts that a report took out and put in, as versions by
// unit key. before and after are what was live. It reads whole files, so no
// lock is held.
func replaced(rep *interp.Report, before, after *interp.Source, since time.Time) map[string][]*version {
	out := make(map[string][]*version)
	now := time.Now()
	for i := range rep.Units {
		u := &rep.Units[i]
		kind, recv, name := splitKey(u.Key)
		keep := func(n int, text string, line int, src *interp.Source, at time.Time) {
			if n == 0 || text == "" || u.Change == interp.ChangeRecompiled {
				return
			}
			v := &version{
				UnitText: UnitText{Text: strings.Clone(text), File: u.File, Line: line, Version: n, Time: at},
				kind:     kind, recv: recv, name: name,
			}
			for _, f := range allFiles(src) {
				if f.Name == u.File {
					withComment(&v.UnitText, f.Text)
					v.imports = readHeader(f.Name, f.Text).imports
				}
			}
			out[u.Key] = append(out[u.Key], v)
		}
		oldLine := u.OldLine
		if oldLine == 0 {
			oldLine = u.Line
		}
		keep(u.From, u.OldText, oldLine, before, since)
		keep(u.To, u.NewText, u.Line, after, now)
	}
	return out
}

// remember keeps the texts that a report replaced and what set the variables,
// with mu held.
func (sc *script) remember(rep *interp.Report, texts map[string][]*version, before, after interp.Source) {
	m := sc.memory
	by := "report " + strconv.Itoa(rep.ID)
	if rep.Cause == interp.CauseLoad {
		by = "load"
	}
	for _, v := range rep.Vars {
		if v.Effect == interp.VarInitialised || v.Effect == interp.VarReset || v.Effect == interp.VarMigrated {
			sc.setBy[v.Name] = setter{by: by, text: v.New}
		}
	}
	for key, versions := range texts {
		for _, v := range versions {
			m.put(key, v)
		}
	}
	if before.Files != nil && len(rep.Units) > 0 && !sameSource(before, after) {
		m.past.add(rep.ID, before, after)
	}
}

// put adds a version, in place of one with the same number; what is known of
// its time stays.
func (m *memory) put(key string, v *version) {
	list := m.units[key]
	i, found := slices.BinarySearchFunc(list, v.Version, func(v *version, n int) int { return v.Version - n })
	if found {
		v.Time = list[i].Time
		list[i] = v
	} else {
		list = slices.Insert(list, i, v)
	}
	if over := len(list) - maxVersions; over > 0 {
		list = slices.Delete(list, 0, over)
	}
	m.units[key] = list
}

func (m *memory) version(key string, n int) *version {
	for _, v := range m.units[key] {
		if v.Version == n {
			return v
		}
	}
	return nil
}

// splitKey takes a unit's key apart: "method (*Lock).Try" is of kind method,
// with receiver Lock and name Try.
func splitKey(key string) (kind interp.Kind, recv, name string) {
	k, rest, _ := strings.Cut(key, " ")
	rest, _, _ = strings.Cut(rest, "#") // the second init is init#2
	if kind = interp.Kind(k); kind == interp.KindMethod {
		if i := strings.LastIndexByte(rest, '.'); i >= 0 {
			recv, name = baseName(rest[:i]), rest[i+1:]
		}
		return kind, recv[strings.LastIndexByte(recv, '.')+1:], name
	}
	return kind, "", rest
}

// withComment takes into the text of a unit the line comments right above it
// in its file, and moves its line to where they begin.
func withComment(u *UnitText, file string) {
	at := 0 // offset of the unit's line
	for line := 1; line < u.Line; line++ {
		i := strings.IndexByte(file[at:], '\n')
		if i < 0 {
			return
		}
		at += i + 1
	}
	indent := len(file[at:]) - len(strings.TrimLeft(file[at:], " \t"))
	if !strings.HasPrefix(file[at+indent:], u.Text) {
		return // the text is not from here
	}
	start, line := at, u.Line
	for start > 0 {
		above := strings.LastIndexByte(file[:start-1], '\n') + 1
		if !strings.HasPrefix(strings.TrimLeft(file[above:start], " \t"), "//") {
			break
		}
		start = above
		line--
	}
	if start < at {
		end := at + indent + len(u.Text)
		u.Text = strings.Clone(strings.TrimLeft(file[start:end], " \t"))
		u.Line = line
	}
}

// unitKey finds the key of a unit that is live or was: by its key, or by a name
// ("OnOpen", "Lock.Try") when only one has it. With s.mu held.
func (sc *script) unitKey(unit string) (string, error) {
	if _, ok := sc.index[unit]; ok || len(sc.memory.units[unit]) > 0 {
		return unit, nil
	}
	var found, names []string
	look := func(key string) {
		_, recv, name := splitKey(key)
		names = append(names, key)
		if unit == name || recv != "" && unit == recv+"."+name {
			found = append(found, key)
		}
	}
	for _, u := range sc.units {
		look(u.Key)
	}
	for key := range sc.memory.units {
		if _, ok := sc.index[key]; !ok {
			look(key)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) > 1 {
		names = found
	}
	return "", &NotFoundError{What: "unit", Name: unit, In: sc.name, Nearest: nearestUnits(unit, names)}
}

// nearestUnits is nearest for keys, of which a person may have given the name.
func nearestUnits(unit string, keys []string) []string {
	byName := make(map[string]string)
	var names []string
	for _, key := range keys {
		_, recv, name := splitKey(key)
		if recv != "" {
			name = recv + "." + name
		}
		names = append(names, name)
		byName[name] = key
	}
	_, bare, isKey := strings.Cut(unit, " ")
	if !isKey {
		bare = unit
	}
	var out []string
	for _, name := range nearest(bare, names) {
		out = append(out, byName[name])
	}
	return out
}

// liveText gives a unit as it stands in the live sources.
func liveText(src interp.Source, u interp.Unit) (UnitText, error) {
	f, sp, err := findUnit(&src, &u)
	if err != nil {
		return UnitText{}, err
	}
	return UnitText{
		Text:    f.Text[sp.start:sp.end],
		File:    f.Name,
		Line:    sp.line,
		Version: u.Version,
		Live:    true,
	}, nil
}

// Source gives the text of a unit, with the comment above it; version 0 means
// the live one. The unit may be given by its key or, where that is clear, by
// its name.
func (s *Session) Source(script, unit string, number int) (UnitText, error) {
	versions, err := s.Versions(script, unit)
	if err != nil {
		return UnitText{}, err
	}
	for _, v := range versions {
		if v.Version == number || number == 0 && v.Live {
			return v, nil
		}
	}
	e := &NotFoundError{What: "version", Name: strconv.Itoa(number), In: unit + " of " + script}
	if number == 0 {
		e.Name = "that is live"
	}
	for _, v := range versions[max(0, len(versions)-3):] {
		e.Nearest = append(e.Nearest, strconv.Itoa(v.Version))
	}
	return UnitText{}, e
}

// Versions gives all known versions of a unit, oldest first. The texts of the
// newest 64 are kept.
func (s *Session) Versions(script, unit string) ([]UnitText, error) {
	s.mu.Lock()
	sc, err := s.find(script)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	key, err := sc.unitKey(unit)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	var out []UnitText
	for _, v := range sc.memory.units[key] {
		out = append(out, v.UnitText)
	}
	src, since := sc.live, sc.memory.since
	at, live := sc.index[key]
	var u interp.Unit
	if live {
		u = sc.units[at]
	}
	s.mu.Unlock()
	if !live {
		return out, nil
	}
	now, err := liveText(src, u)
	if err != nil {
		return nil, err
	}
	now.Time = since
	i, found := slices.BinarySearchFunc(out, u.Version, func(v UnitText, n int) int { return v.Version - n })
	if found {
		now.Time = out[i].Time
		out[i] = now
		return out, nil
	}
	return slices.Insert(out, i, now), nil
}
