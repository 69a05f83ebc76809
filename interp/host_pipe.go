package interp

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"io"
	"os"
	"sync"
)

// outputPipe puts a script's prints and its direct writes to os.Stdout and
// os.Stderr into one order. Both travel through one pipe: prints in frames
// that say whose they are, direct writes as they come. Calls mark their begin
// and end in the pipe too, so that a direct write belongs to a call exactly
// when it was made while that call alone was in flight.
//
// A frame is one write of at most frameMax bytes, which the system does not
// tear apart, whoever else writes. Writers hold no lock of output, and the
// reader waits for nobody, so a full pipe always drains.
type outputPipe struct {
	o       *output
	magic   []byte // begins every frame; random, so that no script writes it by accident
	r, w    *os.File
	stopped chan struct{} // closed when the reader has ended

	mu    sync.Mutex // keeps the frames of one print together
	frame []byte

	// The reader's own.
	inFlight map[int64]bool
	pending  []byte
}

const (
	frameMax    = 4096 // the smallest PIPE_BUF of the systems we run on
	magicLen    = 16
	frameHeader = magicLen + 1 + 1 + 8 + 2 // kind, stream, call, length

	frameBegin = 'b'
	frameEnd   = 'e'
	framePrint = 'p'
	frameStop  = 's'
)

// openPipe starts the pipe and returns the two files scripts write to.
func (o *output) openPipe() (stdout, stderr *os.File, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p := &outputPipe{o: o, r: r, w: w, magic: make([]byte, magicLen), stopped: make(chan struct{}), inFlight: map[int64]bool{}}
	rand.Read(p.magic)
	// Descriptors of their own: a script may close its files.
	if stdout, err = dupFile(w, "/dev/stdout"); err == nil {
		if stderr, err = dupFile(w, "/dev/stderr"); err != nil {
			stdout.Close()
		}
	}
	if err != nil {
		r.Close()
		w.Close()
		return nil, nil, err
	}
	go p.run()
	// Calls that began before the script had files are known to the reader too.
	o.mu.Lock()
	var ids []int64
	for id := range o.byID {
		ids = append(ids, id)
	}
	o.pipe.Store(p)
	o.mu.Unlock()
	for _, id := range ids {
		p.mark(frameBegin, id)
	}
	return stdout, stderr, nil
}

// print sends a print; false means that the pipe is closed.
func (p *outputPipe) print(c *callOutput, stream string, text []byte) bool {
	id := int64(0)
	if c != nil {
		id = c.id
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(text) > 0 {
		n := min(len(text), frameMax-frameHeader)
		if !p.send(framePrint, streamByte(stream), id, text[:n]) {
			return false
		}
		text = text[n:]
	}
	return true
}

// mark sends a frame without text; false means that the pipe is closed.
func (p *outputPipe) mark(kind byte, id int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.send(kind, 0, id, nil)
}

func (p *outputPipe) send(kind, stream byte, id int64, text []byte) bool {
	f := append(p.frame[:0], p.magic...)
	f = append(f, kind, stream)
	f = binary.BigEndian.AppendUint64(f, uint64(id))
	f = binary.BigEndian.AppendUint16(f, uint16(len(text)))
	f = append(f, text...)
	p.frame = f
	_, err := p.w.Write(f)
	return err == nil
}

// run reads until the stop mark.
func (p *outputPipe) run() {
	defer close(p.stopped)
	buf := make([]byte, 64<<10)
	for {
		n, err := p.r.Read(buf)
		p.pending = append(p.pending, buf[:n]...)
		if p.parse() {
			return
		}
		if err != nil {
			if err != io.EOF {
				p.raw(p.pending)
			}
			return
		}
	}
}

// parse deals with everything that is complete in pending, and reports the
// stop mark.
func (p *outputPipe) parse() (stop bool) {
	data := p.pending
	defer func() { p.pending = append(p.pending[:0], data...) }()
	for len(data) > 0 {
		i := bytes.Index(data, p.magic)
		if i < 0 {
			// Perhaps a frame has begun at the very end.
			keep := 0
			for k := min(len(data), magicLen-1); k > 0; k-- {
				if bytes.HasPrefix(p.magic, data[len(data)-k:]) {
					keep = k
					break
				}
			}
			p.raw(data[:len(data)-keep])
			data = data[len(data)-keep:]
			return false
		}
		p.raw(data[:i])
		data = data[i:]
		if len(data) < frameHeader {
			return false
		}
		h := data[magicLen:frameHeader]
		id, n := int64(binary.BigEndian.Uint64(h[2:])), int(binary.BigEndian.Uint16(h[10:]))
		if len(data) < frameHeader+n {
			return false
		}
		text := data[frameHeader : frameHeader+n]
		data = data[frameHeader+n:]
		switch h[0] {
		case frameBegin:
			p.inFlight[id] = true
		case frameEnd:
			delete(p.inFlight, id)
			if c := p.call(id); c != nil {
				close(c.flushed)
			}
		case framePrint:
			stream := "stdout"
			if h[1] == streamByte("stderr") {
				stream = "stderr"
			}
			p.o.add(p.call(id), stream, text)
		case frameStop:
			return true
		}
	}
	return false
}

// raw takes a direct write.
func (p *outputPipe) raw(text []byte) {
	if len(text) == 0 {
		return
	}
	var c *callOutput
	if len(p.inFlight) == 1 {
		for id := range p.inFlight {
			c = p.call(id)
		}
	}
	p.o.add(c, "stdout", text)
}

// call finds a call that has not ended, nil for the script.
func (p *outputPipe) call(id int64) *callOutput {
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	return p.o.byID[id]
}

// close waits until everything written so far has been read. A process that
// the script started may hold the pipe open, so its end is not waited for.
func (p *outputPipe) close() {
	if p.mark(frameStop, 0) {
		<-p.stopped
	}
	p.w.Close()
	p.r.Close()
}

// streamByte tells the streams apart in a frame.
func streamByte(stream string) byte { return stream[len("std")] }
