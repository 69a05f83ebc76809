package session

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// The wire joins a session and the child process that runs one script. It is
// two byte streams, one each way, that carry frames. A frame is
//
//	length of head   uint32, little endian
//	length of blob   uint32
//	kind             1 byte
//	request id       uint64, 0 where nothing is answered
//	head             JSON
//	blob             bytes as they are: source texts and event data
//
// Requests are answered by a reply or a failure with the same id, in whatever
// order they finish; notices and the exit frame come between. Both ends are
// always the same program (the child is started from the parent's own
// executable), so the format may change freely; wireVersion only catches a
// program file that was replaced while it ran.

const wireVersion = 1

const frameHeader = 4 + 4 + 1 + 8

// maxFrame bounds head and blob alike. It is far above what scripts need and
// keeps a damaged stream from asking for all memory.
const maxFrame = 512 << 20

type frameKind uint8

const (
	frameHello  frameKind = iota + 1 // child: helloMessage
	frameLoad                        // parent: loadMessage, blob of texts
	frameApply                       // parent: applyMessage, blob of texts
	frameCall                        // parent: callMessage, blob is the event data
	frameEval                        // parent: string
	frameState                       // parent: nothing
	frameSet                         // parent: setMessage
	frameStop                        // parent: nothing
	frameCancel                      // parent: the request of this id is no longer wanted
	frameClose                       // parent: end yourself
	frameReply                       // child: the result
	frameFail                        // child: string, the request could not be carried out
	frameNotice                      // child: interp.Notice
	frameExit                        // child: exitMessage, the last frame
	frameParts                       // parent: partsMessage
	frameShape                       // parent: string
	framePing                        // parent: answer at once
	frameTry                         // parent: list of interp.TrialRequest
	frameOld                         // parent: nothing
	frameChance                      // parent: list of names of functions
)

func (k frameKind) String() string {
	names := [...]string{"?", "hello", "load", "apply", "call", "eval", "state", "set", "stop", "cancel", "close", "reply", "fail", "notice", "exit", "parts", "shape", "ping", "try", "old", "chance"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// frame is one received frame. Head and blob belong to the receiver.
type frame struct {
	kind frameKind
	id   uint64
	head []byte
	blob []byte
}

// decode reads the frame's head into v.
func (f frame) decode(v any) error {
	if err := json.Unmarshal(f.head, v); err != nil {
		return fmt.Errorf("wire: %s frame: %w", f.kind, err)
	}
	return nil
}

// frameReader reads frames from a stream. One goroutine may use it.
type frameReader struct {
	r      *bufio.Reader
	header [frameHeader]byte
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next waits for the next frame. The error is io.EOF when the stream ended
// between frames, and final in every case.
func (r *frameReader) next() (frame, error) {
	if _, err := io.ReadFull(r.r, r.header[:]); err != nil {
		if err == io.ErrUnexpectedEOF {
			err = fmt.Errorf("wire: stream ends inside a frame: %w", err)
		}
		return frame{}, err
	}
	head := binary.LittleEndian.Uint32(r.header[0:])
	blob := binary.LittleEndian.Uint32(r.header[4:])
	f := frame{kind: frameKind(r.header[8]), id: binary.LittleEndian.Uint64(r.header[9:])}
	if head > maxFrame || blob > maxFrame {
		return frame{}, fmt.Errorf("wire: %s frame of %d and %d bytes is too long", f.kind, head, blob)
	}
	body, err := readBody(r.r, int(head)+int(blob))
	if err != nil {
		return frame{}, fmt.Errorf("wire: stream ends inside a frame: %w", err)
	}
	f.head, f.blob = body[:head:head], body[head:]
	return f, nil
}

// readBody reads n bytes. Memory grows with what arrives and not with what the
// header promises.
func readBody(r io.Reader, n int) ([]byte, error) {
	const trusted = 1 << 20
	if n <= trusted {
		body := make([]byte, n)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var body bytes.Buffer
	body.Grow(trusted)
	if _, err := io.CopyN(&body, r, int64(n)); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// frameWriter writes frames to a stream. Any goroutine may send; frames of one
// goroutine keep their order. Whoever finds the stream idle writes, and takes
// along what others add meanwhile: no hand-over to a writer goroutine when
// traffic is low, few system calls when it is high.
type frameWriter struct {
	w io.Writer

	mu      sync.Mutex
	idle    *sync.Cond // signalled when queued is written, or err is set
	queued  []byte
	spare   []byte
	writing bool
	err     error // the stream's first error; nothing is written after it
}

// maxQueued is how many bytes may wait for a slow reader before senders do.
const maxQueued = 1 << 20

func newFrameWriter(w io.Writer) *frameWriter {
	fw := &frameWriter{w: w}
	fw.idle = sync.NewCond(&fw.mu)
	return fw
}

var errFrameTooLong = errors.New("wire: frame is too long")

var headBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// send encodes head (nil for none) and writes one frame. It returns when the
// frame is written or queued behind others; a later write error shows at the
// next send. It blocks while the reader is more than maxQueued bytes behind.
// An error of the encoding leaves the stream as it was.
func (w *frameWriter) send(kind frameKind, id uint64, head any, blob []byte) error {
	buf := headBuffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer headBuffers.Put(buf)
	if head != nil {
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(head); err != nil {
			return fmt.Errorf("wire: %s frame: %w", kind, err)
		}
	}
	if buf.Len() > maxFrame || len(blob) > maxFrame {
		return errFrameTooLong
	}
	var header [frameHeader]byte
	binary.LittleEndian.PutUint32(header[0:], uint32(buf.Len()))
	binary.LittleEndian.PutUint32(header[4:], uint32(len(blob)))
	header[8] = byte(kind)
	binary.LittleEndian.PutUint64(header[9:], id)

	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queued) > maxQueued && w.err == nil {
		w.idle.Wait()
	}
	if w.err != nil {
		return w.err
	}
	w.queued = append(w.queued, header[:]...)
	w.queued = append(w.queued, buf.Bytes()...)
	w.queued = append(w.queued, blob...)
	if w.writing {
		return nil
	}
	w.drain()
	return w.err
}

// drain writes what is queued until nothing is. The caller holds mu, which is
// released around each write.
func (w *frameWriter) drain() {
	w.writing = true
	for len(w.queued) > 0 && w.err == nil {
		out := w.queued
		w.queued = w.spare[:0]
		w.mu.Unlock()
		_, err := w.w.Write(out)
		w.mu.Lock()
		if cap(out) <= 2*maxQueued { // a huge source is not kept
			w.spare = out
		} else {
			w.spare = nil
		}
		if err != nil {
			w.err = fmt.Errorf("wire: %w", err)
		}
		w.idle.Broadcast()
	}
	w.writing = false
	w.idle.Broadcast()
}

// flush returns when everything sent before is written, or the stream failed.
func (w *frameWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for (w.writing || len(w.queued) > 0) && w.err == nil {
		w.idle.Wait()
	}
}

// failed gives the stream's first error.
func (w *frameWriter) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
