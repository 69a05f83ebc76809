package session

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// EngineVerb is the hidden first argument with which a program that uses
// NewProcess must call RunEngine.
const EngineVerb = "engine"

// maxScriptStack ends runaway recursion within about a second and long before
// the machine's memory is gone. Go's own limit is 1 GB.
const maxScriptStack = 256 << 20

// RunEngine is the child process of one script: it serves the wire on the file
// descriptors it was started with until the session lets go of it, and returns
// the exit code. It takes over the whole process; main calls it before
// anything else when the first argument is EngineVerb.
func RunEngine(args []string) int { return runEngine(args, loadLive) }

func runEngine(args []string, load loadFunc) int {
	flags := flag.NewFlagSet(EngineVerb, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	script := flags.String("script", "", "name of the script, for those who list processes")
	memory := flags.Int64("memory", 0, "bound in bytes")
	sandbox := flags.Bool("sandbox", false, "take files, processes and network from the script")
	if err := flags.Parse(args); err != nil {
		fmt.Fprintln(os.Stderr, "hotloop engine:", err)
		return 2
	}
	in, out, err := wireFiles()
	if err != nil {
		fmt.Fprintf(os.Stderr, "hotloop engine: %s: this verb is for hotloop itself: %v\n", *script, err)
		return 2
	}
	takeTolerance()
	debug.SetMaxStack(maxScriptStack)
	host := newWireHost(in, out, load, os.Exit)
	if *memory > 0 {
		boundMemory(*memory)
		go watchMemory(*memory, func() {
			host.quit(exitMessage{Reason: memoryReason(*memory)}, 3)
		})
	}
	if *sandbox {
		if err := enterSandbox(); err != nil {
			host.quit(exitMessage{Reason: err.Error()}, 3)
		}
	}
	if err := host.serve(helloMessage{Wire: wireVersion, PID: os.Getpid()}); err != nil {
		fmt.Fprintln(os.Stderr, "hotloop engine:", err)
		return 3
	}
	return 0
}

func memoryReason(limit int64) string {
	return fmt.Sprintf("memory limit exceeded (%s)", formatSize(limit))
}

// boundMemory makes the collector work harder near the limit and has the
// system refuse what is far beyond it, so that one huge allocation fails at
// once. The runtime's own needs are on top.
func boundMemory(limit int64) {
	const runtimeNeeds = 256 << 20
	debug.SetMemoryLimit(limit / 10 * 9)
	limitData(limit + runtimeNeeds)
}

// watchMemory calls over once the process uses more than limit bytes. It looks
// ten times a second, and a hundred times when half of the limit is in use.
func watchMemory(limit int64, over func()) {
	sample := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	for {
		metrics.Read(sample)
		used := int64(sample[0].Value.Uint64() - sample[1].Value.Uint64())
		if used > limit {
			over()
			return
		}
		if used > limit/2 {
			time.Sleep(10 * time.Millisecond)
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// formatSize gives a number of bytes in the largest unit that divides it.
func formatSize(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n >= 1024 && n%1024 == 0 && i < len(units)-1 {
		n /= 1024
		i++
	}
	return fmt.Sprintf("%d %s", n, units[i])
}
