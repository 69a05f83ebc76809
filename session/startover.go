package session

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"hotloop/interp"
)

// valuesWait is what an engine gets to show its variables around a reload; the
// report goes without values rather than late.
const valuesWait = 300 * time.Millisecond

// values gives the variables of an engine as text, or nil.
func (s *Session) values(ctx context.Context, e *engine) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, valuesWait)
	defer cancel()
	vars, err := e.State(ctx)
	if err != nil {
		return nil
	}
	out := make(map[string]string, len(vars))
	for _, v := range vars {
		out[v.Name] = v.Text
	}
	return out
}

// startedOver says of every variable what a load in a fresh engine did to it.
// What planned says already stays; values are filled in where they are known.
func startedOver(planned []interp.VarChange, before, after []interp.Unit, oldValues, newValues map[string]string) []interp.VarChange {
	out := slices.Clone(planned)
	at := make(map[string]int)
	for i := range out {
		at[out[i].Name] = i
	}
	was, is := variables(before), variables(after)
	add := func(name, effect string) {
		if _, known := at[name]; !known {
			at[name] = len(out)
			out = append(out, interp.VarChange{Name: name, Effect: effect})
		}
	}
	for name := range was {
		if is[name] {
			add(name, interp.VarReset)
		} else {
			add(name, interp.VarRemoved)
		}
	}
	for name := range is {
		if !was[name] {
			add(name, interp.VarInitialised)
		}
	}
	for i := range out {
		v := &out[i]
		v.Old = cmp.Or(v.Old, oldValues[v.Name])
		if v.Effect != interp.VarRemoved {
			v.New = cmp.Or(v.New, newValues[v.Name])
		}
	}
	slices.SortFunc(out, func(a, b interp.VarChange) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func variables(units []interp.Unit) map[string]bool {
	out := make(map[string]bool)
	for i := range units {
		if units[i].Kind == interp.KindVar && units[i].Name != "_" {
			out[units[i].Name] = true
		}
	}
	return out
}

// maxTexts bounds the units of which changesBetween looks up the texts.
const maxTexts = 200

// changesBetween says which units a load changed against what ran before, going
// by their versions, which the load went on from.
func changesBetween(before, after []interp.Unit, old, src interp.Source) []interp.UnitChange {
	was, is := make(map[string]*interp.Unit), make(map[string]bool)
	for i := range before {
		was[before[i].Key] = &before[i]
	}
	var out []interp.UnitChange
	text := func(src interp.Source, u *interp.Unit) (string, int) {
		if len(out) >= maxTexts {
			return "", 0
		}
		f, sp, err := findUnit(&src, u)
		if err != nil {
			return "", 0
		}
		return f.Text[sp.start:sp.end], sp.line
	}
	for i := range after {
		u := &after[i]
		is[u.Key] = true
		w := was[u.Key]
		if w != nil && w.Version == u.Version {
			continue
		}
		c := interp.UnitChange{Key: u.Key, Change: interp.ChangeAdded, To: u.Version, File: u.File, Line: u.Line}
		if w != nil {
			c.Change, c.From = interp.ChangeChanged, w.Version
			if w.Signature != u.Signature {
				c.Change = interp.ChangeSignature
			}
			c.OldText, c.OldLine = text(old, w)
		}
		var line int
		if c.NewText, line = text(src, u); line > 0 {
			c.Line = line
		}
		out = append(out, c)
	}
	for i := range before {
		w := &before[i]
		if is[w.Key] {
			continue
		}
		c := interp.UnitChange{Key: w.Key, Change: interp.ChangeRemoved, From: w.Version, File: w.File, Line: w.Line}
		var line int
		if c.OldText, line = text(old, w); line > 0 {
			c.Line, c.OldLine = line, line
		}
		out = append(out, c)
	}
	return out
}
