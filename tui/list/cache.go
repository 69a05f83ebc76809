package list

import (
	"strings"

	"hotloop/tui/theme"
)

// cache keeps drawn rows in two generations: when the young one is full it
// becomes the old one, and what is still used climbs back. So it never holds
// more than twice the limit, and no list of uses is kept.
type cache struct {
	young, old map[key][]string
}

// perWindow is how many windows full of items the young generation holds.
const perWindow = 4

func (c *cache) get(k key) ([]string, bool) {
	if rows, ok := c.young[k]; ok {
		return rows, true
	}
	rows, ok := c.old[k]
	if ok {
		c.young[k] = rows
	}
	return rows, ok
}

func (c *cache) put(k key, rows []string, height int) {
	if c.young == nil || len(c.young) >= perWindow*max(height, 16) {
		c.old, c.young = c.young, make(map[key][]string)
	}
	c.young[k] = rows
}

func (c *cache) drop() { c.young, c.old = nil, nil }

// fit brings rows to exactly the width and sees to it that there is one at
// least: an item without rows could not be pointed at.
func fit(rows []string, width int) []string {
	out := make([]string, 0, max(1, len(rows)))
	for _, r := range rows {
		for part := range strings.SplitSeq(r, "\n") {
			out = append(out, theme.Fit(part, width))
		}
	}
	if len(out) == 0 {
		out = append(out, theme.Fit("", width))
	}
	return out
}
