package tui

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Keys is a key table for Options, made by [LoadKeys]. The zero value has the
// keys that the README lists.
type Keys struct{ m *keymap }

// ReadKeys reads the key file of a path. Without a path it is hotloop/keys in
// the person's configuration directory, which need not be there.
func ReadKeys(path string) (Keys, error) {
	usual := path == ""
	if usual {
		dir, err := os.UserConfigDir()
		if err != nil {
			return Keys{}, nil // nowhere to look
		}
		path = filepath.Join(dir, "hotloop", "keys")
	}
	f, err := os.Open(path)
	if usual && errors.Is(err, fs.ErrNotExist) {
		return Keys{}, nil
	}
	if err != nil {
		return Keys{}, fmt.Errorf("keys: %w", err)
	}
	defer f.Close()
	return LoadKeys(path, f)
}

// LoadKeys reads a key file: lines of an action's name and the keys it shall
// have, as the README's key table names both.
//
//	fire         F
//	log.open     o ctrl+o
//	zoom                     # no key: only the palette and the mouse have it
//
// A name alone means the action wherever it has keys; a place before it means
// that place. A key given here is taken from what had it before. An error says
// the line; file is what it calls the file.
func LoadKeys(file string, r io.Reader) (Keys, error) {
	table := slices.Clone(bindings)
	given := map[*binding]int{} // by the line that gave its keys
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		text, _, _ := strings.Cut(in.Text(), "# ")
		fields := strings.Fields(strings.TrimSuffix(text, "#"))
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		found := named(table, fields[0])
		if len(found) == 0 {
			return Keys{}, fmt.Errorf("%s:%d: no action is called %q%s", file, n, fields[0], nearestAction(fields[0]))
		}
		for _, b := range found {
			if was := given[b]; was > 0 {
				return Keys{}, fmt.Errorf("%s:%d: %s has its keys from line %d already", file, n, fields[0], was)
			}
			given[b] = n
			b.keys, b.show = fields[1:], showKeys(fields[1:])
		}
	}
	if err := in.Err(); err != nil {
		return Keys{}, fmt.Errorf("%s: %w", file, err)
	}
	owner := map[string]*binding{}
	for b, n := range given {
		for _, k := range b.keys {
			id := scopeNames[b.scope] + " " + k
			if o := owner[id]; o != nil && o != b {
				return Keys{}, fmt.Errorf("%s:%d: %s is the key of %s and of %s", file, max(n, given[o]), k, o.act, b.act)
			}
			owner[id] = b
		}
	}
	for i := range table {
		b := &table[i]
		if given[b] > 0 {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(b.keys), func(k string) bool { return owner[scopeNames[b.scope]+" "+k] != nil })
		if len(kept) < len(b.keys) {
			b.keys, b.show = kept, showKeys(kept)
		}
	}
	return Keys{newKeymap(table)}, nil
}

// named finds the bindings that a key file's name means.
func named(table []binding, name string) []*binding {
	place, act, qualified := strings.Cut(name, ".")
	if !qualified {
		act = name
	}
	var found []*binding
	for i := range table {
		b := &table[i]
		if b.act.String() == act && (!qualified || scopeNames[b.scope] == place) {
			found = append(found, b)
		}
	}
	return found
}

// nearestAction ends a complaint about a name with the names that begin alike.
func nearestAction(name string) string {
	_, act, ok := strings.Cut(name, ".")
	if !ok {
		act = name
	}
	var near []string
	for _, n := range actionNames[1:] {
		if strings.Contains(n, act) || strings.Contains(act, n) || act != "" && n[0] == act[0] {
			near = append(near, n)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "; there are " + strings.Join(near[:min(len(near), 6)], ", ")
}

var keySigns = strings.NewReplacer("pgdown", "pgdn")

// showKeys is how the help writes keys.
func showKeys(keys []string) string {
	shown := make([]string, len(keys))
	for i, k := range keys {
		switch k {
		case "up", "down", "left", "right":
			shown[i] = map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→"}[k]
		default:
			shown[i] = keySigns.Replace(k)
		}
	}
	return strings.Join(shown, " ")
}
