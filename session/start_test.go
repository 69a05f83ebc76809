package session

import (
	"strings"
	"testing"
)

func TestPrintNotices(t *testing.T) {
	st := sit(t, two+"-- a/events.jsonl --\n{broken\n")
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	PrintNotices(t.Context(), st.Session, &out) // ends with the session
	if got := out.String(); !strings.HasPrefix(got, "hotloop: a/events.jsonl:1: ") || strings.Count(got, "\n") != 1 {
		t.Errorf("printed %q", got)
	}
}
