package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hotloop/interp"
)

// Change is one place where two outcomes of the same call differ. Path leads
// there: "returns[0].items[2].price", "error", "output line 3", "count" for a
// variable that the call touched, with more of a path in its value behind it.
// Before or After is empty when there is nothing on that side.
type Change struct {
	Kind   string `json:"kind"` // "added", "removed", "changed"
	Path   string `json:"path"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Kinds of a Change.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// maxChanges bounds the changes of one comparison; what is beyond is counted in
// a last one.
const maxChanges = 200

// comparison collects changes.
type comparison struct {
	out  []Change
	more int
}

func (c *comparison) add(kind, path, before, after string) {
	if len(c.out) == maxChanges {
		c.more++
		return
	}
	c.out = append(c.out, Change{kind, path, before, after})
}

func (c *comparison) changes() []Change {
	if c.more > 0 {
		return append(c.out, Change{Kind: Changed, Path: fmt.Sprintf("and %d places more", c.more)})
	}
	return orEmpty(c.out)
}

// compareCalls says where two calls of one event differ: in results, error and
// output. Times, versions and the lines of traces do not count.
func compareCalls(before, after *interp.Call) []Change {
	var c comparison
	c.calls(before, after)
	return c.changes()
}

func (c *comparison) calls(before, after *interp.Call) {
	for i := range max(len(before.Returns), len(after.Returns)) {
		path := "returns[" + strconv.Itoa(i) + "]"
		switch {
		case i >= len(after.Returns):
			c.add(Removed, path, before.Returns[i].Text, "")
		case i >= len(before.Returns):
			c.add(Added, path, "", after.Returns[i].Text)
		default:
			c.values(path, &before.Returns[i], &after.Returns[i])
		}
	}
	if was, is := failure(before), failure(after); was != is {
		c.either("error", was, is)
	}
	c.output(before.Output, after.Output)
}

// either adds a change of a text that may be there or not.
func (c *comparison) either(path, before, after string) {
	switch {
	case before == "":
		c.add(Added, path, "", after)
	case after == "":
		c.add(Removed, path, before, "")
	default:
		c.add(Changed, path, before, after)
	}
}

// values compares two values as trees. What has no JSON form, or another type,
// or differs in what JSON leaves out, is compared as text.
func (c *comparison) values(path string, before, after *interp.Value) {
	if before.Type != after.Type {
		c.add(Changed, path, before.Type+" "+before.Text, after.Type+" "+after.Text)
		return
	}
	n := len(c.out) + c.more
	was, ok := asTree(before.Value)
	is, too := asTree(after.Value)
	if ok && too {
		c.trees(path, was, is)
	}
	if len(c.out)+c.more == n && before.Text != after.Text {
		c.add(Changed, path, before.Text, after.Text)
	}
}

// asTree gives a value in its JSON form as maps, lists and scalars.
func asTree(v any) (out any, ok bool) {
	if v == nil {
		return nil, false
	}
	text, isText := v.(json.RawMessage)
	if !isText {
		var err error
		if text, err = json.Marshal(v); err != nil {
			return nil, false
		}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // large integers stay what they are
	return out, dec.Decode(&out) == nil
}

func (c *comparison) trees(path string, before, after any) {
	switch was := before.(type) {
	case map[string]any:
		if is, ok := after.(map[string]any); ok {
			c.objects(path, was, is)
			return
		}
	case []any:
		if is, ok := after.([]any); ok {
			c.lists(path, was, is)
			return
		}
	}
	if was, is := leaf(before), leaf(after); was != is {
		c.add(Changed, path, was, is)
	}
}

func (c *comparison) objects(path string, before, after map[string]any) {
	keys := slices.Collect(maps.Keys(before))
	for k := range after {
		if _, ok := before[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		was, had := before[k]
		is, has := after[k]
		at := path + "." + k
		if !plainName(k) {
			at = path + "[" + strconv.Quote(k) + "]"
		}
		switch {
		case !has:
			c.add(Removed, at, leaf(was), "")
		case !had:
			c.add(Added, at, "", leaf(is))
		default:
			c.trees(at, was, is)
		}
	}
}

// plainName says whether a key reads well behind a dot.
func plainName(k string) bool {
	return k != "" && !strings.ContainsFunc(k, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// lists leaves out what is equal at both ends, so that an element that was put
// in or taken out is one change.
func (c *comparison) lists(path string, before, after []any) {
	head, tail := common(len(before), len(after), func(i, j int) bool { return leaf(before[i]) == leaf(after[j]) })
	was, is := before[head:len(before)-tail], after[head:len(after)-tail]
	for i := range max(len(was), len(is)) {
		at := path + "[" + strconv.Itoa(head+i) + "]"
		switch {
		case i >= len(is):
			c.add(Removed, at, leaf(was[i]), "")
		case i >= len(was):
			c.add(Added, at, "", leaf(is[i]))
		default:
			c.trees(at, was[i], is[i])
		}
	}
}

// common says how many elements of two lists are equal at the head and, of the
// rest, at the tail.
func common(n, m int, same func(i, j int) bool) (head, tail int) {
	for head < min(n, m) && same(head, head) {
		head++
	}
	for tail < min(n, m)-head && same(n-1-tail, m-1-tail) {
		tail++
	}
	return head, tail
}

// leaf writes a tree on one line.
func leaf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// output compares by lines; their numbers are those of the text that has them.
func (c *comparison) output(before, after string) {
	if before == after {
		return
	}
	was, is := outputLines(before), outputLines(after)
	head, tail := common(len(was), len(is), func(i, j int) bool { return was[i] == is[j] })
	w, a := was[head:len(was)-tail], is[head:len(is)-tail]
	n := len(c.out) + c.more
	for i := range max(len(w), len(a)) {
		at := "output line " + strconv.Itoa(head+i+1)
		switch {
		case i >= len(a):
			c.add(Removed, at, w[i], "")
		case i >= len(w):
			c.add(Added, at, "", a[i])
		case w[i] != a[i]:
			c.add(Changed, at, w[i], a[i])
		}
	}
	if len(c.out)+c.more == n {
		c.add(Changed, "output", strconv.Quote(before), strconv.Quote(after))
	}
}

func outputLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// touched says what two calls did otherwise to variables.
func (c *comparison) touched(before, after []interp.Touch) {
	was := map[string]*interp.Touch{}
	for i := range before {
		was[before[i].Name] = &before[i]
	}
	for i := range after {
		t := &after[i]
		b := was[t.Name]
		if b == nil {
			c.add(Added, t.Name, "", t.Before.Text+" → "+t.After.Text)
			continue
		}
		delete(was, t.Name)
		c.values(t.Name, &b.After, &t.After)
	}
	for i := range before {
		if b := &before[i]; was[b.Name] != nil {
			c.add(Removed, b.Name, b.Before.Text+" → "+b.After.Text, "")
		}
	}
}
