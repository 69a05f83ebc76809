package session

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	soakFor      = flag.Duration("soak", 2*time.Second, "how long TestBinary/soak goes on")
	soakRestarts = flag.Int("restarts", 25, "how often TestBinary/restarts restarts a script")
)

// belongings is what a session has open: descriptors and child processes.
func belongings(t *testing.T, pid int) (descriptors int, engines []string) {
	t.Helper()
	fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(fds), children(t, pid)
}

// testRestarts starts a script over many times, in every way there is, and looks
// what is left of it.
func testRestarts(t *testing.T, bin string) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"boom.go": boom})
	pid := s.cmd.Process.Pid
	restart := func(n int) {
		for i := range n {
			switch i % 3 {
			case 0:
				s.do(s.ask("session.reload", `{"script":"boom","mode":"file"}`, &struct{}{}))
			default:
				s.do(s.ask("session.restart", `{"script":"boom"}`, &struct{}{}))
			}
			s.notes = nil
		}
	}
	restart(5)
	waitUntil(t, "one process is left", func() bool { _, engines := belongings(t, pid); return len(engines) == 1 })
	before, _ := belongings(t, pid)
	restart(*soakRestarts)
	waitUntil(t, "what the old processes had open is closed", func() bool {
		after, engines := belongings(t, pid)
		return len(engines) == 1 && after <= before
	})
	if mib := residentMiB(t, pid); mib > 200 {
		t.Errorf("the session takes %d MiB", mib)
	}
	_, engines := belongings(t, pid)
	s.in.Close()
	s.cmd.Wait()
	waitUntil(t, "the script's process is gone", func() bool { return dead(engines[0]) })
}

const soaked = `package soaked

import (
	"os"
	"time"
)

var n int

func Count() int { n++; return n }
func Loop()      { for { } }
func Wait()      { time.Sleep(time.Hour) }
func Panic()     { panic("soaked") }
func Go()        { go func() { panic("soaked") }() }
func Exit()      { os.Exit(3) }
func Print()     { println("soaked") }

func Value() int { return %d }
`

// testSoak does everything at once, from several clients, and looks afterwards
// whether anything is wrong or missing.
func testSoak(t *testing.T, bin string) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Parallel()
	dir, err := os.MkdirTemp("", "hlsoak") // short, for the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, record := filepath.Join(dir, "s"), filepath.Join(dir, "record")
	s := serveFiles(t, bin, map[string]string{"soaked.go": fmt.Sprintf(soaked, 0)}, "--listen", socket, "--record", record, "--timeout", "100ms")
	s.until("Value", "0")
	pid := s.cmd.Process.Pid
	descriptors, _ := belongings(t, pid)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ctx, cancel := context.WithTimeout(context.Background(), *soakFor)
	defer cancel()
	var fired atomic.Int64
	var busy sync.WaitGroup
	for i := range 3 {
		busy.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			c, err := Dial(context.Background(), socket)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			events := []string{"Count", "Count", "Count", "Print", "Print", "Value", "Loop", "Wait", "Panic", "Go", "Exit"}
			for ctx.Err() == nil {
				method, params := "session.fire", map[string]any{"event": events[r.IntN(len(events))]}
				switch r.IntN(40) {
				case 0:
					method, params = "session.restart", map[string]any{"script": "soaked"}
				case 1:
					method, params = "session.reload", map[string]any{"script": "soaked", "mode": "file"}
				case 2, 3, 4:
					method, params = "session.stop", map[string]any{"script": "soaked"}
				case 5:
					method, params = "session.state", map[string]any{"script": "soaked"}
				case 6:
					method, params = "session.replay", map[string]any{"script": "soaked", "to": 20}
				}
				var result struct{ Calls []json.RawMessage }
				err := c.Call(context.Background(), method, params, &result)
				if err == nil && len(result.Calls) > 0 {
					fired.Add(1)
				}
				// A file that is cut off may lack the handler, or name the script otherwise.
				if err != nil && !strings.Contains(err.Error(), "soa") && !strings.Contains(err.Error(), "ended") && !strings.Contains(err.Error(), "no handler") {
					t.Errorf("%s: %v", method, err)
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(seed, 99))
	for i := 1; ctx.Err() == nil; i++ {
		text := fmt.Sprintf(soaked, i)
		switch r.IntN(6) {
		case 0:
			text = text[:r.IntN(len(text))]
		case 1:
			text += "func Bad() { undefined() }\n"
		case 2:
			text = strings.Replace(text, "var n int", "var n int64", 1)
		}
		s.write("soaked.go", text)
		time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
		for len(s.lines) > 0 { // as a client does that reads
			<-s.lines
		}
	}
	busy.Wait()

	// Live code equals the files.
	s.write("soaked.go", fmt.Sprintf(soaked, -1))
	s.do(s.ask("session.restart", `{"script":"soaked"}`, &struct{}{})) // a crash loop may be waiting
	s.until("Value", "-1")
	var source UnitText
	s.do(s.ask("session.source", `{"script":"soaked","unit":"func Value"}`, &source))
	if source.Text != "func Value() int { return -1 }" {
		t.Errorf("live is %q", source.Text)
	}
	// Nothing is left open, and little is remembered.
	waitUntil(t, "descriptors and processes are back", func() bool {
		after, engines := belongings(t, pid)
		return len(engines) == 1 && after <= descriptors
	})
	if mib := residentMiB(t, pid); mib > 300 {
		t.Errorf("the session takes %d MiB", mib)
	}
	_, engines := belongings(t, pid)
	s.in.Close()
	s.cmd.Wait()
	waitUntil(t, "the script's process is gone", func() bool { return dead(engines[0]) })
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket is left")
	}
	// No event is missing in the record.
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	events, lost, last := int64(0), uint64(0), uint64(0)
	notices, err := ReadRecord(bytes.NewReader(text), func(l RecordLine) bool {
		if l.Event != nil && l.Event.Source == "rpc" {
			events++
		}
		if lost += l.Dropped; l.Fired == nil && l.Seq <= last {
			t.Errorf("number %d after %d", l.Seq, last)
		}
		if l.Fired == nil {
			last = l.Seq
		}
		return true
	})
	if err != nil || len(notices) > 0 || lost == 0 && events < fired.Load() {
		t.Errorf("%d events are recorded of %d that were answered, %d lost; %q, %v", events, fired.Load(), lost, notices, err)
	}
	t.Logf("%d events", events)
}

// testRecordSurvives kills the session in the middle of its work. What was
// answered a second before is in the record, whole.
func testRecordSurvives(t *testing.T, bin string) {
	t.Parallel()
	record := filepath.Join(t.TempDir(), "record")
	for round := range 2 {
		s := serveFiles(t, bin, map[string]string{"a.go": value(1) + "\nvar n int\n\nfunc Count() int { n++; println(n); return n }\n\nfunc Long() { for { } }\n"}, "--record", record)
		for range 200 {
			s.fire("Count", 20_000)
		}
		if round == 1 {
			s.send(9999, "session.fire", `{"event":"Long","timeoutMs":0}`)
			waitUntil(t, "the long event is recorded", func() bool {
				text, _ := os.ReadFile(record)
				return bytes.Contains(text, []byte(`"fired":{`))
			})
		} else {
			waitUntil(t, "the events are recorded", func() bool {
				text, _ := os.ReadFile(record)
				return bytes.Count(text, []byte(`"event":"Count"`)) == 200
			})
		}
		for i := range 50 {
			s.send(10_000+i, "session.fire", `{"event":"Count"}`)
		}
		s.cmd.Process.Kill()
		s.cmd.Wait()
		text, err := os.ReadFile(record)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			if bytes.HasSuffix(line, []byte("\n")) && !json.Valid(line) {
				t.Errorf("torn in the middle: %.300s", line)
			}
		}
		if n := bytes.Count(text, []byte(`"event":"Count"`)); n < 200*(round+1) {
			t.Errorf("%d events are left", n)
		}
	}
}
