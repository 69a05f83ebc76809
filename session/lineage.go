package session

import (
	"slices"

	"hotloop/interp"
)

// maxLineage bounds what a script's earlier code takes, in bytes. An edit of a
// function takes about as much as the function.
const maxLineage = 16 << 20

// lineage is what was live before and after each report of a script, oldest
// first. The newest code is kept whole, of all older code what is other than in
// the one after it.
type lineage struct {
	newest interp.Source
	points []ancestor
	size   int
}

// ancestor is a report, and the way back from the code that came after it.
type ancestor struct {
	report int
	after  *stepBack // from what was live before the next report; nil for the last
	before *stepBack // from what the report made live
}

// stepBack leads from code to what was there before.
type stepBack struct {
	whole *interp.Source // that, when there are other files in it
	files []fileBack
}

// fileBack says that a file read otherwise, between a head and a tail that did
// not.
type fileBack struct {
	index      int // as allFiles counts
	head, tail int // bytes
	text       string
}

// add notes a report.
func (l *lineage) add(report int, before, after interp.Source) {
	if n := len(l.points); n > 0 {
		l.points[n-1].after = back(before, l.newest)
		l.size += l.points[n-1].after.size()
	}
	p := ancestor{report: report, before: back(after, before)}
	l.points, l.newest = append(l.points, p), after
	l.size += p.before.size()
	for l.size > maxLineage && len(l.points) > 1 {
		l.size -= l.points[0].before.size() + l.points[0].after.size()
		l.points = slices.Delete(l.points, 0, 1)
	}
}

func (l *lineage) clone() lineage {
	out := *l
	out.points = slices.Clone(l.points)
	return out
}

// at gives what was live before and after a report, by its index in points.
func (l *lineage) at(i int) (before, after interp.Source) {
	src := l.newest
	for k := len(l.points) - 1; ; k-- {
		after = l.points[k].after.apply(src)
		if src = l.points[k].before.apply(after); k == i {
			return src, after
		}
	}
}

// find gives the index of a report, -1 if it is not there.
func (l *lineage) find(report int) int {
	return slices.IndexFunc(l.points, func(p ancestor) bool { return p.report == report })
}

// back finds the way from code to older code.
func back(from, to interp.Source) *stepBack {
	newer, older := allFiles(&from), allFiles(&to)
	sameNames := slices.EqualFunc(newer, older, func(a, b *interp.File) bool { return a.Name == b.Name })
	samePaths := slices.EqualFunc(from.Imports, to.Imports, func(a, b interp.SourcePackage) bool {
		return a.Path == b.Path && len(a.Files) == len(b.Files)
	})
	if !sameNames || !samePaths || len(from.Files) != len(to.Files) || from.GoVersion != to.GoVersion {
		return &stepBack{whole: &to}
	}
	s := &stepBack{}
	for i := range newer {
		a, b := newer[i].Text, older[i].Text
		if a == b {
			continue
		}
		head, tail := interp.CommonEnds(a, b)
		s.files = append(s.files, fileBack{i, head, tail, string([]byte(b[head : len(b)-tail]))}) // not all of b
	}
	return s
}

func (s *stepBack) size() (n int) {
	if s == nil {
		return 0
	}
	n = 64
	for _, f := range s.files {
		n += len(f.text) + 64
	}
	if s.whole != nil {
		for _, f := range allFiles(s.whole) {
			n += len(f.Text)
		}
	}
	return n
}

// apply goes back. The source that it is given stays as it is.
func (s *stepBack) apply(src interp.Source) interp.Source {
	switch {
	case s == nil:
		return src
	case s.whole != nil:
		return *s.whole
	case len(s.files) == 0:
		return src
	}
	src.Files, src.Imports = slices.Clone(src.Files), slices.Clone(src.Imports)
	for i := range src.Imports {
		src.Imports[i].Files = slices.Clone(src.Imports[i].Files)
	}
	files := allFiles(&src)
	for _, f := range s.files {
		text := files[f.index].Text
		files[f.index].Text = text[:f.head] + f.text + text[len(text)-f.tail:]
	}
	return src
}
