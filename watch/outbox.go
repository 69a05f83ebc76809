package watch

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// outbox holds what the reader has not taken yet, as one batch. Its changes
// are relative to what the reader has, however many batches were merged.
type outbox struct {
	changes map[string]Change
	notices []Notice
	first   time.Time
	settled time.Time
	took    time.Duration
}

// add merges a batch. A file that is again as the reader has it drops out.
func (o *outbox) add(b Batch) {
	if o.empty() {
		*o = outbox{changes: map[string]Change{}, first: b.First}
	}
	o.settled = b.Settled
	o.took += b.ReadTook
	o.notices = append(o.notices, b.Notices...)
	for _, c := range b.Changes {
		if before, ok := o.changes[c.Path]; ok {
			c.Old = before.Old
		}
		isNew := c.Old == nil
		if c.Removed && isNew || !c.Removed && !isNew && bytes.Equal(c.Old, c.Text) {
			delete(o.changes, c.Path)
			continue
		}
		o.changes[c.Path] = c
	}
}

func (o *outbox) empty() bool { return len(o.changes) == 0 && len(o.notices) == 0 }

// batch is what is held, as the reader will see it.
func (o *outbox) batch() Batch {
	b := Batch{Notices: o.notices, First: o.first, Settled: o.settled, ReadTook: o.took}
	for _, c := range o.changes {
		b.Changes = append(b.Changes, c)
	}
	slices.SortFunc(b.Changes, func(x, y Change) int { return strings.Compare(x.Path, y.Path) })
	return b
}

// take empties the outbox.
func (o *outbox) take() Batch {
	b := o.batch()
	*o = outbox{}
	return b
}
