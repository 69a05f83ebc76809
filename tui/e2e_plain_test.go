package tui_test

import (
	"os/exec"
	"strings"
	"testing"
)

// testPlain: without a terminal, lines in and lines out.
func testPlain(t *testing.T, bin string) {
	cmd := exec.Command(bin+"/hotloop", "--plain", "--listen", "off", "../samples/door")
	cmd.Stdin = strings.NewReader("door.OnOpen {\"door\":\"front\",\"people\":3}\n2x OnOpen {\"door\":\"front\",\"people\":1}\nstate\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, part := range []string{"door: loaded 10 functions", `gave "front opened (1)" in `, `gave "front opened (3)" in `, "fired 2 events", "count is 3, of type int"} {
		if !strings.Contains(string(out), part) {
			t.Errorf("%q is missing in\n%s", part, out)
		}
	}
}
