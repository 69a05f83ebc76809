package diffview

import "strings"

// onOpen is a handler before and after an edit that has something of
// everything: an edited line, a block put before it, a line taken out, a raw
// string over two lines, a trailing blank, wide characters and an escape.
const onOpenBefore = `func OnOpen(e Opening) string {
	if e.Door == "" {
		return "no door"
	}
	count++
	/* doors are
	   counted once */
	last[e.Door] = time.Now()
	help := ` + "`open\n\tclose`" + `
	names := []string{"玄関", "裏口"}
	log.Printf("%s opened", e.Door)
	a()
	b()
	c()
	d()
	e1()
	f()
	g()
	h()
	i()
	j()
	k()
	return fmt.Sprintf("%s opened (%d)", e.Door, count)
}`

var onOpenAfter = strings.NewReplacer(
	"count++", "if e.People < 0 {\n\t\treturn \"nobody\" \t\n\t}\n\tcount += e.People",
	"opened (%d)", "was opened (%d)",
	"\tb()\n", "",
	`"裏口"`, "\"裏門\", \"\x1b[31m\"",
).Replace(onOpenBefore)

const tryAdded = `func (l *Lock) Try(code string) error {
	if code != l.code {
		return fmt.Errorf("wrong code for %s: you have %d tries left before the lock stays shut for good", l.name, l.left)
	}
	return nil
}`

const typeSource = `// Lock is a lock with a code.
type Lock struct {
	name, code string
	left       int // tries
}
`

func sampleBlocks() []Block {
	return []Block{
		{
			Header: &Header{Name: "door.OnOpen", From: 3, To: 4, Place: "door.go:18", Verdict: "changed", Detail: "kept 7 variables"},
			Diff:   Compute(onOpenBefore, onOpenAfter, 98, 98),
		},
		{
			Header: &Header{Name: "door.(*Lock).Try", To: 1, Place: "lock/lock.go:31", Verdict: "added"},
			Diff:   Compute("", tryAdded, 0, 31),
		},
		{
			Header: &Header{Name: "door.report", From: 2, To: 3, Place: "door.go:61", Verdict: "recompiled", Detail: "uses Lock"},
			Diff:   Compute("func report() int {\n\treturn count\n}", "func report() int {\n\treturn count\n}", 58, 61),
		},
		{
			Header: &Header{Name: "door.old", From: 5, Place: "door.go:70", Verdict: "removed"},
			Diff:   Compute("var old = 1", "", 70, 0),
		},
		{
			Header: &Header{Name: "door.Lock", From: 1, To: 1, Place: "lock/lock.go:20"},
			Source: NewSource(typeSource, 19),
			Mark:   22,
		},
	}
}
