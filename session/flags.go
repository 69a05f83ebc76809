package session

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// DefaultTimeout is how long an event may take when nothing else is said.
const DefaultTimeout = 5 * time.Second

// AddFlags makes the flags of a session set the fields of c. What they leave
// alone keeps the value that AddFlags gives it.
func (c *Config) AddFlags(flags *flag.FlagSet) {
	c.Apply = ApplyFunctions
	c.Memory = defaultMemory()
	flags.Var((*applyFlag)(&c.Apply), "apply", "what a save does, `functions|file|ask`: patch what changed, evaluate the whole script anew, or ask first")
	flags.DurationVar(&c.Timeout, "timeout", DefaultTimeout, "`duration` an event may take; 0 for no end")
	flags.DurationVar(&c.Settle, "settle", 0, "`duration` without further changes before a save is taken, if not the usual one")
	flags.DurationVar(&c.Poll, "poll", 0, "look for changes every `duration` instead of asking the system for events")
	flags.StringVar(&c.Record, "record", "", "`file` to append events, reports and crashes to")
	flags.StringVar(&c.Events, "events", "", "`file` of events ready to fire, beside those next to the scripts")
	flags.Var((*sizeFlag)(&c.Memory), "memory", "`size` of memory that one script's process may use, such as 512MiB; 0 for no bound")
	flags.BoolVar(&c.Sandbox, "sandbox", false, "let scripts neither write files, start processes, use the network nor see the environment")
	flags.BoolVar(&c.Main, "main", false, "fire main when a script is loaded")
}

// Check says what is wrong with the values together.
func (c *Config) Check() error {
	for name, d := range map[string]time.Duration{"timeout": c.Timeout, "settle": c.Settle, "poll": c.Poll} {
		if d < 0 {
			return fmt.Errorf("--%s must not be negative", name)
		}
	}
	return nil
}

// defaultMemory is half of what the machine has, so that a script that eats
// memory ends before the machine suffers; 0, no bound, where that is not known.
func defaultMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "MemTotal:" {
			kib, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				return 0
			}
			const step = 256 << 20 // a round number to show
			return max(kib<<10/2/step, 1) * step
		}
	}
	return 0
}

type applyFlag ApplyMode

func (f *applyFlag) String() string { return string(*f) }

func (f *applyFlag) Set(s string) error {
	switch m := ApplyMode(s); m {
	case ApplyFunctions, ApplyFile, ApplyAsk:
		*f = applyFlag(m)
		return nil
	}
	return errors.New("want functions, file or ask")
}

// sizeFlag is a number of bytes with an optional unit; K, KB and KiB are all
// 1024 bytes, and so on.
type sizeFlag int64

func (f *sizeFlag) String() string { return formatSize(int64(*f)) }

func (f *sizeFlag) Set(s string) error {
	number := strings.TrimRight(s, "kKmMgGtTiIbB ")
	unit := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(strings.TrimSpace(s[len(number):])), "b"), "i")
	shift, ok := map[string]int{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if size := n * float64(int64(1)<<shift); !ok || err != nil || !(size >= 0 && size <= 1<<60) {
		return errors.New("want a size such as 512MiB")
	}
	*f = sizeFlag(n * float64(int64(1)<<shift))
	return nil
}

// ParseMixed parses flags that may stand before, between and after other
// arguments, and gives those others. After "--" nothing is a flag, and neither
// is what begins like a negative number.
func ParseMixed(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		switch {
		case arg == "--":
			return append(rest, args[1:]...), nil
		case len(arg) < 2 || arg[0] != '-' || arg[1] >= '0' && arg[1] <= '9':
			rest = append(rest, arg)
			args = args[1:]
			continue
		}
		n := 1
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch f := flags.Lookup(name); {
		case f == nil && (name == "h" || name == "help"):
			return nil, flag.ErrHelp
		case f == nil:
			return nil, unknownFlag(flags, name)
		case !hasValue && !isBool(f):
			if n = 2; len(args) < n {
				return nil, fmt.Errorf("--%s needs a value", name)
			}
		}
		if err := flags.Parse(args[:n]); err != nil {
			return nil, errors.New(strings.Replace(err.Error(), "flag -", "flag --", 1))
		}
		args = args[n:]
	}
	return rest, nil
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func unknownFlag(flags *flag.FlagSet, name string) error {
	var all []string
	flags.VisitAll(func(f *flag.Flag) { all = append(all, f.Name) })
	if near := nearest(name, all); len(near) > 0 {
		return fmt.Errorf("no flag --%s; did you mean --%s?", name, strings.Join(near, " or --"))
	}
	return fmt.Errorf("no flag --%s", name)
}

// SplitFire takes the arguments of the verb fire apart: EVENT [JSON] [PATH...].
// What follows the event is data when it begins like JSON. flags are those the
// arguments were parsed with.
func SplitFire(flags *flag.FlagSet, args []string) (cmd FireCommand, err error) {
	if len(args) == 0 {
		return cmd, errors.New("fire needs an event")
	}
	cmd.Event, args = args[0], args[1:]
	if len(args) > 0 && looksLikeJSON(args[0]) {
		cmd.Data, args = json.RawMessage(args[0]), args[1:]
	}
	cmd.Paths = args
	flags.Visit(func(f *flag.Flag) {
		if g, ok := f.Value.(flag.Getter); ok && f.Name == "timeout" {
			ms := g.Get().(time.Duration).Milliseconds()
			cmd.TimeoutMs = &ms // said for this event, whatever the session has
		}
	})
	return cmd, nil
}

// looksLikeJSON goes by the first byte. A path may begin with a digit or a
// letter too, so there the whole must be JSON.
func looksLikeJSON(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '{', '[', '"':
		return true
	}
	return json.Valid([]byte(s))
}

// PrintFlags lists flags as a person types them.
func PrintFlags(w io.Writer, flags *flag.FlagSet) {
	first := true
	flags.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Fprint(w, "\nflags:\n")
			first = false
		}
		value, usage := flag.UnquoteUsage(f)
		left := "--" + f.Name
		if value != "" {
			left += " " + strings.ToUpper(value)
			if strings.Contains(value, "|") {
				left = "--" + f.Name + " " + value
			}
		}
		fmt.Fprintf(w, "  %-30s %s", left, usage)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0s" && f.DefValue != "off" {
			fmt.Fprintf(w, " (default %s)", f.DefValue)
		}
		fmt.Fprintln(w)
	})
}
