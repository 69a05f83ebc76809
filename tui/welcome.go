package tui

import (
	"slices"
	"strconv"

	"hotloop/interp"
)

func lineNo(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// welcome is what the Diff tab says before the first save: what is loaded, and
// what to do next.
func (d *diffTab) welcome() []string {
	k := d.ink
	var rows []string
	put := func(l *line) { rows = append(rows, l.draw(d.width, &k.text)) }
	say := func(in *ink, s string) {
		for _, part := range wrap(s, max(d.width-4, 8)) {
			put(new(line).add(in, "  "+part))
		}
	}
	if loaded := slices.ContainsFunc(d.scripts, func(sc interp.Script) bool { return !isLoading(&sc) }); !loaded {
		put(new(line))
		say(&k.muted, "Loading ...")
		return rows
	}
	units := 0
	for i := range d.scripts {
		units += functions(&d.scripts[i])
	}
	put(new(line))
	say(&k.strong, plural(len(d.scripts), "script")+" with "+plural(units, "function")+" loaded and live.")
	put(new(line))
	say(&k.text, "Edit one in your editor and save it: the change goes live at once, variables keep their values, and what changed shows here.")
	put(new(line))
	for _, h := range [][2]string{
		{"→ ←", "unfold a script, fold it"},
		{"space", "fire the handler under the cursor"},
		{"enter", "put it into the fire line to change its data first"},
		{".", "fire the last event again, after a save for instance"},
		{"s", "see the variables"},
		{"?", "all keys"},
	} {
		put(new(line).add(&k.key, "  "+fit(h[0], 7)).add(&k.keyText, h[1]))
	}
	return rows
}

// functions counts what can be called in a script.
func functions(sc *interp.Script) int {
	n := 0
	for i := range sc.Units {
		if k := sc.Units[i].Kind; k == interp.KindFunc || k == interp.KindMethod {
			n++
		}
	}
	return n
}
