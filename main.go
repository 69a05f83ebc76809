// Hotloop runs live scripting sessions in Go. This file holds the verbs of the
// command line, their flags and exit codes; what they do is in the packages.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"

	"hotloop/session"
	"hotloop/session/assistant"
	"hotloop/session/manual"
	"hotloop/session/middleware"
	"hotloop/tui"
)

// exitErrors: the work found errors. exitUsage: the command line, or what it names, is wrong.
const exitFine, exitErrors, exitUsage = 0, 1, 2

// options is what flags can set, of all verbs together.
type options struct {
	cfg    session.Config
	listen string
	state  string
	screen tui.Options
	keys   string
	plain  bool
	replay session.ReplayCommand
	asJSON bool
	addr   string
	parsed *flag.FlagSet
}

// verb is one word of the command line. run gets the arguments that are no
// flags; failed means exitErrors, an error is printed and means exitUsage.
type verb struct {
	name, args, about string
	flags             func(*options, *flag.FlagSet)
	run               func(ctx context.Context, o *options, args []string) (failed bool, err error)
}

var verbs []verb

func init() { // no literal, since help refers to the table
	verbs = []verb{
		{"run", "[PATH...]", "the terminal session; PATH defaults to the working directory", runFlags, run},
		{"serve", "[PATH...]", "the same without a screen: JSON-RPC 2.0, one message a line, on stdin and stdout", sessionFlags, serve},
		{"fire", "EVENT [JSON] [PATH...]", "fire once and print the result: into the running session of PATH, or a fresh one", fireFlags, fire},
		{"check", "[PATH...]", "type-check scripts as a session would; exit code 1 if there are errors", jsonFlag, check},
		{"replay", "RECORD [PATH...]", "fire a record's events at the current files; exit code 1 if anything behaves differently", replayFlags, replay},
		{"attach", "[PATH|SOCKET]", "the screen of a session that runs elsewhere: a hotloop of these scripts, or a program that has one in it", screenFlags, attach},
		{"http", "[PATH]", "serve a middleware plugin (CreateConfig and New, .traefik.yml) on this machine while it is edited", httpFlags, serveHTTP},
		{"mcp", "[PATH...]", "offer the running session of PATH, or a fresh one, to an assistant: Model Context Protocol on stdin and stdout", sessionFlags, mcp},
		{"version", "", "print the version", nil, func(context.Context, *options, []string) (bool, error) {
			fmt.Println("hotloop", session.Version)
			return false, nil
		}},
		{"completion", "bash|zsh|fish", "print what completes verbs and flags in a shell", nil, completion},
		{"man", "", "print the manual page: hotloop man | man -l -", nil, man},
		{"help", "[VERB]", "explain a verb", nil, help},
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == session.EngineVerb {
		os.Exit(session.RunEngine(os.Args[2:])) // the child process of a script
	}
	os.Exit(command(os.Args[1:]))
}

// command runs one command line and gives the exit code.
func command(args []string) int {
	v, args, _ := findVerb(args)
	o, flags := v.parser()
	args, err := session.ParseMixed(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		v.explain()
		return exitFine
	}
	if err = cmp.Or(err, o.cfg.Check()); err != nil {
		fmt.Fprintf(os.Stderr, "hotloop %s: %v (see hotloop help %s)\n", v.name, err, v.name)
		return exitUsage
	}
	o.cfg.NewEngine = func(ctx context.Context, script string) (session.Engine, error) {
		return session.NewProcess(ctx, session.ProcessConfig{Script: script, Memory: o.cfg.Memory, Sandbox: o.cfg.Sandbox})
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader that went away is an error of the write
	failed, err := v.run(ctx, o, args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "hotloop: %v\n", err)
		return exitUsage
	}
	if failed {
		return exitErrors
	}
	return exitFine
}

// findVerb takes the verb off the arguments; run goes without saying.
func findVerb(args []string) (v verb, rest []string, named bool) {
	for _, v := range verbs {
		if len(args) > 0 && (args[0] == v.name || v.name == "version" && args[0] == "--version") {
			return v, args[1:], true
		}
	}
	return verbs[0], args, false
}

func (v verb) parser() (*options, *flag.FlagSet) {
	flags := flag.NewFlagSet(v.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // command prints what is wrong itself
	o := &options{parsed: flags}
	if v.flags != nil {
		v.flags(o, flags)
	}
	return o, flags
}

func sessionFlags(o *options, f *flag.FlagSet) {
	o.cfg.AddFlags(f)
	f.StringVar(&o.state, "state", "", "`DIR|off`: keep the history of the project below this directory, if not in the usual place")
	f.StringVar(&o.listen, "listen", "off", "answer other programs: `on|off|SOCKET`; hotloop fire finds the one of on by itself")
}

func runFlags(o *options, f *flag.FlagSet) {
	sessionFlags(o, f)
	f.Lookup("listen").DefValue, o.listen = "on", "on"
	screenFlags(o, f)
}

func screenFlags(o *options, f *flag.FlagSet) {
	f.StringVar(&o.screen.Theme, "theme", "", "colours: `auto|dark|light|none`; as the terminal says if not given")
	f.BoolVar(&o.screen.NoMouse, "no-mouse", false, "leave the mouse to the terminal")
	f.BoolVar(&o.plain, "plain", false, "print lines instead of drawing a screen, for screen readers and pipes")
	f.BoolVar(&o.screen.NoNotify, "no-notify", false, "tell the terminal nothing while its window is in the background")
	f.StringVar(&o.keys, "keys", "", "`file` with keys of your own, if not hotloop/keys in the configuration directory")
}

func fireFlags(o *options, f *flag.FlagSet) { o.cfg.AddFlags(f); jsonFlag(o, f) }

func jsonFlag(o *options, f *flag.FlagSet) { f.BoolVar(&o.asJSON, "json", false, "print JSON") }

func replayFlags(o *options, f *flag.FlagSet) {
	fireFlags(o, f)
	o.cfg.Sandbox = session.HasSandbox
	f.Lookup("sandbox").DefValue = fmt.Sprint(session.HasSandbox)
	f.StringVar(&o.replay.Against, "against", "", "compare with other code in place of the record: a `DIR|REV` of git")
	f.StringVar(&o.replay.JUnit, "junit", "", "write the outcome to `file` as JUnit XML, too")
	f.BoolVar(&o.replay.Update, "update", false, "make what the events come to now what the record expects")
	f.Uint64Var(&o.replay.From, "from", 0, "leave out events before this `number` of the record")
	f.Uint64Var(&o.replay.To, "to", 0, "leave out events after this `number` of the record")
}

// keepState says where a session keeps its history. Where there is no place for
// one, it keeps none.
func (o *options) keepState() {
	switch o.state {
	case "off":
	case "":
		o.cfg.State, _ = session.UserState()
	default:
		o.cfg.State = o.state
	}
}

func run(ctx context.Context, o *options, paths []string) (failed bool, err error) {
	if !o.plain && !interactive() {
		if err := session.Look(paths); err != nil {
			return false, err // the more useful thing to say
		}
		return false, errors.New("run needs a terminal on stdin and stdout; without one use --plain, hotloop serve, fire or check")
	}
	if err = o.prepare(); err != nil {
		return false, err
	}
	o.cfg.Paths, o.cfg.Background = paths, !o.plain
	o.keepState()
	s, ctx, end, err := session.Start(ctx, o.cfg, o.listen)
	if err != nil {
		return false, err
	}
	defer func() { err = cmp.Or(err, end()) }()
	return false, o.show(ctx, s, title(paths))
}

func interactive() bool {
	return term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) && os.Getenv("TERM") != "dumb"
}

// prepare reads what the screen is told by flags and files.
func (o *options) prepare() (err error) {
	if o.screen.Keys, err = tui.ReadKeys(o.keys); err != nil {
		return err
	}
	return o.screen.Check()
}

// show shows a session on the screen, or as lines.
func (o *options) show(ctx context.Context, s tui.Session, title string) error {
	if o.screen.Dir == "" {
		o.screen.Dir, _ = os.Getwd()
	}
	o.screen.Title = title
	o.screen.Editor = cmp.Or(strings.TrimSpace(os.Getenv("VISUAL")), strings.TrimSpace(os.Getenv("EDITOR")))
	if o.plain {
		return tui.Plain(ctx, s, o.screen, os.Stdin, os.Stdout)
	}
	return tui.Run(ctx, s, o.screen)
}

func serve(ctx context.Context, o *options, paths []string) (failed bool, err error) {
	o.cfg.Paths = paths
	o.keepState()
	s, ctx, end, err := session.Start(ctx, o.cfg, o.listen)
	if err != nil {
		return false, err
	}
	defer func() { err = cmp.Or(err, end()) }()
	go session.PrintNotices(ctx, s, os.Stderr)
	return false, session.Serve(ctx, s, os.Stdin, os.Stdout)
}

func fire(ctx context.Context, o *options, args []string) (bool, error) {
	cmd, err := session.SplitFire(o.parsed, args)
	if err != nil {
		return false, fmt.Errorf("%w (see hotloop help fire)", err)
	}
	cmd.JSON = o.asJSON
	return session.FireOnce(ctx, o.cfg, cmd, os.Stdout, os.Stderr)
}

func httpFlags(o *options, f *flag.FlagSet) {
	runFlags(o, f)
	f.StringVar(&o.addr, "addr", "localhost:8080", "`address` of this machine to serve on; port 0 for any")
}

// serveHTTP runs the plugin in this process, where its handlers are called.
func serveHTTP(ctx context.Context, o *options, paths []string) (failed bool, err error) {
	if len(paths) > 1 {
		return false, errors.New("http serves one plugin")
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	o.parsed.Visit(func(f *flag.Flag) {
		if f.Name == "sandbox" || f.Name == "memory" {
			err = fmt.Errorf("--%s is for processes of scripts; http runs the plugin in its own", f.Name)
		}
	})
	if err = cmp.Or(err, o.prepare()); err != nil {
		return false, err
	}
	o.cfg.NewEngine, o.cfg.Paths = nil, paths
	o.keepState()
	s, ctx, end, err := session.Start(ctx, o.cfg, o.listen)
	if err != nil {
		return false, err
	}
	defer func() { err = cmp.Or(err, end()) }()
	return false, middleware.Run(ctx, s, paths[0], o.addr, func(ctx context.Context, h *middleware.Host, base string) error {
		if o.plain || !interactive() {
			return middleware.Console(ctx, h, base, os.Stdin, os.Stdout)
		}
		return o.show(ctx, s, title(paths)+" on "+base)
	})
}

func attach(ctx context.Context, o *options, args []string) (failed bool, err error) {
	if len(args) > 1 {
		return false, errors.New("attach takes one path or socket")
	}
	if !o.plain && !interactive() {
		return false, errors.New("attach needs a terminal on stdin and stdout; without one use --plain")
	}
	if err = o.prepare(); err != nil {
		return false, err
	}
	at := strings.Join(args, "")
	r, err := session.Attach(ctx, at)
	if err != nil {
		return false, err
	}
	defer r.Close()
	o.screen.Dir = r.Dir()
	return false, o.show(ctx, r, cmp.Or(at, title(nil)))
}

func mcp(ctx context.Context, o *options, paths []string) (failed bool, err error) {
	if len(paths) < 2 {
		if r, err := session.Attach(ctx, strings.Join(paths, "")); err == nil {
			defer r.Close()
			return false, assistant.Serve(ctx, r)
		}
	}
	o.cfg.Paths = paths
	o.keepState()
	s, ctx, end, err := session.Start(ctx, o.cfg, o.listen)
	if err != nil {
		return false, err
	}
	defer func() { err = cmp.Or(err, end()) }()
	go session.PrintNotices(ctx, s, os.Stderr)
	return false, assistant.Serve(ctx, s)
}

func check(_ context.Context, o *options, paths []string) (bool, error) {
	return session.PrintCheck(paths, o.asJSON, os.Stdout)
}

func replay(ctx context.Context, o *options, args []string) (bool, error) {
	if len(args) == 0 {
		return false, errors.New("replay needs a record (see hotloop help replay)")
	}
	o.cfg.Paths = args[1:]
	o.replay.Record, o.replay.JSON = args[0], o.asJSON
	return session.PrintReplay(ctx, o.cfg, o.replay, os.Stdout, os.Stderr)
}

func help(_ context.Context, _ *options, args []string) (bool, error) {
	if v, _, named := findVerb(args); named {
		v.explain()
		return false, nil
	}
	if len(args) > 0 {
		return false, fmt.Errorf("no verb %q (see hotloop help)", args[0])
	}
	for _, v := range verbs {
		fmt.Printf("hotloop %-28s %s\n", v.name+" "+v.args, v.about)
	}
	fmt.Println("\nhotloop help VERB lists the flags of a verb. Without a verb, hotloop runs a session: hotloop samples")
	return false, nil
}

func manualTable() (table []manual.Verb) {
	for _, v := range verbs {
		_, flags := v.parser()
		table = append(table, manual.Verb{Name: v.name, Args: v.args, About: v.about, Flags: flags})
	}
	return table
}

func completion(_ context.Context, _ *options, args []string) (bool, error) {
	text, err := manual.Completion(strings.Join(args, " "), manualTable())
	fmt.Print(text)
	return false, err
}

func man(context.Context, *options, []string) (bool, error) {
	fmt.Print(manual.Man(session.Version, "live scripting sessions in Go", manualTable()))
	return false, nil
}

func (v verb) explain() {
	_, flags := v.parser()
	fmt.Printf("usage: hotloop %s [flags] %s\n\n%s\n", v.name, v.args, v.about)
	session.PrintFlags(os.Stdout, flags)
}

// title names a session by what it was pointed at.
func title(paths []string) string {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	names := make([]string, len(paths))
	for i, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			abs = p
		}
		names[i] = filepath.Base(abs)
	}
	return strings.Join(names, " ")
}
