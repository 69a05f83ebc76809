package diffview

import (
	"testing"

	"hotloop/tui/theme"
)

// FuzzRows gives any two texts to the diff and draws them at a few sizes.
func FuzzRows(f *testing.F) {
	f.Add(onOpenBefore, onOpenAfter, 80, 0)
	f.Add("", tryAdded, 140, 3)
	f.Add("a\r\nb", "a\nb\r\n", 30, 1)
	f.Add("/* \n*/ x", "` \n", 9, 2)
	f.Add("\x1b[2J\xff\u202e", "\u0301e\u0301\t\t👨‍👩‍👧", 21, 1)
	f.Fuzz(func(t *testing.T, old, new string, width, x int) {
		if len(old)+len(new) > 4000 {
			t.Skip()
		}
		d := Compute(old, new, 1, 7)
		checkDiff(t, d, old, new)
		width, x = int(uint(width)%170), int(uint(x)%50)
		v := newView(theme.Dark, width, 30, []Block{
			{Header: &Header{Name: new, Place: old, Verdict: new}, Diff: d},
			{Source: NewSource(new, 1), Mark: 1},
		})
		v.ScrollXBy(x)
		checkFuzzed(t, v, width)
		v.SetLayout(Unified)
		v.SetContext(-1)
		v.Bottom()
		checkFuzzed(t, v, width)
	})
}
