package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/session/client"
)

// A handle is a Go function. It runs the newest version whenever it is called.
func ExampleFunc() {
	s := open(session.Host{})
	defer s.Close()
	onOpen, err := session.Func[func(context.Context, Visit) (string, error)](s, "door.OnOpen")
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	fmt.Println(onOpen(ctx, Visit{"front", 2}))
	// Output: hello at the front door <nil>
}

// What scripts can import of the program: functions, values and types, each
// under the path and name that they have for scripts.
func ExampleOffer() {
	rooms := 0
	house, err := session.Offer(map[string]map[string]any{"example/house": {
		"Visit":    reflect.TypeFor[Visit](),             // a type
		"Rooms":    &rooms,                               // a variable: scripts see, and set, the program's
		"Greeting": "hello",                              // a value
		"Knock":    func(n int) bool { return n%2 == 1 }, // a function
		"ErrShut":  errors.New("the house is locked up"), // an error that errors.Is knows again
	}})
	if err != nil {
		panic(err)
	}
	s, err := session.New(context.Background(), session.Config{Host: session.Host{Packages: house, Sources: map[string]string{"a.go": `package a

import (
	"fmt"

	"example/house"
)

func Build(v house.Visit) (string, error) {
	house.Rooms += v.People
	if !house.Knock(v.People) {
		return "", house.ErrShut
	}
	return fmt.Sprint(house.Greeting, " ", house.Rooms), nil
}
`}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	build, err := session.Func[func(Visit) (string, error)](s, "a.Build")
	if err != nil {
		panic(err)
	}
	fmt.Println(build(Visit{"front", 3}))
	_, err = build(Visit{"front", 2})
	fmt.Println(err, rooms)
	// Output:
	// hello 3 <nil>
	// the house is locked up 5
}

// Packages in the form of yaegi's extractor, as it writes them into a file.
func ExampleHost_packages() {
	symbols := interp.Exports{"example/house/house": {"Greeting": reflect.ValueOf("hello"), "Visit": reflect.ValueOf((*Visit)(nil))}}
	house, err := interp.NewPackages(symbols)
	if err != nil {
		panic(err)
	}
	s, err := session.New(context.Background(), session.Config{Host: session.Host{
		Packages: house, Sources: map[string]string{"door.go": doorScript},
	}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	fmt.Println(s.Call(context.Background(), "door.OnOpen", Visit{"front", 1}))
	// Output: [hello at the front door] <nil>
}

// A hook that delays a change until the program is ready for it. Events are
// answered by the old code meanwhile.
func ExampleHost_delay() {
	ctx := context.Background()
	asked, ready := make(chan session.Edit), make(chan struct{})
	s := open(session.Host{Before: func(ctx context.Context, c session.Edit) error {
		asked <- c
		select {
		case <-ready:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	defer s.Close()
	saved := make(chan []interp.Report)
	go func() {
		reports, _ := s.Save(ctx, map[string]string{"door.go": strings.Replace(doorScript, "at the", "behind the", 1)})
		saved <- reports
	}()
	fmt.Println("a change of", (<-asked).Script)
	fmt.Println(s.Call(ctx, "door.OnOpen", Visit{"front", 1}))
	close(ready)
	fmt.Println((<-saved)[0].Status)
	fmt.Println(s.Call(ctx, "door.OnOpen", Visit{"front", 1}))
	// Output:
	// a change of door
	// [hello at the front door] <nil>
	// live
	// [hello behind the front door] <nil>
}

// The program's logger gets what happens in the session.
func ExampleHost_logger() {
	// Without what differs from run to run.
	plain := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "us" {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: plain, Level: slog.LevelDebug}))
	s := open(session.Host{Logger: log})
	s.Fire(context.Background(), session.FireRequest{Event: "OnOpen", Data: json.RawMessage(`{"Door":"front","People":1}`), Source: "example"})
	s.Close() // the logger has had everything when it returns
	// Output:
	// level=INFO msg=change script=door report=1 cause=load status=live units=3
	// level=DEBUG msg=call script=door function=OnOpen version=1 source=example
}

// Events that the program answers itself: screens have a form for them, and
// they can be fired from everywhere.
func ExampleSession_Handle() {
	ctx := context.Background()
	s := open(session.Host{})
	defer s.Close()
	s.Handle(session.Handler{
		Script: "door", Name: "ring", About: "ring the bell",
		Params:  []interp.FieldShape{{Name: "times", Shape: interp.Shape{Kind: interp.ShapeInt, Type: "int", Bits: 64}}},
		Example: json.RawMessage(`2`),
		Handle: func(ctx context.Context, data json.RawMessage) (session.Answer, error) {
			var times int
			if err := json.Unmarshal(data, &times); err != nil {
				return session.Answer{}, err
			}
			text := strings.Repeat("ding ", times)
			return session.Answer{Type: "string", Text: text, Value: text}, nil
		},
	})
	e, err := s.Fire(ctx, session.FireRequest{Event: "ring", Data: json.RawMessage(`3`)})
	fmt.Println(e.Calls[0].Returns[0].Text, err)
	// Output: ding ding ding  <nil>
}

// A script's http.Handler, or another value that runs its code when the program
// likes, is called within During: changes land before or after it.
func ExampleSession_During() {
	ctx := context.Background()
	s, err := session.New(ctx, session.Config{Host: session.Host{Sources: map[string]string{"names.go": `package names

import "fmt"

type name string

func (n name) String() string { return "<" + string(n) + ">" }

func New(n string) fmt.Stringer { return name(n) }
`}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	values, err := s.CallValues(ctx, "names.New", "ann")
	if err != nil {
		panic(err)
	}
	ann := values[0].Interface().(fmt.Stringer)
	err = s.During(ctx, "names", "String", func() { fmt.Println(ann.String()) })
	fmt.Println(err)
	// Output:
	// <ann>
	// <nil>
}

// Files are watched: a save of one changes the script that it is a part of.
func ExampleNew_paths() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	write := func(n string) {
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n\nfunc Answer() int { return "+n+" }\n"), 0o644); err != nil {
			panic(err)
		}
	}
	write("41")
	s, err := session.New(ctx, session.Config{Paths: []string{dir}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	answer, err := session.Func[func() (int, error)](s, "a.Answer")
	if err != nil {
		panic(err)
	}
	fmt.Println(answer())
	entries := s.Follow(ctx)
	write("42") // an editor does that
	for e := range entries {
		if e.Report != nil {
			break // it is live
		}
	}
	fmt.Println(answer())
	// Output:
	// 41 <nil>
	// 42 <nil>
}

// With a socket other programs reach the session: hotloop attach, hotloop fire,
// and clients such as this one.
func ExampleListen() {
	ctx := context.Background()
	s := open(session.Host{})
	defer s.Close()
	dir, err := os.MkdirTemp("", "hl")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	socket, err := session.Listen(s, filepath.Join(dir, "s.sock"), nil, nil)
	if err != nil {
		panic(err)
	}
	defer socket.Close()

	c, err := client.Dial(ctx, socket.Path(), nil)
	if err != nil {
		panic(err)
	}
	defer c.Close()
	calls, err := c.Fire(ctx, "door.OnOpen", Visit{"back", 1})
	fmt.Println(calls[0].Returns[0].Text, err)
	// Output: "hello at the back door" <nil>
}
