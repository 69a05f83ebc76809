package terminal

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// Process is a process that something in the terminal started.
type Process struct {
	PID     int
	Command string // with its arguments, as ps shows them
	parent  int
}

func (p Process) String() string { return fmt.Sprintf("%d %s", p.PID, p.Command) }

// Processes lists what the shell started and what that started, parents before
// their children.
func (term *Terminal) Processes() []Process {
	term.t.Helper()
	all, err := processes()
	if err != nil {
		term.t.Error(err)
	}
	family := []int{term.shell}
	var found []Process
	for i := 0; i < len(family); i++ {
		for _, p := range all {
			if p.parent == family[i] {
				family = append(family, p.PID)
				found = append(found, p)
			}
		}
	}
	return found
}

// Process waits for a process below the shell that has text in its command
// line, and gives the first.
func (term *Terminal) Process(text string) Process {
	term.t.Helper()
	var found Process
	term.until(func() bool {
		for _, p := range term.Processes() {
			if strings.Contains(p.Command, text) {
				found = p
				return true
			}
		}
		return false
	}, func() string { return "no such process: " + text })
	return found
}

// ExpectNoProcesses waits until nothing that the shell started is left. What
// once had another parent is found too: the processes of before are looked for
// by their ids.
func (term *Terminal) ExpectNoProcesses(before []Process) {
	term.t.Helper()
	var left []Process
	term.until(func() bool {
		left = append(alive(before), term.Processes()...)
		return len(left) == 0
	}, func() string { return fmt.Sprintf("still running: %v", left) })
}

// alive is those of before that still run. A process that only waits for its
// parent to take note of its end does not count.
func alive(before []Process) []Process {
	all, err := processes()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(before), func(old Process) bool {
		return !slices.ContainsFunc(all, func(p Process) bool { return p.PID == old.PID && p.Command == old.Command })
	})
}

// processes lists all processes of the machine that run.
func processes() ([]Process, error) {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,args=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	var all []Process
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || strings.HasPrefix(fields[2], "Z") {
			continue
		}
		pid, err1 := strconv.Atoi(fields[0])
		parent, err2 := strconv.Atoi(fields[1])
		if err1 == nil && err2 == nil {
			all = append(all, Process{PID: pid, parent: parent, Command: strings.Join(fields[3:], " ")})
		}
	}
	return all, nil
}
