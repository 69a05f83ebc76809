package session

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"hotloop/interp"
)

// The tests of this file start their own program as the child, mostly with a
// script in native code in the place of an interpreted one: what they test is
// the process around it.
func init() {
	if len(os.Args) > 1 && os.Args[1] == EngineVerb {
		load := loadLive
		if os.Getenv(nativeScript) != "" {
			load = loadNative
		}
		os.Exit(runEngine(os.Args[2:], load))
	}
	if len(os.Args) > 1 && os.Args[1] == parentVerb {
		beParent()
	}
}

const (
	nativeScript = "HOTLOOP_TEST_NATIVE_SCRIPT"
	parentVerb   = "parent-of-an-engine"
)

// native is a script whose handlers are Go code of the test.
type native struct {
	hooks liveHooks
	mu    sync.Mutex
	src   interp.Source
	stops map[int]context.CancelFunc
	next  int
}

func loadNative(src interp.Source, base interp.Baseline, hooks liveHooks) (live, interp.Outcome) {
	if strings.Contains(src.Files[0].Text, "syntax error") {
		return nil, interp.Outcome{Report: interp.Report{Status: interp.StatusRefused}}
	}
	n := &native{hooks: hooks, src: src, stops: map[int]context.CancelFunc{}}
	return n, n.outcome(interp.StatusLive)
}

func (n *native) outcome(status interp.Status) interp.Outcome {
	return interp.Outcome{
		Report:   interp.Report{Script: n.src.Name, Status: status},
		Units:    interp.AllUnits([]interp.Unit{{Key: "func Overflow", Kind: interp.KindFunc, Name: "Overflow", File: "door.go", Line: 12, Version: len(n.src.Files[0].Text)}}),
		Versions: interp.Baseline{"func Overflow": {Fingerprint: n.src.Files[0].Text, Version: 1}},
	}
}

func (n *native) Apply(src interp.Source, planOnly bool) interp.Outcome {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !planOnly {
		n.src = src
	}
	return n.outcome(interp.StatusLive)
}

func (n *native) Close() {}

func (n *native) Stop() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, stop := range n.stops {
		stop()
	}
	return len(n.stops)
}

func (n *native) State() []interp.Var {
	return []interp.Var{{Name: "source", Type: "string", Text: n.src.Files[0].Text, Value: n.src.Files[0].Text}}
}

func (n *native) Set(ctx context.Context, name, expr string) (before, after interp.Value, fail *interp.CallError) {
	return interp.Value{Text: name}, interp.Value{Text: expr, Value: 1 << 60}, nil
}

func (n *native) Eval(ctx context.Context, code string) (interp.Value, *interp.CallError) {
	switch code {
	case "pid":
		return interp.Value{Type: "int", Text: strconv.Itoa(os.Getpid())}, nil
	case "panic":
		panic("a fault of the engine")
	case "unencodable":
		return interp.Value{Text: "chan", Value: make(chan int)}, nil
	}
	return interp.Value{}, &interp.CallError{Kind: interp.ErrError, Message: "undefined: " + code}
}

// overflow runs out of stack. That nothing ends it is the point; the condition
// only keeps this from everybody who looks for such mistakes.
func overflow(n int) int {
	if n < 0 {
		return n
	}
	return overflow(n+1) + 1
}

func (n *native) Call(ctx context.Context, req interp.CallRequest) interp.Call {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	n.mu.Lock()
	n.next++
	id := n.next
	n.stops[id] = stop
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		delete(n.stops, id)
		n.mu.Unlock()
	}()
	call := interp.Call{Script: "door", Function: req.Function, Version: 1}
	switch req.Function {
	case "Echo":
		call.Returns = []interp.Value{{Type: "string", Text: string(req.Data), Value: json.RawMessage(req.Data)}}
	case "Block":
		<-ctx.Done()
		call.Error = &interp.CallError{Kind: interp.ErrStopped, Message: "stopped"}
	case "Deaf":
		select {}
	case "Exit":
		fmt.Fprintln(os.Stderr, "goodbye")
		n.hooks.Exit(7)
	case "Overflow":
		fmt.Fprintln(os.Stderr, overflow(0))
	case "Race":
		m := map[int]int{}
		for range 4 {
			go func() {
				for i := 0; ; i++ {
					m[i%10] = i
				}
			}()
		}
		select {}
	case "Panic":
		fmt.Fprintln(os.Stderr, "door.go/v3.go:12:2: panic: main.inner(...)\ndoor.go/v1.go:30:7: panic: main.(*Lock).Try(...)")
		go panic("index out of range")
		select {}
	case "Notice":
		for i := range 1000 {
			n.hooks.Notice(interp.Notice{Stream: "stdout", Text: fmt.Sprintln("line", i)})
		}
		n.hooks.Notice(interp.Notice{Panic: &interp.CallError{Kind: interp.ErrPanic, Message: "in a goroutine"}})
	case "Escape":
		fmt.Fprint(os.Stdout, "to stdout\n")
		fmt.Fprint(os.Stderr, "to stderr, no newline")
		fmt.Fprint(os.Stderr, "\npanic: this is only output\nand so is this\n")
	case "Stdin":
		b, err := io.ReadAll(os.Stdin)
		call.Output = fmt.Sprintf("%q %v", b, err)
	case "Grow":
		var hold [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			hold = append(hold, b)
			runtime.KeepAlive(hold)
		}
	case "Huge":
		hold := make([]byte, 1<<40)
		hold[len(hold)-1] = 1
		runtime.KeepAlive(hold)
	case "Orphan":
		// A process of the script's own that would keep its streams open.
		cmd := exec.Command("sleep", "600")
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			call.Error = &interp.CallError{Message: err.Error()}
		} else {
			call.Output = strconv.Itoa(cmd.Process.Pid)
		}
	}
	return call
}
