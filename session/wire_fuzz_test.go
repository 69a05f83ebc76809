package session

import (
	"bytes"
	"testing"
)

// FuzzFrames gives anything to the reader of the wire. It takes no more memory
// than arrives, and what is read was sent.
func FuzzFrames(f *testing.F) {
	var good bytes.Buffer
	w := newFrameWriter(&good)
	w.send(frameCall, 7, callMessage{Function: "F"}, []byte("data"))
	w.send(frameNotice, 0, map[string]int{"a": 1}, nil)
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:good.Len()-3])
	f.Add([]byte("\xff\xff\xff\x1f\xff\xff\xff\x1f\x01aaaaaaaa"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := newFrameReader(bytes.NewReader(in))
		total := 0
		for {
			frame, err := r.next()
			if err != nil {
				break
			}
			total += frameHeader + len(frame.head) + len(frame.blob)
		}
		if total > len(in) {
			t.Errorf("%d bytes of frames out of %d", total, len(in))
		}
	})
}
