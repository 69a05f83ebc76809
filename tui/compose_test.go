package tui

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"hotloop/interp"
	"hotloop/session"
)

// answering is a fake whose program answers an event itself.
type answering struct {
	*fake
	list []session.Handler
}

func (a *answering) Handlers(context.Context) ([]session.Handler, error) { return a.list, nil }

func (a *answering) Fire(ctx context.Context, req session.FireRequest) (session.Event, error) {
	ev, err := a.fake.Fire(ctx, req)
	ev.Program = true
	ev.Details = []session.Detail{{Label: "plugin", Text: "answered by itself", Mark: true}, {Label: "body", Text: "one\ntwo"}}
	ev.Calls = []interp.Call{{Script: req.Script, Function: req.Event, Returns: []interp.Value{{Type: "answer", Text: "403 Forbidden"}}}}
	return ev, err
}

func openComposer(t *testing.T, w, h int) (*screen, *answering) {
	t.Helper()
	word := interp.Shape{Kind: interp.ShapeText, Type: "string", Pattern: "[a-z]+", Wants: "small letters"}
	path := interp.Shape{Kind: interp.ShapeText, Type: "string", Pattern: `/\S*`}
	s := openScreen(t, freshFake(), w, h, Options{})
	a := &answering{fake: s.f, list: []session.Handler{{
		Script: "door", Name: "request", About: "request through Door", Example: json.RawMessage(`{"path":"/"}`),
		Params: []interp.FieldShape{field("r", false, interp.Shape{Kind: interp.ShapeStruct, Fields: []interp.FieldShape{
			field("path", false, path),
			field("headers", true, interp.Shape{Kind: interp.ShapeMap, Type: "headers", Key: &word, Elem: &word}),
			field("body", true, interp.Shape{Kind: interp.ShapeText, Type: "text"}),
		}})},
		Notes: []session.Detail{{Label: "config", Text: "limit: 7"}},
	}}}
	s.a.session = a
	s.keys("C")
	return s, a
}

func TestComposer(t *testing.T) {
	s, a := openComposer(t, 120, 40)
	s.want("request through Door")
	s.want("config", "limit: 7")
	s.want("path", "/")
	s.keys("ctrl+u")
	s.typed("x")
	s.want(`does not match /\S*`)
	s.keys("enter")
	s.asked()
	s.keys("ctrl+u")
	s.typed("/a")
	s.keys("tab", "ctrl+n")
	s.typed("B")
	s.want("wants small letters")
	s.keys("ctrl+u")
	s.typed("b")
	s.keys("tab")
	s.typed("c")
	s.wantNot("wants small letters")
	s.keys("enter")
	const first = `{"path":"/a","headers":{"b":"c"}}`
	s.asked("fire door request " + first + " from screen")
	s.want("403 Forbidden")
	s.want("plugin", "answered by itself")
	s.want("body", "one")
	// What the program says of itself follows it while the composer is open.
	a.list[0].Notes[0].Text = "limit: 8"
	s.run(s.a.handlersChanged())
	s.want("limit: 8")
	s.keys("esc", ".")
	s.asked("fire door request " + first + " from screen")

	// It begins with what was sent last, and ctrl+r goes further back.
	s.keys("C")
	s.want("path", "/a")
	s.keys("ctrl+u")
	s.typed("/b")
	s.keys("enter")
	s.asked(`fire door request {"path":"/b","headers":{"b":"c"}} from screen`)
	s.keys("ctrl+r")
	s.want("path", "/a")
	s.keys("ctrl+t")
	s.want("fire ▸", "door.request "+first)
	s.keys("ctrl+t") // and back
	s.want("request through Door")
	s.want("b", "c")
	s.keys("ctrl+t", "ctrl+u")
	s.typed("door.nothing 1")
	s.keys("ctrl+t")
	s.want("type a handler's name first")
}

func TestComposerInSmallTerminals(t *testing.T) {
	for _, size := range [][2]int{{160, 50}, {80, 24}, {60, 20}, {40, 10}, {20, 5}} {
		s, _ := openComposer(t, size[0], size[1])
		s.keys("enter") // openComposer and each key check the frame
		s.keys("pgdown", "pgup", "tab")
	}
}

func TestNoComposer(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("C")
	s.want("the program has no events of its own")
}

// TestAnsweredByTheProgram unfolds an event in the log that the program
// answered.
func TestAnsweredByTheProgram(t *testing.T) {
	d := logRows{ink: newInks(openScreen(t, freshFake(), 100, 30, Options{}).a.styles), width: 100, frame: -1}
	e := session.Entry{Event: &session.Event{
		Name: "request", Program: true, Calls: []interp.Call{{Script: "door", Function: "request", Returns: []interp.Value{{Text: "200 OK", Type: "answer"}}}},
		Details: []session.Detail{{Label: "plugin", Text: "request + A: 1"}, {Label: "plugin", Text: "request + B: 2"}, {Label: "body", Text: "one\ntwo"}},
	}}
	text := ""
	for _, l := range d.entry(&e, true) {
		for _, s := range l.left {
			text += s.text
		}
		text += "\n"
	}
	const want = `plugin     request + A: 1
                                    request + B: 2
                         body       one
                                    two
                         ran        by the program
`
	if i := strings.Index(text, "plugin "); i < 0 || text[i:] != want {
		t.Errorf("got\n%s\nwant at its end\n%s", text, want)
	}
}
