package interp

import (
	"strings"
	"testing"
	"time"
)

// A call that cannot be ended says what it waits in, and whoever runs the script
// is told; a call that ends late is not told of.
func TestStuck(t *testing.T) {
	told := make(chan string, 8)
	l, _ := loaded(t, `
import (
	"io"
	"net"
	"net/http"
	"os/exec"
	"time"
)

func Pipe() error {
	r, _ := io.Pipe()
	_, err := r.Read(make([]byte, 1))
	return err
}

func Dial() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

func Accept() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		_, err = l.Accept()
	}
	return err
}

func Get() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = http.Get("http://" + l.Addr().String())
	return err
}

func Do() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	req, err := http.NewRequest("GET", "http://" + l.Addr().String(), nil)
	if err == nil {
		_, err = new(http.Client).Do(req)
	}
	return err
}

func Exec() error { return exec.Command("sleep", "60").Run() }

func Late() int {
	c := make(chan int)
	time.AfterFunc(300*time.Millisecond, func() { c <- 1 })
	if v, ok := <-c; ok {
		return v
	}
	return 0
}
`, Options{Stuck: func(why string) { told <- why }})
	// What waits for the outside world fails, and then the call ends.
	for _, name := range []string{"Dial", "Accept", "Get", "Do", "Exec"} {
		if c := fire(l, name, 50*time.Millisecond); c.Error == nil || strings.Contains(c.Error.Message, "blocked") {
			t.Errorf("%s: %+v", name, c.Error)
		}
	}
	c := fire(l, "Late", 10*time.Millisecond)
	if c.Error == nil || c.Error.Kind != ErrTimeout || !strings.Contains(c.Error.Message, "blocked (") || !strings.Contains(c.Error.Message, "chan receive") {
		t.Errorf("Late: %+v", c.Error)
	}
	c = fire(l, "Pipe", 10*time.Millisecond)
	if c.Error == nil || c.Error.Kind != ErrTimeout || !strings.Contains(c.Error.Message, "select in io.(*PipeReader).Read") {
		t.Errorf("Pipe: %+v", c.Error)
	}
	select {
	case why := <-told:
		if !strings.Contains(why, "Pipe") || !strings.Contains(why, "io.(*PipeReader).Read") {
			t.Errorf("told: %s", why)
		}
	case <-time.After(20 * time.Second):
		t.Error("nobody was told")
	}
	if len(told) > 0 {
		t.Errorf("told as well: %s", <-told)
	}
}
