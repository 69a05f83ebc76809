package session

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestRemotePins pins an event from elsewhere, has an edit change what it comes
// to, and finds that over there and in the copy of the log.
func TestRemotePins(t *testing.T) {
	s, _, r := attached(t)
	ctx := t.Context()
	list, err := r.Pin(ctx, PinRequest{Event: "OnOpen", Script: "door", Data: json.RawMessage(`{"Door":"front","People":2}`)})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := s.Save(ctx, map[string]string{"door.go": strings.Replace(doorText, " 1", " 2", 1)}); err != nil {
		t.Fatal(err)
	}
	seq := uint64(1)
	for counter := uint64(0); ; {
		changed := false
		for _, e := range r.Log().Window(seq, 1000) {
			seq = e.Seq + 1
			changed = changed || e.Pins != nil && len(e.Pins.Results) == 1 && e.Pins.Results[0].Changed
		}
		if changed {
			break
		}
		if counter, err = r.Changed(ctx, counter); err != nil {
			t.Fatal(err)
		}
	}
	pins := r.Pins()
	if len(pins) != 1 || len(pins[0].Changes) == 0 || pins[0].Last.Call.Returns[0].Text != `"front 2"` {
		t.Fatalf("%+v", pins)
	}
	found, err := r.Bisect(ctx, pins[0].ID)
	if err != nil || found.Unit != "func OnOpen" {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := r.Fire(ctx, FireRequest{Event: "OnOpen", Script: "door", Data: json.RawMessage(`{"Door":"a","People":1}`)}); err != nil {
		t.Fatal(err)
	}
	out, err := r.Rehearse(ctx, RehearsalRequest{Before: found.Report})
	if err != nil || len(out.Differences) != 1 || out.Differences[0].What[0] != "returns" {
		t.Errorf("%+v, %v", out, err)
	}
	if err := r.Unpin(pins[0].ID); err != nil || len(r.Pins()) != 0 {
		t.Errorf("%v", err)
	}
}
