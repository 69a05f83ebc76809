// Package manual writes what can be told from a command line's table of verbs:
// completions for shells, and a manual page.
package manual

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// Verb is one word of the command line.
type Verb struct {
	Name, Args, About string
	Flags             *flag.FlagSet // never nil
}

// Shells are what Completion knows.
var Shells = []string{"bash", "zsh", "fish"}

// Completion gives the script that completes verbs, flags and the words that a
// flag takes in a shell; files are completed everywhere else.
func Completion(shell string, verbs []Verb) (string, error) {
	switch shell {
	case "bash":
		return bash(verbs), nil
	case "zsh":
		// What bash takes is taken as it is.
		return "#compdef hotloop\nautoload -U +X bashcompinit && bashcompinit\n" + bash(verbs), nil
	case "fish":
		return fish(verbs), nil
	}
	return "", fmt.Errorf("no completion for %q, only for %s", shell, strings.Join(Shells, ", "))
}

func bash(verbs []Verb) string {
	var b strings.Builder
	b.WriteString("_hotloop() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=" + verbs[0].Name + " words=\n")
	fmt.Fprintf(&b, "\tcase ${COMP_WORDS[1]} in %s) verb=${COMP_WORDS[1]};; esac\n", strings.Join(names(verbs), "|"))
	fmt.Fprintf(&b, "\tif [ \"$COMP_CWORD\" = 1 ]; then words='%s'; fi\n", strings.Join(names(verbs), " "))
	b.WriteString("\tcase $verb$prev in\n")
	for _, v := range verbs {
		for _, f := range flags(v) {
			if f.words != nil {
				fmt.Fprintf(&b, "\t%s--%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return;;\n", v.Name, f.name, strings.Join(f.words, " "))
			}
		}
	}
	b.WriteString("\tesac\n\tcase $verb in\n")
	for _, v := range verbs {
		var list []string
		for _, f := range flags(v) {
			list = append(list, "--"+f.name)
		}
		if len(list) > 0 {
			fmt.Fprintf(&b, "\t%s) words=\"$words %s\";;\n", v.Name, strings.Join(list, " "))
		}
	}
	b.WriteString("\tesac\n\tif [ \"$cur\" = \"${cur#-}\" ]; then COMPREPLY=($(compgen -f -W \"$words\" -- \"$cur\")); else COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); fi\n}\n")
	b.WriteString("complete -o filenames -F _hotloop hotloop\n")
	return b.String()
}

func fish(verbs []Verb) string {
	var b strings.Builder
	for _, v := range verbs {
		fmt.Fprintf(&b, "complete -c hotloop -n __fish_use_subcommand -a %s -d %s\n", v.Name, quote(v.About))
		for _, f := range flags(v) {
			fmt.Fprintf(&b, "complete -c hotloop -n '__fish_seen_subcommand_from %s' -l %s -d %s", v.Name, f.name, quote(f.about))
			switch {
			case f.words != nil:
				fmt.Fprintf(&b, " -x -a %s", quote(strings.Join(f.words, " ")))
			case f.value != "":
				b.WriteString(" -r")
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }

// Man gives the manual page, for man(1).
func Man(version, about string, verbs []Verb) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH HOTLOOP 1 \"\" \"hotloop %s\"\n.SH NAME\nhotloop \\- %s\n.SH SYNOPSIS\n", roff(version), roff(about))
	for _, v := range verbs {
		fmt.Fprintf(&b, ".B hotloop %s\n%s\n.br\n", v.Name, roff(v.Args))
	}
	b.WriteString(".SH VERBS\n")
	for _, v := range verbs {
		fmt.Fprintf(&b, ".SS %s %s\n%s.\n", v.Name, roff(v.Args), roff(v.About))
		for _, f := range flags(v) {
			fmt.Fprintf(&b, ".TP\n.B \\-\\-%s", roff(f.name))
			if f.value != "" {
				fmt.Fprintf(&b, " \\fI%s\\fP", roff(f.value))
			}
			fmt.Fprintf(&b, "\n%s", roff(f.about))
			if f.normal != "" {
				fmt.Fprintf(&b, " (%s)", roff(f.normal))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString(".SH EXIT STATUS\n0 when all is well, 1 when the work found errors, 2 when the command line is wrong.\n")
	return b.String()
}

// roff escapes a text.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func names(verbs []Verb) []string {
	var out []string
	for _, v := range verbs {
		out = append(out, v.Name)
	}
	return out
}

// option is a flag as a person reads it. words are all values it may have, where
// these are few.
type option struct {
	name, value, about, normal string
	words                      []string
}

func flags(v Verb) []option {
	var out []option
	v.Flags.VisitAll(func(f *flag.Flag) {
		value, about := flag.UnquoteUsage(f)
		o := option{name: f.Name, value: value, about: about}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
			o.normal = f.DefValue
		}
		// A value in capitals is any, one in small letters is that word.
		if words := strings.Split(value, "|"); len(words) > 1 {
			o.words = slices.DeleteFunc(words, func(w string) bool { return w == strings.ToUpper(w) })
		}
		out = append(out, o)
	})
	return out
}
