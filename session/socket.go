package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// ErrSocketTaken is wrapped when another session answers at the socket. This
// one can run without.
var ErrSocketTaken = errors.New("another session answers there")

// maxSocketPath is what the systems take at least, 103 bytes on some.
const maxSocketPath = 103

// Socket is where other programs of the same user reach a running session; it
// speaks what Serve speaks. A client gets notifications of what happens from
// the moment it connects.
type Socket struct {
	path     string
	listener *net.UnixListener
	entry    *registryEntry
	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup // the accept loop and the connections
	once     sync.Once
}

// Listen opens the socket of a session of these paths and serves it until
// Close. addr is the path of a socket, or "on" for one in the user's own
// directory; FindRunning knows either from the paths. A socket that nobody answers
// at any more is replaced. The socket is the user's alone: it has mode 0600 from
// the moment it exists, in a directory of mode 0700 unless addr says where.
// shutdown is called when a client asks for session.shutdown. An error is also
// told in the session's log, as a session without a socket works all the same.
func Listen(s *Session, addr string, paths []string, shutdown func()) (*Socket, error) {
	sock, err := listenRPC(s, addr, paths, shutdown)
	if err != nil {
		s.notice("", "other programs cannot reach this session: "+err.Error())
	}
	return sock, err
}

func listenRPC(s rpcSession, addr string, paths []string, shutdown func()) (_ *Socket, err error) {
	fail := func(err error) (*Socket, error) { return nil, fmt.Errorf("listen: %w", err) }
	dir, err := socketDir()
	if err != nil {
		return fail(err)
	}
	if paths, err = canonical(paths); err != nil {
		return fail(err)
	}
	name := socketName(paths)
	switch plain, marked := strings.CutPrefix(addr, "unix:"); {
	case addr == "on":
		addr = filepath.Join(dir, name+".sock")
	case !marked && !strings.ContainsRune(addr, filepath.Separator):
		return fail(fmt.Errorf("%q is not the path of a socket, such as ./hotloop.sock", addr))
	default:
		if addr, err = filepath.Abs(plain); err != nil {
			return fail(err)
		}
	}
	entry, err := register(filepath.Join(dir, name+".session"), paths, addr)
	if err != nil {
		return fail(err)
	}
	listener, err := bindPrivate(addr)
	if err != nil {
		entry.remove()
		return fail(err)
	}
	sock := &Socket{path: addr, listener: listener, entry: entry}
	sock.ctx, sock.cancel = context.WithCancel(context.Background())
	sock.wg.Go(func() { sock.accept(s, shutdown) })
	return sock, nil
}

// Path is the path of the socket.
func (k *Socket) Path() string { return k.path }

// Close ends all connections and removes the socket. It may be called twice.
func (k *Socket) Close() error {
	k.once.Do(func() {
		os.Remove(k.path)
		k.cancel()
		k.listener.Close()
		k.wg.Wait()
		k.entry.remove()
	})
	return nil
}

func (k *Socket) accept(s rpcSession, shutdown func()) {
	for {
		conn, err := k.listener.Accept()
		if err != nil {
			if k.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			continue // out of descriptors, or a client that went away at once
		}
		if uid, err := peerUser(conn.(*net.UnixConn)); err != nil || uid != os.Getuid() && uid != 0 {
			conn.Close() // somebody else, whatever the mode of the socket says
			continue
		}
		k.wg.Go(func() {
			// Ended or not, nothing of a connection outlives it.
			stop := context.AfterFunc(k.ctx, func() { conn.SetReadDeadline(past) })
			_, next := s.Log().Bounds()
			ended, _ := serveRPC(k.ctx, s, conn, conn, next)
			stop()
			conn.Close()
			if ended && shutdown != nil {
				shutdown()
			}
		})
	}
}

// bindPrivate listens at path. The socket is made in a directory that nobody
// else can enter and moved into place once its mode is right: there is no
// moment in which others could connect, and the move replaces a dead socket.
func bindPrivate(path string) (*net.UnixListener, error) {
	if err := vacant(path); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".h")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "s")
	if len(path) > maxSocketPath || len(made) > maxSocketPath {
		return nil, fmt.Errorf("%s: the path is too long for a socket", path)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // it moves away; Close removes it
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// vacant says whether a socket may be made at path: there is nothing, or a
// socket that nobody answers at.
func vacant(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s exists and is no socket", path)
	}
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return fmt.Errorf("%s: %w", path, ErrSocketTaken)
	}
	return nil
}

// socketDir gives the user's directory of sockets and makes sure that it is
// the user's.
func socketDir() (string, error) {
	dir := ""
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		dir = filepath.Join(run, "hotloop")
	} else {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("hotloop-%d", os.Getuid()))
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir) // not Stat: a link may be somebody else's
	if err != nil {
		return "", err
	}
	if !info.IsDir() || !private(info) {
		return "", fmt.Errorf("%s is not a directory of this user alone", dir)
	}
	return dir, nil
}

// canonical gives paths as every session of the same files has them: absolute,
// without links, sorted.
func canonical(paths []string) ([]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var out []string
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, err
		}
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			abs = real
		}
		out = append(out, abs)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// socketName is short, for the limit on a socket's path, and tells a person
// roughly whose it is.
func socketName(paths []string) string {
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, filepath.Base(paths[0]))
	sum := sha256.Sum256([]byte(strings.Join(paths, "\x00")))
	return base[:min(len(base), 16)] + "-" + hex.EncodeToString(sum[:6])
}

// Running describes a session that other programs can reach.
type Running struct {
	PID    int      `json:"pid"`
	Dir    string   `json:"dir"`   // its working directory; paths it gives are relative to that
	Paths  []string `json:"paths"` // absolute, sorted
	Socket string   `json:"socket"`
}

// registryEntry is a session's file in the user's directory. The session holds
// a lock on it for as long as it lives, so a file without one is dead.
type registryEntry struct {
	path string
	file *os.File
}

func register(path string, paths []string, socket string) (*registryEntry, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if locked, err := tryLock(f); err != nil || !locked {
			var holder Running
			json.NewDecoder(f).Decode(&holder)
			f.Close()
			if err != nil {
				return nil, fmt.Errorf("lock %s: %w", path, err)
			}
			return nil, fmt.Errorf("%s (process %d): %w", holder.Socket, holder.PID, ErrSocketTaken)
		}
		// Between open and lock its last owner may have removed it.
		if held, err := f.Stat(); err == nil {
			if named, err := os.Stat(path); err != nil || !os.SameFile(held, named) {
				f.Close()
				continue
			}
		}
		dir, _ := os.Getwd()
		text, err := json.Marshal(Running{PID: os.Getpid(), Dir: dir, Paths: paths, Socket: socket})
		if err == nil {
			err = f.Truncate(0)
		}
		if err == nil {
			_, err = f.WriteAt(append(text, '\n'), 0)
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return &registryEntry{path, f}, nil
	}
}

func (e *registryEntry) remove() {
	os.Remove(e.path) // before the lock goes, so that it is still ours
	e.file.Close()
}
