package diffview

import (
	"strings"
	"testing"
)

var letters = map[Class]byte{
	Plain: '.', Keyword: 'k', Type: 't', String: 's', Number: 'n', Comment: 'c', Builtin: 'b', Func: 'f', Operator: 'o',
}

// classesOf writes the class of each byte of a line below it.
func classesOf(r Row) string {
	var b strings.Builder
	for _, s := range r.Spans {
		for i := range len(s.Text) {
			if s.Class == Plain && s.Text[i] == ' ' {
				b.WriteByte(' ')
			} else {
				b.WriteByte(letters[s.Class])
			}
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// The text is source and expected classes, line by line.
func TestHighlight(t *testing.T) {
	text := `
func OnOpen(e Opening, r *http.Request) (string, error) {
kkkk ffffff.. ttttttt. . o.....ttttttt. .tttttt. ttttt. .
    x := []Opening{{Door: "a"}, {}} // two
    . oo ..ttttttt....... sss.. ... cccccc
    count += len(names)*2 - int(f)
    ..... oo bbb.......on o ttt...
    a := b * c
    . oo . o .
    var m map[string]*Lock = nil
    kkk . kkk.tttttt.otttt o bbb
    if e.Door == "" && r != nil {
    kk ...... oo ss oo . oo bbb .
    for i := range 10 { go fmt.Println(i, 'x', 1.5e3) }
    kkk . oo kkkkk nn . kk ....fffffff... sss. nnnnn. .
    ch := make(chan Opening, 1)
    .. oo bbbb.kkkk ttttttt. n.
    y := door.OnOpen(e)
    . oo .....ffffff...
func (l *Lock) close() { panic("x") }
kkkk .. otttt. fffff.. . bbbbb.sss. .
func Map[T any](xs ...T) []T { return nil }
kkkk fff.. ttt.... ooot. ..t . kkkkkk bbb .
type Lock struct { name string }
kkkk tttt kkkkkk . .... tttttt .
/* a comment
cccccccccccc
   func "x" */ y()
cccccccccccccc f..
z := ` + "`raw" + `
. oo ssss
  // not a comment ` + "`" + ` + 1
ssssssssssssssssssss o n
`
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	var src, want []string
	for i := 0; i+1 < len(lines); i += 2 {
		src, want = append(src, lines[i]), append(want, lines[i+1])
	}
	rows := NewSource(strings.Join(src, "\n"), 1).Rows
	for i, r := range rows {
		if got := classesOf(r); got != want[i] {
			t.Errorf("\n%s\n%s\n%s want", src[i], got, want[i])
		}
	}
}

// Both sides are scanned on their own: a comment opened in the new text does
// not colour the old one.
func TestHighlightSidesApart(t *testing.T) {
	d := Compute("a := 1\nb := 2\n", "a := 1 /*\nb := 3 */\n", 1, 1)
	for _, r := range d.Rows {
		comment := false
		for _, s := range r.Spans {
			comment = comment || s.Class == Comment
		}
		if comment != (r.Kind == Insert) {
			t.Errorf("row %q, kind %d: comment %v", r.Text(), r.Kind, comment)
		}
	}
}
