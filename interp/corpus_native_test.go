package interp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// runNative builds programs with the Go toolchain and gives what they print, in
// the form of runProgram.
func runNative(t *testing.T, texts map[string]string) map[string]string {
	dir := t.TempDir()
	bin := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module corpus\n\ngo 1.26\n")
	for name, text := range texts {
		write(name+"/"+name+".go", text)
	}
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin+"/", "./...")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	outputs := map[string]string{}
	for name := range texts {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		cmd := exec.CommandContext(ctx, filepath.Join(bin, name))
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		cancel()
		outputs[name] = stdout.String() + nativeError(stderr.String(), err)
	}
	return outputs
}

// nativeError keeps of what a program wrote as it ended what a panic said.
func nativeError(stderr string, err error) string {
	if err == nil {
		return stderr
	}
	for _, end := range []string{"\n\ngoroutine ", "\n[signal "} {
		stderr, _, _ = strings.Cut(stderr, end)
	}
	if stderr != "" && !strings.HasSuffix(stderr, "\n") {
		stderr += "\n"
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && !strings.Contains(stderr, "panic: ") {
		stderr += fmt.Sprintf("exit %d\n", exit.ExitCode())
	}
	return stderr
}
