package session

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"hotloop/interp"
)

const hostileText = `package m

import "strings"

func left() int { return 1 }

func right() int { return 1 }

func Both() (int, int) { return left(), right() }

func Hang() { for {} }

func Long(n int) string { return strings.Repeat("x", n) }

func Panic() { var m map[string]int; m["a"]++ }
`

// line is one line of an endless supply of calls.
func fireLine(id int, event, data string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"session.fire","params":{"event":%q,"data":%s,"timeoutMs":0}}`+"\n", id, event, data)
}

// hostile are clients that do what no client should. Each gets a connection of
// its own, which is closed after it.
var hostile = map[string]func(c net.Conn) error{
	"garbage": func(c net.Conn) error {
		_, err := c.Write([]byte("\x00\xff\x1b[2J}{][\n\"\n{{{\n[]\nnull\n1\n\"x\"\n"))
		return err
	},
	"half a line": func(c net.Conn) error {
		_, err := c.Write([]byte(`{"jsonrpc":"2.0","id":1,"meth`))
		return err
	},
	"a huge line": func(c net.Conn) error {
		_, err := c.Write([]byte(`{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("x", maxMessage) + "\"}\n"))
		return err
	},
	"a deep line": func(c net.Conn) error {
		_, err := c.Write([]byte(`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":` + strings.Repeat("[", 1<<20) + "\n"))
		return err
	},
	"deep data": func(c net.Conn) error {
		_, err := c.Write([]byte(fireLine(1, "Long", strings.Repeat("[", 9000)+strings.Repeat("]", 9000))))
		return err
	},
	"wrong types": func(c net.Conn) error {
		for _, params := range []string{`1`, `"x"`, `[[]]`, `{"event":1}`, `{"event":"\u0000\u001b[2J"}`, `{"event":"Long","data":-1}`, `{"event":"Long","data":1e999}`,
			`{"event":"Both","timeoutMs":-5}`, `{"event":"Both","extra":1}`} {
			if _, err := fmt.Fprintf(c, `{"jsonrpc":"2.0","id":1,"method":"session.fire","params":%s}`+"\n", params); err != nil {
				return err
			}
		}
		_, err := c.Write([]byte(`{"jsonrpc":"2.0","id":2,"method":"session.rollback","params":{"script":"m","report":-9223372036854775808}}` + "\n" +
			`{"jsonrpc":"2.0","id":{"a":1},"method":"session.unpin","params":{"id":99}}` + "\n" +
			`{"jsonrpc":"2.0","id":3,"method":"session.parts","params":{"script":"m","name":"x","from":-1,"limit":9223372036854775807}}` + "\n" +
			`{"jsonrpc":"2.0","id":4,"method":"session.watch","params":{"since":18446744073709551615,"from":18446744073709551615}}` + "\n" +
			`{"jsonrpc":"2.0","id":5,"method":"session.saveEvent","params":{"script":"../..","event":{"event":"../x"}}}` + "\n"))
		return err
	},
	"away in mid-call": func(c net.Conn) error {
		for i := range 8 {
			if _, err := c.Write([]byte(fireLine(i, "Hang", "null"))); err != nil {
				return err
			}
		}
		return nil
	},
	"no reader": func(c net.Conn) error {
		for i := range 40 {
			if _, err := c.Write([]byte(fireLine(i, "Long", "200000"))); err != nil {
				return err
			}
		}
		return nil
	},
	"a long batch": func(c net.Conn) error {
		_, err := c.Write([]byte("[" + strings.Repeat(strings.TrimSpace(fireLine(1, "Panic", "null"))+",", 500) + strings.TrimSpace(fireLine(2, "Both", "null")) + "]\n"))
		return err
	},
}

// TestHostileClients has clients that do everything wrong at one session,
// together with one that behaves, the program's own calls, and saves. None of
// the latter sees anything of it, and nothing is left of the former.
func TestHostileClients(t *testing.T) {
	privateSockets(t)
	s := embedded(t, Host{Sources: map[string]string{"m.go": hostileText}})
	sock, err := Listen(s, "on", []string{"m"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	both, err := Func[func() (int, int, error)](s, "m.Both")
	if err != nil {
		t.Fatal(err)
	}
	good, err := Dial(t.Context(), sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()

	stop := make(chan struct{})
	var behaved, misbehaved sync.WaitGroup
	each := func(f func(i int) error) {
		behaved.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := f(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	each(func(int) error {
		if a, b, err := both(); err != nil || a != b {
			return fmt.Errorf("a handle gave %d, %d, %w", a, b, err)
		}
		return nil
	})
	each(func(int) error {
		var got struct {
			Calls []struct {
				Returns []struct{ Text string }
				Error   *interp.CallError
			}
		}
		if err := good.Call(t.Context(), "session.fire", map[string]any{"event": "Both"}, &got); err != nil {
			return err
		}
		if c := got.Calls; len(c) != 1 || c[0].Error != nil || len(c[0].Returns) != 2 || c[0].Returns[0] != c[0].Returns[1] {
			return fmt.Errorf("a client got %+v", got)
		}
		return nil
	})
	each(func(i int) error {
		reports, err := s.Save(t.Context(), map[string]string{"m.go": strings.ReplaceAll(hostileText, "return 1", fmt.Sprint("return ", i+2))})
		if err == nil && (len(reports) != 1 || reports[0].Status != interp.StatusLive) {
			err = fmt.Errorf("a save gave %+v", reports)
		}
		return err
	})
	for name, do := range hostile {
		for range 2 {
			misbehaved.Go(func() {
				c, err := net.Dial("unix", sock.Path())
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				defer c.Close()
				// A connection that the session has closed on is no failure of it.
				if err := do(c); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "broken pipe") {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	misbehaved.Wait()
	close(stop)
	behaved.Wait()

	// Whoever went away has taken the calls along.
	ctx := t.Context()
	for counter := uint64(0); s.Running() > 0; {
		if counter, err = s.Changed(ctx, counter); err != nil {
			t.Fatal(err)
		}
	}
	// A client that was wrong is told so, and is served on.
	c, err := net.Dial("unix", sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := hostile["garbage"](c); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(fireLine(77, "Both", "null"))); err != nil {
		t.Fatal(err)
	}
	// What is wrong in form is answered as it is read, the rest as it is done.
	want := []int{codeParse, codeParse, codeParse, codeInvalidRequest, codeInvalidRequest, codeInvalidRequest, codeInvalidRequest}
	var codes []int
	served := false
	for lines := bufio.NewScanner(c); !(served && len(codes) >= len(want)) && lines.Scan(); {
		var m struct {
			ID    *int
			Error *rpcError
			Calls json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		if m.Error != nil {
			codes = append(codes, m.Error.Code)
		}
		served = served || m.ID != nil && *m.ID == 77
	}
	slices.Sort(codes)
	if !slices.Equal(codes, want) || !served {
		t.Errorf("%v, want %v; served on: %v", codes, want, served)
	}
}
