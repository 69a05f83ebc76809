package interp

import (
	"context"
	"strings"
	"testing"
)

const loopsText = `package p

func F() (s string) {
	var fs []func() string
	for i := 0; i < 2; i++ {
		fs = append(fs, func() string { return string(rune('0' + i)) })
	}
	for i, c := range []string{"a", "b"} {
		fs = append(fs, func() string { return string(rune('0'+i)) + c })
	}
	for i, c := range "xy" {
		fs = append(fs, func() string { return string(rune('0'+i)) + string(c) })
	}
outer:
	for k := range map[string]bool{"k": true} {
		fs = append(fs, func() string { return k })
		for range "z" {
			continue outer
		}
	}
	for _, f := range fs {
		s += f() + " "
	}
	return s
}
`

// TestLoopVariables: a loop has its variables once, or once an iteration, as the
// language version of the module has it.
func TestLoopVariables(t *testing.T) {
	for _, test := range []struct{ version, text, want string }{
		{"1.21", loopsText, `"2 2 1b 1b 1y 1y k "`},
		{"1.22", loopsText, `"0 1 0a 1b 0x 1y k "`},
		{"", loopsText, `"0 1 0a 1b 0x 1y k "`},
		{"1.26", "//go:build go1.21\n\n" + loopsText, `"2 2 1b 1b 1y 1y k "`},
	} {
		src := Source{Name: "p", GoVersion: test.version, Files: []File{{"p.go", test.text}}}
		l, out := Load(src, nil, Options{})
		if l == nil {
			t.Fatal(out.Report.Diagnostics)
		}
		c := l.Call(context.Background(), CallRequest{Function: "F"})
		l.Close()
		if c.Error != nil || c.Returns[0].Text != test.want {
			t.Errorf("version %q: %v %v, want %s", test.version, c.Returns, c.Error, test.want)
		}
	}
}

// TestVersionRefuses: what the language version does not have is refused as the
// go command does it.
func TestVersionRefuses(t *testing.T) {
	for version, want := range map[string]string{"1.20": "requires go1.21 or later", "1.99": "requires newer Go version go1.99"} {
		ds := Check(Source{Name: "p", GoVersion: version, Files: []File{{"p.go", "package p\n\nfunc F() int { return min(1, 2) }\n"}}})
		if len(ds) == 0 || !strings.Contains(ds[0].Message, want) {
			t.Errorf("version %s: %v, want %q", version, ds, want)
		}
	}
}
