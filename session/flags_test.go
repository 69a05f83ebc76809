package session

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

func testFlags() (*flag.FlagSet, *Config) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c := &Config{}
	c.AddFlags(flags)
	return flags, c
}

func TestParseMixed(t *testing.T) {
	for _, test := range []struct{ args, rest, fail string }{
		{"", "", ""},
		{"a b", "a|b", ""},
		{"--apply file a", "a", ""},
		{"a --apply file b --main c", "a|b|c", ""},
		{"a --apply=ask b", "a|b", ""},
		{"--main a", "a", ""},
		{"-main -poll 1s", "", ""},
		{"E -5 --main", "E|-5", ""},
		{"- a", "-|a", ""},
		{"a -- --main b", "a|--main|b", ""},
		{"--aply file", "", "no flag --aply; did you mean --apply?"},
		{"a --apply", "", "--apply needs a value"},
		{"--apply sideways", "", `invalid value "sideways" for flag --apply: want functions, file or ask`},
		{"--timeout soon", "", `invalid value "soon" for flag --timeout: parse error`},
		{"--help", "", flag.ErrHelp.Error()},
		{"a -h", "", flag.ErrHelp.Error()},
	} {
		flags, _ := testFlags()
		rest, err := ParseMixed(flags, strings.Fields(test.args))
		if got := strings.Join(rest, "|"); got != test.rest || fmt.Sprint(err) != test.fail && (err != nil || test.fail != "") {
			t.Errorf("%q: %q, %v; want %q, %s", test.args, got, err, test.rest, test.fail)
		}
	}
	flags, c := testFlags()
	if _, err := ParseMixed(flags, strings.Fields("x --apply file y --timeout 0 --memory 1.5g --poll=2s")); err != nil {
		t.Fatal(err)
	}
	if c.Apply != ApplyFile || c.Timeout != 0 || c.Memory != 3<<29 || c.Poll != 2*time.Second {
		t.Errorf("%+v", c)
	}
}

func TestConfigDefaultsAndCheck(t *testing.T) {
	flags, c := testFlags()
	if c.Timeout != DefaultTimeout || c.Apply != ApplyFunctions || c.Check() != nil {
		t.Errorf("%+v", c)
	}
	if _, err := ParseMixed(flags, []string{"--settle=-1s"}); err != nil || c.Check() == nil {
		t.Errorf("a negative duration is taken: %v", err)
	}
}

func TestSizeFlag(t *testing.T) {
	for _, test := range []struct {
		text string
		want int64
	}{
		{"0", 0}, {"100", 100}, {"100B", 100}, {"1k", 1024}, {"2KiB", 2048}, {"512MiB", 512 << 20}, {"512 mb", 512 << 20},
		{"1.5G", 3 << 29}, {"1T", 1 << 40}, {"", -1}, {"MiB", -1}, {"-1", -1}, {"1X", -1}, {"1KKB", -1}, {"NaN", -1}, {"Inf", -1}, {"9999999T", -1},
	} {
		f := sizeFlag(-1)
		if err := f.Set(test.text); int64(f) != test.want || (err == nil) != (test.want >= 0) {
			t.Errorf("%q: %d, %v; want %d", test.text, f, err, test.want)
		}
	}
}

func TestSplitFire(t *testing.T) {
	for _, test := range []struct {
		args              []string
		event, data, path string
	}{
		{[]string{"E"}, "E", "", ""},
		{[]string{"E", "p", "q"}, "E", "", "p|q"},
		{[]string{"E", `{"a":1}`, "p"}, "E", `{"a":1}`, "p"},
		{[]string{"E", `{"a":`}, "E", `{"a":`, ""}, // told apart as data and refused as such later
		{[]string{"E", `"text"`}, "E", `"text"`, ""},
		{[]string{"E", "-5", "p"}, "E", "-5", "p"},
		{[]string{"E", "true"}, "E", "true", ""},
		{[]string{"E", "null"}, "E", "null", ""},
		{[]string{"E", "tests"}, "E", "", "tests"},
		{[]string{"E", "2024/scripts"}, "E", "", "2024/scripts"},
		{[]string{"E", "", "p"}, "E", "", "|p"},
	} {
		flags, _ := testFlags()
		cmd, err := SplitFire(flags, test.args)
		if err != nil || cmd.Event != test.event || string(cmd.Data) != test.data || strings.Join(cmd.Paths, "|") != test.path || cmd.TimeoutMs != nil {
			t.Errorf("%q: %+v, %v", test.args, cmd, err)
		}
	}
	flags, _ := testFlags()
	if _, err := SplitFire(flags, nil); err == nil {
		t.Error("no event is taken")
	}
	if _, err := ParseMixed(flags, []string{"--timeout", "250ms"}); err != nil {
		t.Fatal(err)
	}
	if cmd, err := SplitFire(flags, []string{"E"}); err != nil || cmd.TimeoutMs == nil || *cmd.TimeoutMs != 250 {
		t.Errorf("%+v, %v", cmd, err)
	}
}

func TestPrintFlags(t *testing.T) {
	var out bytes.Buffer
	flags, _ := testFlags()
	PrintFlags(&out, flags)
	for _, want := range []string{"--apply functions|file|ask ", "--timeout DURATION ", "(default 5s)", "--main "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	PrintFlags(&out, flag.NewFlagSet("none", flag.ContinueOnError))
	if out.Len() != 0 {
		t.Errorf("a verb without flags prints %q", out.String())
	}
}
