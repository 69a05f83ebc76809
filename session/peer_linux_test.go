package session

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Another user gets nothing, even through a socket whose mode somebody opened.
func TestSocketRefusesOthers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	dir, err := os.MkdirTemp("", "hl")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755)
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(dir, "run"))
	s := newFakeSession()
	sock, err := listenRPC(s, filepath.Join(dir, "s"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	if err := os.Chmod(sock.Path(), 0o666); err != nil {
		t.Fatal(err)
	}
	ask := func(uid int) (string, error) {
		answer, failed := make(chan string, 1), make(chan error, 1)
		go func() {
			runtime.LockOSThread() // and never unlocked: the thread ends with its user
			if uid != 0 {
				// The call of the system itself changes this thread alone.
				if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)); errno != 0 {
					failed <- errno
					return
				}
			}
			fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			if err == nil {
				err = unix.Connect(fd, &unix.SockaddrUnix{Name: sock.Path()})
			}
			if err != nil {
				failed <- err
				return
			}
			f := os.NewFile(uintptr(fd), "socket")
			conn, err := net.FileConn(f)
			f.Close()
			if err != nil {
				failed <- err
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			conn.Write([]byte(`{"jsonrpc":"2.0","id":1,"method":"session.info"}` + "\n"))
			buf := make([]byte, 1<<10)
			n, _ := conn.Read(buf)
			answer <- string(buf[:n])
		}()
		select {
		case a := <-answer:
			return a, nil
		case err := <-failed:
			return "", err
		}
	}
	if a, err := ask(0); err != nil || !strings.Contains(a, `"pid":7`) {
		t.Errorf("the user's own question: %q, %v", a, err)
	}
	if a, err := ask(65534); err != nil || a != "" {
		t.Errorf("another user's question: %q, %v", a, err)
	}
}
