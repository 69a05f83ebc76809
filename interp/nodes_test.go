package interp

import "testing"

// TestNodeLayout fails when the interpreter's records are not where they are
// looked for.
func TestNodeLayout(t *testing.T) {
	if _, err := findLayout(); err != nil {
		t.Fatal(err)
	}
}
