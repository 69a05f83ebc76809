package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"hotloop/interp"
)

func TestFramesRoundTrip(t *testing.T) {
	var stream bytes.Buffer
	w := newFrameWriter(&stream)
	big := bytes.Repeat([]byte("0123456789abcdef"), 200<<10) // above what is read on trust
	sent := []struct {
		kind frameKind
		id   uint64
		head any
		blob []byte
	}{
		{frameHello, 0, helloMessage{Wire: 1, PID: 7}, nil},
		{frameState, 1, nil, nil},
		{frameCall, 1 << 60, callMessage{Function: "OnOpen<&>"}, []byte("\x00\xff{}")},
		{frameLoad, 3, nil, big},
	}
	for _, f := range sent {
		if err := w.send(f.kind, f.id, f.head, f.blob); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Contains(stream.Bytes(), []byte(`\u003c`)) {
		t.Error("heads are escaped for HTML")
	}
	r := newFrameReader(&stream)
	for _, want := range sent {
		got, err := r.next()
		if err != nil {
			t.Fatal(err)
		}
		if got.kind != want.kind || got.id != want.id || !bytes.Equal(got.blob, want.blob) {
			t.Errorf("got %s frame %d with %d bytes, want %s frame %d with %d", got.kind, got.id, len(got.blob), want.kind, want.id, len(want.blob))
		}
		if want.head == nil {
			if len(got.head) != 0 {
				t.Errorf("%s frame has head %q", got.kind, got.head)
			}
			continue
		}
		encoded, _ := json.Marshal(want.head)
		var a, b any
		if json.Unmarshal(encoded, &a); got.decode(&b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s frame: head %v, want %v", got.kind, b, a)
		}
	}
	if _, err := r.next(); err != io.EOF {
		t.Errorf("at the end: %v, want EOF", err)
	}
}

func TestFrameReaderRefusesDamage(t *testing.T) {
	var stream bytes.Buffer
	newFrameWriter(&stream).send(frameEval, 9, "code", []byte("blob"))
	whole := stream.Bytes()
	for n := 1; n < len(whole); n++ {
		if _, err := newFrameReader(bytes.NewReader(whole[:n])).next(); err == nil || err == io.EOF {
			t.Errorf("stream cut after %d of %d bytes: error %v", n, len(whole), err)
		}
	}
	long := append([]byte{0xff, 0xff, 0xff, 0xff}, whole[4:]...)
	if _, err := newFrameReader(bytes.NewReader(long)).next(); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a head of 4 GB: error %v", err)
	}
	// A length that is allowed but never arrives must not be allocated.
	promise := append([]byte{0, 0, 0, 0x10}, whole[4:]...)
	if n := testing.AllocsPerRun(1, func() { newFrameReader(bytes.NewReader(promise)).next() }); n > 50 {
		t.Errorf("%v allocations", n)
	}
}

// TestFrameWriterKeepsFramesWhole sends from many goroutines through a stream
// that is slow and takes a few bytes at a time.
func TestFrameWriterKeepsFramesWhole(t *testing.T) {
	pr, pw := io.Pipe()
	w := newFrameWriter(pw)
	const senders, each = 8, 200
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				if err := w.send(frameNotice, uint64(s)<<32|uint64(i), interp.Notice{Text: strings.Repeat("x", i)}, nil); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	go func() { wg.Wait(); w.flush(); pw.Close() }()
	r := newFrameReader(pr)
	next := map[uint64]uint64{}
	total := 0
	for {
		f, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var n interp.Notice
		if err := f.decode(&n); err != nil {
			t.Fatal(err)
		}
		s, i := f.id>>32, f.id&0xffffffff
		if next[s] != i || len(n.Text) != int(i) {
			t.Fatalf("sender %d: frame %d with %d bytes, want frame %d", s, i, len(n.Text), next[s])
		}
		next[s]++
		total++
	}
	if total != senders*each {
		t.Errorf("%d frames, want %d", total, senders*each)
	}
}

func TestFrameWriterReportsBrokenStream(t *testing.T) {
	pr, pw := io.Pipe()
	pr.CloseWithError(errors.New("gone"))
	w := newFrameWriter(pw)
	if err := w.send(frameStop, 1, nil, nil); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("send: %v", err)
	}
	if w.failed() == nil {
		t.Error("the failure is not remembered")
	}
	w.flush() // must not hang
}

func TestFrameWriterKeepsStreamAfterBadHead(t *testing.T) {
	var stream bytes.Buffer
	w := newFrameWriter(&stream)
	if err := w.send(frameReply, 1, make(chan int), nil); err == nil {
		t.Error("a channel was encoded")
	}
	if stream.Len() != 0 || w.failed() != nil {
		t.Errorf("%d bytes written, failure %v", stream.Len(), w.failed())
	}
}

// TestValuesTravelAsTheyAre covers what a detour through any would spoil.
func TestValuesTravelAsTheyAre(t *testing.T) {
	var stream bytes.Buffer
	w := newFrameWriter(&stream)
	call := interp.Call{Script: "door", Function: "F", Version: 3, Output: "out\n", DurationUs: 12,
		Returns: []interp.Value{
			{Type: "int64", Text: "9007199254740993", Value: int64(9007199254740993)},
			{Type: "main.T", Text: "T{}", Value: struct {
				Z int `json:"z"`
				A int `json:"a"`
			}{1, 2}},
			{Type: "chan int", Text: "0xc000"},
			{Type: "bool", Text: "false", Value: false},
		},
		Error: &interp.CallError{Kind: interp.ErrPanic, Message: "m", Trace: []interp.Frame{{Function: "F", File: "f.go", Line: 3}}},
	}
	if err := w.send(frameReply, 1, call, nil); err != nil {
		t.Fatal(err)
	}
	f, err := newFrameReader(&stream).next()
	if err != nil {
		t.Fatal(err)
	}
	var reply callReply
	if err := f.decode(&reply); err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(call)
	got, _ := json.Marshal(reply.call())
	if !bytes.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if reply.call().Returns[2].Value != nil {
		t.Error("a value without a JSON form got one")
	}
}

// busy is a script that does not come to its end when it is closed.
type busy struct {
	*native
	over chan struct{}
}

func (b busy) Close() { <-b.over }

func TestServeEndsOverABusyScript(t *testing.T) {
	over := make(chan struct{})
	defer close(over)
	in, requests := io.Pipe()
	replies, out := io.Pipe()
	host := newWireHost(in, out, func(src interp.Source, base interp.Baseline, hooks liveHooks) (live, interp.Outcome) {
		script, outcome := loadNative(src, base, hooks)
		return busy{script.(*native), over}, outcome
	}, func(int) {})
	served := make(chan error, 1)
	go func() { served <- host.serve(helloMessage{Wire: wireVersion}) }()
	r := newFrameReader(replies)
	if f, err := r.next(); err != nil || f.kind != frameHello {
		t.Fatal(f, err)
	}
	var texts sourceTexts
	delta, blob := texts.encode(doorSource("package door"))
	if err := newFrameWriter(requests).send(frameLoad, 1, loadMessage{delta, nil, nil}, blob); err != nil {
		t.Fatal(err)
	}
	if f, err := r.next(); err != nil || f.kind != frameReply {
		t.Fatal(f, err)
	}
	requests.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
