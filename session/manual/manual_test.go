package manual

import (
	"flag"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func table() []Verb {
	run := flag.NewFlagSet("run", flag.ContinueOnError)
	run.String("apply", "functions", "what a save does: `functions|file|ask`")
	run.String("listen", "on", "where: `on|off|SOCKET`")
	run.Bool("plain", false, "it's plain")
	return []Verb{
		{"run", "[PATH...]", "the session", run},
		{"check", "[PATH...]", "find errors", flag.NewFlagSet("check", flag.ContinueOnError)},
	}
}

// complete asks a bash that has read the script for the words it offers.
func complete(t *testing.T, words ...string) []string {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	script, err := Completion("bash", table())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, "--norc", "-c", script+`
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_hotloop
printf '%s\n' "${COMPREPLY[@]}"`, "bash", "hotloop")
	cmd.Args = append(cmd.Args, words...)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.Fields(string(out))
}

func TestBash(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"", "run check --apply --listen --plain"}, // run goes without saying
		{"c", "check"},
		{"run --", "--apply --listen --plain"},
		{"run --apply ", "functions file ask"},
		{"run --listen o", "on off"},
		{"check --", ""},
	} {
		got := complete(t, strings.Split(c.line, " ")...)
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%q gives %v, want %s", c.line, got, c.want)
		}
	}
}

func TestOtherShells(t *testing.T) {
	text, err := Completion("fish", table())
	if err != nil || !strings.Contains(text, `-l plain -d 'it\'s plain'`) || !strings.Contains(text, "-x -a 'functions file ask'") {
		t.Errorf("%v\n%s", err, text)
	}
	if text, err := Completion("zsh", table()); err != nil || !strings.HasPrefix(text, "#compdef hotloop\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if _, err := Completion("csh", table()); err == nil {
		t.Error("csh was taken")
	}
}

func TestMan(t *testing.T) {
	text := Man("1.2", "live scripts", table())
	for _, want := range []string{".SH NAME\nhotloop \\- live scripts\n", ".SS check [PATH...]\nfind errors.\n", ".B \\-\\-apply \\fIfunctions|file|ask\\fP", "(functions)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
