package session

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	filesOfThisSystem["permission denied"] = testPermission
	filesOfThisSystem["a full disk"] = testFullDisk
}

// testPermission takes the right to read away. For root there is no such thing,
// so then the session is somebody else's.
func testPermission(t *testing.T, bin string) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "hlperm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	file := filepath.Join(dir, "a.go")
	if err := os.WriteFile(file, []byte(value(1)), 0o644); err != nil {
		t.Fatal(err)
	}
	os.Chmod(dir, 0o755)
	cmd := exec.Command(bin, "serve", "--state", "off", ".")
	if os.Getuid() == 0 {
		// The program must be within reach of others.
		text, err := os.ReadFile(bin)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "hotloop"), text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd.Path = filepath.Join(dir, "hotloop")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	s := serveCommand(t, cmd, dir)
	s.until("Value", "1")
	s.do(os.WriteFile(file, []byte(value(2)), 0o644))
	s.until("Value", "2")
	s.do(os.Chmod(file, 0))
	s.told("notice", "permission denied")
	s.until("Value", "2")
	s.do(os.WriteFile(file+".new", []byte(value(3)), 0o644))
	s.do(os.Rename(file+".new", file))
	s.until("Value", "3")
}

// testFullDisk records to a disk without room. Recording says so and goes on
// when there is room again; no line of the record is torn.
func testFullDisk(t *testing.T, bin string) {
	t.Parallel()
	disk := t.TempDir()
	if err := unix.Mount("none", disk, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("no small disk can be mounted: ", err)
	}
	t.Cleanup(func() { unix.Unmount(disk, unix.MNT_DETACH) })
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, 96<<10), 0o644); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(disk, "record")
	s := serveFiles(t, bin, map[string]string{"a.go": value(1) + "\nfunc Print() { for i := 0; i < 100; i++ { println(\"a line of some length to fill the disk\") } }\n"}, "--record", record)
	for range 20 {
		s.fire("Print", 20_000)
	}
	s.told("notice", "nothing is recorded at present")
	s.until("Value", "1")
	s.do(os.Remove(filler))
	s.told("notice", "recording goes on")
	s.fire("Print", 20_000)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(record)
		s.do(err)
		if bytes.Count(text, []byte(`"event":"Print"`)) == 21 {
			for line := range bytes.Lines(text) {
				if !json.Valid(line) {
					t.Errorf("torn: %.200s", line)
				}
			}
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d events are recorded", bytes.Count(text, []byte(`"event":"Print"`)))
		}
	}
}
