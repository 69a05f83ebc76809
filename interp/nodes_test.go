package interp

import "testing"

func TestScopeLayout(t *testing.T) {
	if scopeChildren() < 0 {
		t.Fatal("the type checker's scopes have no children")
	}
}

// TestNodeLayout fails when the interpreter's records are not where they are
// looked for.
func TestNodeLayout(t *testing.T) {
	if _, err := findLayout(); err != nil {
		t.Fatal(err)
	}
}
