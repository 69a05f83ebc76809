package session_test

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"reflect"
	"strings"

	"hotloop/interp"
	"hotloop/session"
)

// Visit is a type of the program's that its scripts use.
type Visit struct {
	Door   string
	People int
}

const doorScript = `package door

import "example/house"

var total int

func OnOpen(v house.Visit) (string, error) {
	total += v.People
	return house.Greeting + " at the " + v.Door + " door", nil
}
`

// open starts a session on one script held in memory. Most programs give
// Config.Paths instead, and scripts change as their files are saved.
func open(host session.Host) *session.Session {
	house, err := session.Offer(map[string]map[string]any{
		"example/house": {"Visit": reflect.TypeFor[Visit](), "Greeting": "hello"},
	})
	if err != nil {
		panic(err)
	}
	host.Packages, host.Sources = house, map[string]string{"door.go": doorScript}
	s, err := session.New(context.Background(), session.Config{Host: host})
	if err != nil {
		panic(err)
	}
	return s
}

// A program with a script in it: what it offers, a handle to a function, and a
// change while it runs.
func Example() {
	ctx := context.Background()
	house, _ := session.Offer(map[string]map[string]any{
		"example/house": {"Visit": reflect.TypeFor[Visit](), "Greeting": "hello"},
	})
	s, err := session.New(ctx, session.Config{Host: session.Host{Packages: house, Sources: map[string]string{"door.go": doorScript}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	onOpen, err := session.Func[func(Visit) (string, error)](s, "door.OnOpen")
	if err != nil {
		panic(err)
	}
	fmt.Println(onOpen(Visit{"front", 2}))
	s.Save(ctx, map[string]string{"door.go": strings.Replace(doorScript, "at the", "behind the", 1)})
	fmt.Println(onOpen(Visit{"front", 2}))
	// Output:
	// hello at the front door <nil>
	// hello behind the front door <nil>
}

func ExampleSession_Call() {
	s := open(session.Host{})
	defer s.Close()
	results, err := s.Call(context.Background(), "door.OnOpen", Visit{"back", 1})
	fmt.Println(results, err)
	// Output: [hello at the back door] <nil>
}

func ExampleFunc_errors() {
	s := open(session.Host{})
	defer s.Close()
	_, err := session.Func[func() error](s, "door.OnOpne")
	fmt.Println(err)
	count, err := session.Func[func(int) (string, error)](s, "door.OnOpen")
	if err != nil {
		panic(err)
	}
	_, err = count(3)
	var failure *session.CallFailure
	fmt.Println(errors.As(err, &failure), failure.Err.Kind)
	// Output:
	// no handler "OnOpne" in door; did you mean OnOpen?
	// true arguments
}

// A hook that looks at what a change would do, and refuses it.
func ExampleHost_before() {
	ctx := context.Background()
	s := open(session.Host{
		Before: func(ctx context.Context, c session.Edit) error {
			plan, err := c.Plan(ctx)
			if err != nil {
				return err
			}
			if len(plan.Report.Units) > 1 {
				return errors.New("one function at a time")
			}
			return nil
		},
		After: func(r interp.Report) { fmt.Println(r.Cause, r.Status, r.Reasons) },
	})
	defer s.Close()
	s.Save(ctx, map[string]string{"door.go": strings.Replace(doorScript, "at the", "behind the", 1)})
	s.Save(ctx, map[string]string{"door.go": doorScript + "func A() {}\nfunc B() {}\n"})
	// Output:
	// load live []
	// watch live []
	// watch refused [the program refused it: one function at a time]
}

// A loop that has changes land between its frames only.
func ExampleSession_Patch() {
	ctx := context.Background()
	s := open(session.Host{Points: true})
	defer s.Close()
	onOpen, _ := session.Func[func(Visit) (string, error)](s, "door.OnOpen")
	for frame := 1; frame <= 3; frame++ {
		text, _ := onOpen(Visit{"front", 1})
		fmt.Println(frame, text)
		if frame == 1 {
			s.Save(ctx, map[string]string{"door.go": strings.Replace(doorScript, "at the", "behind the", 1)})
			text, _ = onOpen(Visit{"front", 1})
			fmt.Println(frame, text)
		}
		reports, _ := s.Patch(ctx)
		for _, r := range reports {
			fmt.Println("between frames:", r.Units[0].Key, r.Status)
		}
	}
	// Output:
	// 1 hello at the front door
	// 1 hello at the front door
	// between frames: func OnOpen live
	// 2 hello behind the front door
	// 3 hello behind the front door
}

// What happens in a session, as it happens.
func ExampleSession_Follow() {
	ctx := context.Background()
	s := open(session.Host{})
	defer s.Close()
	entries := s.Follow(ctx)
	s.Save(ctx, map[string]string{"door.go": strings.Replace(doorScript, "at the", "behind the", 1)})
	for e := range entries {
		if e.Report != nil {
			fmt.Println(e.Report.Script, e.Report.Status, e.Report.Units[0].Key)
			break
		}
	}
	// Output: door live func OnOpen
}

func ExampleSession_Metrics() {
	s := open(session.Host{})
	defer s.Close()
	var _ expvar.Var = s.MetricsVar() // expvar.Publish("scripts", s.MetricsVar())
	s.Call(context.Background(), "door.OnOpen", Visit{"front", 1})
	m := s.Metrics()
	fmt.Println(m.Scripts, m.Calls, m.Errors, m.Patches)
	// Output: 1 1 0 0
}
