package interp

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// frameSource is a script whose function has as many variables of its own, of a
// type, as the edit says.
func frameSource(edit int) string {
	var b strings.Builder
	types := []string{"int", "string", "[]byte", "map[string]int"}
	for i := range edit % 7 {
		t := types[(edit+i)%len(types)]
		fmt.Fprintf(&b, "\tvar v%d %s\n\t_ = v%[1]d\n", i, t)
	}
	return fmt.Sprintf(`
import "fmt"

func work(a int, s string) (n int, t string) {
%s	n = a + len(s)
	t = fmt.Sprint(s, %d)
	return n, t
}

var keep = work

func Direct() string { n, t := work(1, "x"); return fmt.Sprint(n, t) }

func Value() string { n, t := keep(1, "x"); return fmt.Sprint(n, t) }

func Closure() string {
	f := func() (int, string) { return work(1, "x") }
	n, t := f()
	return fmt.Sprint(n, t)
}
`, b.String(), edit)
}

// TestSettle calls a function in each way while it gets versions with other
// variables, before and after these are settled.
func TestSettle(t *testing.T) {
	l, _ := loaded(t, frameSource(0), Options{})
	check := func(edit int) {
		t.Helper()
		for _, name := range []string{"Direct", "Value", "Closure"} {
			want := fmt.Sprintf(`"2x%d"`, edit)
			if c := fire(l, name, 20*time.Second); c.Error != nil || c.Returns[0].Text != want {
				t.Fatalf("%s gave %v %v, want %s", name, c.Returns, c.Error, want)
			}
		}
	}
	check(0)
	for edit := 1; edit < 30; edit++ {
		if out := l.Apply(oneFile(frameSource(edit)), false); out.Report.Status != StatusLive {
			t.Fatal(out.Report)
		}
		check(edit)
		if edit%3 == 0 {
			continue // another version comes before this one is settled
		}
		l.settleNow()
		l.mu.Lock()
		left, n := len(l.unsettled), l.names.entries["work"]
		types := records().frameTypes(n.decl)
		l.mu.Unlock()
		v := n.now.Load()
		if made := int(v.made.Load()); made != len(types) || left == 0 && made != len(v.types) {
			t.Fatalf("after edit %d: calls make %d of %d, with %d types", edit, made, len(v.types), len(types))
		}
		if grown := len(types) < len(v.types); left > 0 && !(grown && onStacks(func(string) bool { return true })) {
			t.Fatalf("after edit %d: not settled", edit) // no other test's goroutine keeps it from growing
		}
		check(edit)
	}
}

// TestSettleWhileCalled patches and settles while calls go on: each gives what
// one of the versions gives.
func TestSettleWhileCalled(t *testing.T) {
	l, _ := loaded(t, frameSource(0), Options{})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, name := range []string{"Direct", "Value", "Closure"} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c := fire(l, name, 20*time.Second)
				if c.Error != nil || !strings.HasPrefix(c.Returns[0].Text, `"2x`) {
					t.Errorf("%s gave %v %v", name, c.Returns, c.Error)
					return
				}
			}
		})
	}
	for edit := 1; edit < 60; edit++ {
		if out := l.Apply(oneFile(frameSource(edit)), false); out.Report.Status != StatusLive {
			t.Error(out.Report)
			break
		}
		l.settleNow()
	}
	close(stop)
	wg.Wait()
}

// TestMakesFrame reads the stacks of goroutines that are in the interpreter.
func TestMakesFrame(t *testing.T) {
	const in = "github.com/traefik/yaegi/interp."
	for _, c := range []struct {
		frames []string
		want   bool
	}{
		{[]string{in + "runCfg(0x1)", in + "call.func9(0x1)"}, false},
		{[]string{in + "call.func9(0x1)", in + "runCfg(0x1)"}, true},
		{[]string{"runtime.mallocgc(0x1)", "reflect.New(0x1)", in + "newFrame(0x1)", in + "call.func9(0x1)"}, true},
		{[]string{in + "valueGenerator.func2(0x1)", in + "call.func9(0x1)", in + "runCfg(0x1)"}, true},
		{[]string{"reflect.New(0x1)", in + "genFunctionWrapper.func1.1(0x1)", "reflect.callReflect(0x1)"}, true},
		{[]string{"time.Sleep(0x1)", "reflect.Value.call({0x1})", in + "call.func9.1(0x1)"}, false},
		{[]string{"hotloop/interp.(*entry).enter(0x1)", in + "runCfg(0x1)", in + "call.func9(0x1)"}, false},
		{[]string{in + "callBin.func1(0x1)", in + "runCfg(0x1)"}, false},
	} {
		stack := "goroutine 7 [running]:\n" + strings.Join(c.frames, "\n\t/some/file.go:1\n")
		if got := makesFrame(stack); got != c.want {
			t.Errorf("%v: %v, want %v", c.frames, got, c.want)
		}
	}
}
