package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"hotloop/interp"
)

// ProcessConfig says how the child process of a script is started.
type ProcessConfig struct {
	Script string // the script's name, for messages and for those who list processes
	Memory int64  // bound in bytes, 0 for none
	// Sandbox takes from the script: writing files, processes, the network and
	// the environment. Where the system cannot do that, the engine ends at once.
	Sandbox bool
	// Executable is the program to start, by default the running one. It must
	// call RunEngine when its first argument is EngineVerb.
	Executable string
	Env        []string // as exec.Cmd.Env; nil for this process's own
}

// NewProcess starts a child process that will run one script and returns
// without waiting for it: requests are queued in the pipe while it starts. The
// process ends when the engine is closed, and when this process ends in
// whatever way. ctx bounds the start alone.
//
// Its goroutines: supervise owns the process and ends last; read owns the
// stream of replies; two readers drain the standard streams; notices hands on
// what came outside replies.
func NewProcess(ctx context.Context, cfg ProcessConfig) (Engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start the engine of %s: %w", cfg.Script, err)
	}
	p, err := startProcess(cfg)
	if err != nil {
		return nil, fmt.Errorf("start the engine of %s: %w", cfg.Script, err)
	}
	return p, nil
}

// closeGrace is how long a child may take to end by itself once asked to.
const closeGrace = 500 * time.Millisecond

// cancelGrace is how long a request that nobody waits for any more may take to
// give its result all the same: a stopped call still has output and a trace.
const cancelGrace = time.Second

type process struct {
	cfg      ProcessConfig
	cmd      *exec.Cmd
	requests *os.File // write end
	out      *frameWriter
	in       *frameReader
	escaped  *escapes
	notices  *noticeQueue
	nextID   atomic.Uint64

	sendSource sync.Mutex // held from encoding a source to sending it, so that both ends remember the same
	texts      sourceTexts

	mu      sync.Mutex
	pending map[uint64]*request // nil once the engine has ended
	closing bool
	killed  string         // why Kill was called
	said    *exitMessage   // the child's own word on its end
	broken  error          // what was wrong with the stream of replies
	units   []interp.Unit  // as of the last outcome
	repeat  *interp.Repeat // for Load

	done chan struct{}
	exit Exit // final once done is closed
}

func startProcess(cfg ProcessConfig) (_ *process, err error) {
	if cfg.Executable == "" {
		if cfg.Executable, err = ownExecutable(); err != nil {
			return nil, err
		}
	}
	var files []*os.File
	defer func() {
		if err != nil {
			for _, f := range files {
				f.Close()
			}
		}
	}()
	pipe := func() (r, w *os.File) {
		if err == nil {
			if r, w, err = os.Pipe(); err == nil {
				files = append(files, r, w)
			}
		}
		return r, w
	}
	requestsR, requestsW := pipe()
	repliesR, repliesW := pipe()
	stdoutR, stdoutW := pipe()
	stderrR, stderrW := pipe()
	if err != nil {
		return nil, err
	}

	cmd := exec.Command(cfg.Executable, EngineVerb, "--script", cfg.Script, "--memory", strconv.FormatInt(cfg.Memory, 10))
	cmd.Args[0] = os.Args[0]
	cmd.Env = cfg.Env
	if cmd.Env == nil && !cfg.Sandbox {
		cmd.Env = os.Environ()
	}
	cmd.Env = withTolerance(cmd.Env)
	if cfg.Sandbox {
		cmd.Args = append(cmd.Args, "--sandbox")
	}
	cmd.SysProcAttr = childAttr()
	connectWire(cmd, requestsR, repliesW, stdoutW, stderrW)
	if err = cmd.Start(); err != nil {
		return nil, err
	}
	for _, f := range []*os.File{requestsR, repliesW, stdoutW, stderrW} {
		f.Close() // the child has its own
	}

	p := &process{
		cfg:      cfg,
		cmd:      cmd,
		requests: requestsW,
		out:      newFrameWriter(requestsW),
		in:       newFrameReader(repliesR),
		notices:  newNoticeQueue(),
		pending:  map[uint64]*request{},
		done:     make(chan struct{}),
	}
	p.escaped = newEscapes(p.notices.add)
	go p.supervise(repliesR, stdoutR, stderrR)
	return p, nil
}

// supervise waits for the end of the process, says how it ended and releases
// everything that belongs to it.
func (p *process) supervise(replies, stdout, stderr *os.File) {
	var streams sync.WaitGroup
	streams.Go(func() { p.escaped.read("stdout", stdout) })
	streams.Go(func() { p.escaped.read("stderr", stderr) })

	err := p.read()
	replies.Close()
	// The replies end when the process does, or when something is badly wrong.
	kill := time.AfterFunc(closeGrace, func() { killProcess(p.cmd.Process) })
	p.cmd.Wait()
	kill.Stop()
	killLeftovers(p.cmd.Process.Pid)
	p.requests.Close()

	// A process that escaped from the group may still hold the streams.
	giveUp := time.AfterFunc(time.Second, func() { stdout.Close(); stderr.Close() })
	streams.Wait()
	giveUp.Stop()
	stdout.Close()
	stderr.Close()

	p.mu.Lock()
	p.broken = err
	p.exit = p.describeExit()
	pending := p.pending
	p.pending = nil
	p.mu.Unlock()
	for _, r := range pending {
		r.answer <- answer{err: p.gone()}
	}
	close(p.done)
	p.notices.end()
}

// read takes frames from the child until its stream ends.
func (p *process) read() error {
	for {
		f, err := p.in.next()
		if err != nil {
			if errors.Is(err, os.ErrClosed) || err.Error() == "EOF" {
				return nil
			}
			return err
		}
		switch f.kind {
		case frameHello:
			var m helloMessage
			if err := f.decode(&m); err != nil {
				return err
			}
			if m.Wire != wireVersion {
				return errors.New("the program file was replaced by another version; start hotloop again")
			}
		case frameNotice:
			var n interp.Notice
			if err := f.decode(&n); err != nil {
				return err
			}
			p.notices.add(n)
		case frameExit:
			var m exitMessage
			if err := f.decode(&m); err != nil {
				return err
			}
			p.mu.Lock()
			p.said = &m
			p.mu.Unlock()
		case frameReply, frameFail:
			if err := p.answer(f); err != nil {
				return err
			}
		default:
			return fmt.Errorf("wire: unexpected %s frame", f.kind)
		}
	}
}

func (p *process) Notices() <-chan interp.Notice { return p.notices.out }

func (p *process) Done() <-chan struct{} { return p.done }

// Exit says how the process ended; before Done is closed it is zero.
func (p *process) Exit() Exit {
	select {
	case <-p.done:
		return p.exit
	default:
		return Exit{}
	}
}

// Kill ends the child at once, for a reason that Exit gives.
func (p *process) Kill(reason string) {
	p.mu.Lock()
	first := p.killed == "" && !p.closing && p.pending != nil
	if first {
		p.killed = reason
	}
	p.mu.Unlock()
	if first {
		killProcess(p.cmd.Process)
	}
}

// Close asks the child to end, kills it when it does not within closeGrace,
// and returns when it is gone with everything that belonged to it. Notices not
// read by then are lost.
func (p *process) Close() error {
	p.mu.Lock()
	first := !p.closing
	p.closing = true
	p.mu.Unlock()
	if first {
		// The frame may not fit into a pipe the child does not read.
		go p.out.send(frameClose, 0, nil, nil)
		kill := time.AfterFunc(closeGrace, func() { killProcess(p.cmd.Process) })
		defer kill.Stop()
	}
	<-p.done
	p.notices.abandon()
	return nil
}
