package interp

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestSplitObject takes objects apart in both ways.
func TestSplitObject(t *testing.T) {
	for _, text := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"a" : 1 , "b":"x"}`, `{"a":{"b":[1,{"c":"}"}]},"d":[]}`, `{"a":"\"},{\\"}`,
		`{"\u00e4":null,"ä":true, "a\nb":false}`, "{\n\t\"a\": -1.5e3,\n\t\"a\": 2\n}", `{"":"","x":[[[]]]}`, `{"a":"\\"}`, `{"a":"\\\""}`,
		"{\"a\xff\":1}",
	} {
		if !json.Valid([]byte(text)) {
			t.Fatalf("%q is not JSON", text)
		}
		want, err := decodedMembers([]byte(text))
		if err != nil {
			t.Fatal(text, err)
		}
		got, ok := splitObject([]byte(text))
		if !ok || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s: %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{``, `[]`, `1`, `"a"`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a" 1}`, `{"a":"x}`, `{"a":{}`} {
		if got, ok := splitObject([]byte(text)); ok {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func FuzzSplitObject(f *testing.F) {
	f.Add(`{"a":{"b":[1,{"c":"}"}]},"d":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := splitObject([]byte(text))
		if !json.Valid([]byte(text)) || !ok {
			return
		}
		want, err := decodedMembers([]byte(text))
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q: %q, want %q %v", text, got, want, err)
		}
	})
}
