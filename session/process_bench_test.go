package session

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

func BenchmarkProcessCall(b *testing.B) {
	p := startNative(b, nil)
	data := []byte(`{"door":"front","people":3}`)
	for b.Loop() {
		if _, err := p.Call(context.Background(), interp.CallRequest{Function: "Echo", Data: data}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProcessCallParallel(b *testing.B) {
	p := startNative(b, nil)
	data := []byte(`{"door":"front","people":3}`)
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := p.Call(context.Background(), interp.CallRequest{Function: "Echo", Data: data}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkProcessStart(b *testing.B) {
	for b.Loop() {
		startNative(b, nil).Close()
	}
}

// BenchmarkProcessCallScript is BenchmarkProcessCall with an interpreted script.
func BenchmarkProcessCallScript(b *testing.B) {
	ctx := context.Background()
	e, err := NewProcess(ctx, ProcessConfig{Script: "door"})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	const text = "package door\n\ntype Opening struct {\n\tDoor string `json:\"door\"`\n\tPeople int `json:\"people\"`\n}\n\n" +
		"func Echo(o Opening) Opening { return o }\n"
	if out, err := e.Load(ctx, doorSource(text), nil); err != nil || out.Report.Status != interp.StatusLive {
		b.Fatalf("%+v, %v", out.Report.Diagnostics, err)
	}
	data := []byte(`{"door":"front","people":3}`)
	for b.Loop() {
		if call, err := e.Call(ctx, interp.CallRequest{Function: "Echo", Data: data, Timeout: time.Second}); err != nil || call.Error != nil {
			b.Fatalf("%+v, %v", call.Error, err)
		}
	}
}

// BenchmarkSessionFire fires through a session and the child process.
func BenchmarkSessionFire(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "boom.go"), []byte(boom), 0o644); err != nil {
		b.Fatal(err)
	}
	s, err := New(context.Background(), Config{
		Paths: []string{dir},
		NewEngine: func(ctx context.Context, script string) (Engine, error) {
			return NewProcess(ctx, ProcessConfig{Script: script})
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if e, err := s.Fire(context.Background(), FireRequest{Event: "Count"}); err != nil || e.Calls[0].Error != nil {
			b.Fatalf("%+v, %v", e, err)
		}
	}
}

// BenchmarkBinaryFire fires through the whole of "hotloop serve": JSON-RPC,
// session, child process, interpreter.
func BenchmarkBinaryFire(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "hotloop")
	if out, err := exec.Command("go", "build", "-o", bin, "hotloop").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "boom.go"), []byte(boom), 0o644); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, "serve", dir)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	r := bufio.NewReaderSize(out, 1<<20)
	fire := func() {
		io.WriteString(in, `{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"Count"}}`+"\n")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				b.Fatal(err)
			}
			if strings.Contains(line, `"id":1,"result"`) {
				return
			}
		}
	}
	fire()
	for b.Loop() {
		fire()
	}
	in.Close()
	cmd.Wait()
}
