package diffview

// Cache remembers diffs and sources by their content, so that going back and
// forth between reports computes each once. It holds two generations of at most
// perGeneration entries; what is still asked for moves to the young one. The
// zero value is ready. It is not safe for concurrent use.
type Cache struct {
	young, old map[content]entry
}

const perGeneration = 128

// content is the whole input: equal contents have equal results, and nothing
// else has to be compared.
type content struct {
	old, new         string
	oldLine, newLine int
	source           bool
}

type entry struct {
	diff   *Diff
	source *Source
}

// Diff is Compute, once per content.
func (c *Cache) Diff(old, new string, oldLine, newLine int) *Diff {
	return c.get(content{old, new, oldLine, newLine, false}, func() entry {
		return entry{diff: Compute(old, new, oldLine, newLine)}
	}).diff
}

// Source is NewSource, once per content.
func (c *Cache) Source(text string, line int) *Source {
	return c.get(content{new: text, newLine: line, source: true}, func() entry {
		return entry{source: NewSource(text, line)}
	}).source
}

func (c *Cache) get(k content, compute func() entry) entry {
	if e, ok := c.young[k]; ok {
		return e
	}
	e, ok := c.old[k]
	if !ok {
		e = compute()
	}
	if c.young == nil || len(c.young) >= perGeneration {
		c.old, c.young = c.young, make(map[content]entry)
	}
	c.young[k] = e
	return e
}
