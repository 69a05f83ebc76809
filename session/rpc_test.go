package session

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"hotloop/interp"
)

// fakeSession answers without any script. Events named "block" last until they
// are stopped.
type fakeSession struct {
	log     *Ring
	changes *changes

	mu    sync.Mutex
	fired []FireRequest
	stop  chan struct{}
}

func newFakeSession() *fakeSession {
	return &fakeSession{log: newRing(100_000, 1<<30), changes: newChanges(), stop: make(chan struct{})}
}

func (f *fakeSession) add(e Entry) {
	f.log.append(e)
	f.changes.bump()
}

func (f *fakeSession) Info() Info {
	return Info{Version: "1.2.3", PID: 7, Protocol: 1, Apply: ApplyFunctions, Scripts: 1}
}

func (f *fakeSession) Scripts() []interp.Script {
	return []interp.Script{{Name: "door", Package: "door", Path: "door", State: interp.StateLive}}
}

func (f *fakeSession) Fire(ctx context.Context, req FireRequest) (Event, error) {
	f.mu.Lock()
	f.fired = append(f.fired, req)
	id := int64(len(f.fired))
	f.mu.Unlock()
	switch req.Event {
	case "block":
		select {
		case <-f.stop:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	case "panic":
		panic("a fault")
	case "OnOpne":
		return Event{}, &NotFoundError{What: "handler", Name: req.Event, Nearest: []string{"OnOpen"}}
	}
	e := Event{ID: id, Source: req.Source, Name: req.Event, Data: req.Data, Calls: []interp.Call{{Script: "door", Function: req.Event, Version: 4, DurationUs: 12}}}
	f.add(Entry{Event: &e})
	return e, nil
}

func (f *fakeSession) Pin(_ context.Context, req PinRequest) ([]Pin, error) {
	return []Pin{{ID: 1, Event: req.Event, Script: "door", Data: req.Data, Live: req.Live}}, nil
}

func (f *fakeSession) Rehearse(context.Context, RehearsalRequest) (Rehearsal, error) {
	return Rehearsal{Same: 2}, nil
}

func (f *fakeSession) Bisect(_ context.Context, id int) (Culprit, error) {
	return Culprit{Script: "door", Report: id, Unit: "func F"}, nil
}

func (f *fakeSession) Old(context.Context, string) (OldCode, error) {
	return OldCode{Old: []interp.OldCode{{Kind: interp.OldCall, Unit: "func F", Count: 1}}, Whole: true}, nil
}

func (f *fakeSession) Unpin(id int) error {
	if id != 1 {
		return &NotFoundError{What: "pin", Name: fmt.Sprint(id)}
	}
	return nil
}

func (f *fakeSession) Pins() []Pin { return nil }

func (f *fakeSession) History(int) ([]RecordLine, []string, error) { return nil, nil, nil }

func (f *fakeSession) Replay(_ context.Context, req ReplayRequest) (Replay, error) {
	return Replay{Same: int(req.To)}, nil
}

func (f *fakeSession) Eval(ctx context.Context, script, code string) (interp.Value, *interp.CallError, error) {
	if code == "nope" {
		return interp.Value{}, &interp.CallError{Kind: interp.ErrError, Message: "undefined: nope"}, nil
	}
	if code == "<&>" {
		return interp.Value{Type: "string", Text: `"<&>"`, Value: "<&>"}, nil, nil
	}
	return interp.Value{}, nil, ErrNotLoaded
}

func (f *fakeSession) State(context.Context, string) ([]interp.Var, error) { return nil, nil }

func (f *fakeSession) Set(ctx context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	return interp.Value{Type: "int", Text: "1", Value: 1}, interp.Value{Type: "int", Text: expr, Value: 2}, nil, nil
}

func (f *fakeSession) Source(script, unit string, version int) (UnitText, error) {
	return UnitText{Text: "func F() {}", File: "door.go", Line: 3, Version: max(version, 1)}, nil
}

func (f *fakeSession) Reports(script string, since int) ([]interp.Report, error) { return nil, nil }

func (f *fakeSession) Reload(ctx context.Context, script string, mode ApplyMode) (interp.Report, error) {
	return interp.Report{ID: 3, Script: script, Cause: interp.CauseReload, Status: interp.StatusReloaded}, nil
}

func (f *fakeSession) Restart(ctx context.Context, script string) (interp.Report, error) {
	return interp.Report{}, fmt.Errorf("restart: %w", ErrEngineGone)
}

func (f *fakeSession) Rollback(ctx context.Context, script, unit string, version, report int) (interp.Report, error) {
	return interp.Report{ID: 4, Script: script}, nil
}

func (f *fakeSession) Stop(context.Context, string) (int, error) {
	close(f.stop)
	return 1, nil
}

func (f *fakeSession) Log() *Ring { return f.log }

func (f *fakeSession) Changed(ctx context.Context, since uint64) (uint64, error) {
	return f.changes.wait(ctx, since)
}

// exchange sends whole input and gives the lines that come back until the end.
func exchange(t *testing.T, s *fakeSession, input string) []string {
	t.Helper()
	var out bytes.Buffer
	if _, err := serveRPC(context.Background(), s, strings.NewReader(input), &out, 1); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	return lines[:len(lines)-1]
}

// responses leaves out notifications.
func responses(lines []string) []string {
	return slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, `"method":`) })
}

func TestRPCMessages(t *testing.T) {
	const report = `"units":[],"vars":[],"diagnostics":[],"inFlight":0,"timing":{"detect":0,"read":0,"parse":0,"check":0,"compile":0,"apply":0,"total":0}`
	for _, test := range []struct{ send, want string }{
		{`{"jsonrpc":"2.0","id":1,"method":"session.info"}`,
			`{"jsonrpc":"2.0","id":1,"result":{"version":"1.2.3","pid":7,"protocol":1,"apply":"functions","scripts":1}}`},
		{`{"jsonrpc":"2.0","id":"a","method":"session.scripts","params":{}}`,
			`{"jsonrpc":"2.0","id":"a","result":{"scripts":[{"name":"door","package":"door","path":"door","files":[],"state":"live","units":[],"diagnostics":[]}]}}`},
		{`{"jsonrpc":"2.0","id":null,"method":"session.fire","params":{"event":"OnOpen","data":{"n":9007199254740993},"timeoutMs":0}}`,
			`{"jsonrpc":"2.0","id":null,"result":{"calls":[{"script":"door","function":"OnOpen","version":4,"returns":[],"output":"","durationUs":12}]}}`},
		{`{"jsonrpc":"2.0","id":1.5,"method":"session.eval","params":{"script":"door","expr":"<&>"}}`,
			`{"jsonrpc":"2.0","id":1.5,"result":{"type":"string","text":"\"<&>\"","value":"<&>"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.eval","params":{"script":"door","expr":"nope"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"undefined: nope","data":{"kind":"error","message":"undefined: nope","trace":[]}}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.eval","params":{"script":"door","expr":"x"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"not loaded"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.state","params":{"script":"door"}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"vars":[]}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.set","params":{"script":"door","name":"n","expr":"2"}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"new":{"type":"int","text":"2","value":2},"old":{"type":"int","text":"1","value":1}}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.source","params":{"script":"door","unit":"func F"}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"text":"func F() {}","file":"door.go","line":3,"version":1,"live":false,"time":"0001-01-01T00:00:00Z"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.reports"}`,
			`{"jsonrpc":"2.0","id":1,"result":{"reports":[]}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.reload","params":{"script":"door","mode":"file"}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"id":3,"script":"door","cause":"reload","status":"reloaded",` + report + `}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.reload","params":{"script":"door","mode":"ask"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"mode must be \"functions\" or \"file\", not \"ask\""}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.restart","params":{"script":"door"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"restart: the script's engine has ended"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.rollback","params":{"script":"door","report":2}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"id":4,"script":"door","cause":"","status":"",` + report + `}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.rollback","params":{"script":"door"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"name either a unit or a report"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.stop","params":{"script":"door"}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"stopped":1}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.shutdown"}`,
			`{"jsonrpc":"2.0","id":1,"result":{}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.pins"}`,
			`{"jsonrpc":"2.0","id":1,"result":{"pins":[]}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.pin","params":{"event":"E","data":{"a":1},"live":true}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"pins":[{"id":1,"event":"E","script":"door","data":{"a":1},"live":true}]}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.old","params":{"script":"door"}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"old":[{"kind":"call","unit":"func F","count":1}],"whole":true}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.bisect","params":{"pin":3}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"script":"door","report":3,"unit":"func F","tried":0}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.replay","params":{"fresh":true}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"differences":[],"same":2,"skipped":[],"states":[]}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.unpin","params":{"id":1}}`,
			`{"jsonrpc":"2.0","id":1,"result":{}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.unpin","params":{"id":2}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no pin \"2\"","data":{"name":"2","nearest":[],"what":"pin"}}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"OnOpne"}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no handler \"OnOpne\"; did you mean OnOpen?","data":{"name":"OnOpne","nearest":["OnOpen"],"what":"handler"}}}`},

		// What is wrong with a message, and what can be told of its id.
		{`{"jsonrpc":"2.0","id":1,"method":"session.infos"}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"unknown method \"session.infos\"; did you mean session.info or session.pins or session.parts?"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"E","timeout":5}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"unknown parameter \"timeout\"; did you mean timeoutMs?"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":5}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"event must be of type string, not number"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":["E"]}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"params must be an object with names"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{}}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"parameter \"event\" is missing"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":3}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"invalid request: \"params\" must be an object"}}`},
		{`{"id":1,"method":"session.info"}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"invalid request: \"jsonrpc\" must be \"2.0\""}}`},
		{`{"jsonrpc":"2.0","id":1,"method":7}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"invalid request: \"method\" must be a string"}}`},
		{`{"jsonrpc":"2.0","id":[1],"method":"session.info"}`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request: id must be a string, a number or null"}}`},
		{`7`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request: not an object"}}`},
		{`{"jsonrpc":`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: unexpected end of JSON input"}}`},
		{`{"jsonrpc":"2.0","id":1,"method":"session.info"} x`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: invalid character 'x' after top-level value"}}`},

		// Notifications have no answer, also when they are wrong.
		{`{"jsonrpc":"2.0","method":"session.info"}`, ``},
		{`{"jsonrpc":"2.0","method":"no.such"}`, ``},
		{``, ``},
		{"  \r", ``},

		// Batches.
		{`[]`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request: empty batch"}}`},
		{`[1,{"jsonrpc":"2.0","method":"session.info"},{"jsonrpc":"2.0","id":2,"method":"session.reports"}]`,
			`[{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request: not an object"}},{"jsonrpc":"2.0","id":2,"result":{"reports":[]}}]`},
		{`[{"jsonrpc":"2.0","method":"session.info"}]`, ``},
		{`[{"jsonrpc":"2.0","id":1,"method":"session.shutdown"}]`, `[{"jsonrpc":"2.0","id":1,"result":{}}]`},
	} {
		lines := responses(exchange(t, newFakeSession(), test.send+"\n"))
		got := strings.Join(lines, "\n")
		if got != test.want {
			t.Errorf("sent %s\ngot  %s\nwant %s", test.send, got, test.want)
		}
	}
}

func TestRPCFireReachesSession(t *testing.T) {
	s := newFakeSession()
	exchange(t, s, `{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"E","script":"door","data":[1, 2],"timeoutMs":250}}`) // no newline: the last line counts too
	ms := int64(250)
	want := []FireRequest{{Event: "E", Script: "door", Data: json.RawMessage(`[1, 2]`), TimeoutMs: &ms, Source: "rpc"}}
	if diff := cmp.Diff(want, s.fired); diff != "" {
		t.Error(diff)
	}
}

func TestRPCInternalError(t *testing.T) {
	lines := responses(exchange(t, newFakeSession(), `{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"panic"}}`+"\n"+
		`{"jsonrpc":"2.0","id":2,"method":"session.info"}`+"\n"))
	all := strings.Join(lines, "\n")
	if len(lines) != 2 || !strings.Contains(all, `"code":-32603,"message":"internal error: a fault"`) || !strings.Contains(all, `"id":2,"result"`) {
		t.Errorf("got %s", all)
	}
}

// rpcPeer is the other end of a connection that a test talks through.
type rpcPeer struct {
	t     *testing.T
	in    *io.PipeWriter
	lines chan string
	ended chan error
}

func connect(t *testing.T, s *fakeSession, from uint64) *rpcPeer {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	p := &rpcPeer{t: t, in: inW, lines: make(chan string), ended: make(chan error, 1)}
	go func() {
		_, err := serveRPC(context.Background(), s, inR, outW, from)
		outW.Close()
		p.ended <- err
	}()
	go func() {
		defer close(p.lines)
		for r := bufio.NewReader(outR); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			p.lines <- strings.TrimSuffix(line, "\n")
		}
	}()
	return p
}

func (p *rpcPeer) send(line string) {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		p.t.Error(err)
	}
}

func (p *rpcPeer) next() string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatal("the connection ended")
		}
		return line
	case <-time.After(30 * time.Second):
		p.t.Fatal("nothing comes")
		return ""
	}
}

func TestRPCLongRequestBlocksNothing(t *testing.T) {
	s := newFakeSession()
	p := connect(t, s, 1)
	p.send(`{"jsonrpc":"2.0","id":"long","method":"session.fire","params":{"event":"block"}}`)
	p.send(`{"jsonrpc":"2.0","id":"short","method":"session.info"}`)
	if line := p.next(); !strings.Contains(line, `"short"`) {
		t.Fatalf("got %s", line)
	}
	p.in.Close() // the end of the input waits for what is in flight
	select {
	case err := <-p.ended:
		t.Fatalf("the connection ended with a request in flight: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(s.stop)
	var rest []string
	for line := range p.lines {
		rest = append(rest, line)
	}
	all := strings.Join(rest, "\n")
	if !strings.Contains(all, `"id":"long","result"`) || !strings.Contains(all, `"method":"event"`) {
		t.Errorf("got %s", all)
	}
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
}

func TestRPCShutdownEndsWhatIsInFlight(t *testing.T) {
	p := connect(t, newFakeSession(), 1)
	p.send(`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"block"}}`)
	p.send(`{"jsonrpc":"2.0","id":2,"method":"session.shutdown"}`)
	got := []string{p.next(), p.next()}
	slices.Sort(got)
	want := []string{
		`{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"context canceled"}}`,
		`{"jsonrpc":"2.0","id":2,"result":{}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
}

func TestRPCHugeLine(t *testing.T) {
	p := connect(t, newFakeSession(), 1)
	go func() {
		chunk := strings.Repeat("x", 1<<20)
		for range 17 {
			io.WriteString(p.in, chunk)
		}
		p.send("")
		p.send(`{"jsonrpc":"2.0","id":1,"method":"session.reports"}`)
		p.in.Close()
	}()
	if line := p.next(); line != `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: message longer than 16 MiB"}}` {
		t.Errorf("got %s", line)
	}
	if line := p.next(); !strings.Contains(line, `"id":1,"result"`) {
		t.Errorf("got %s", line)
	}
}

func TestRPCNotifications(t *testing.T) {
	s := newFakeSession()
	s.add(Entry{Report: &interp.Report{ID: 1, Script: "door", Cause: interp.CauseLoad, Status: interp.StatusLive}})
	s.add(Entry{Notice: "said"})
	s.add(Entry{Output: &Output{Script: "door", Stream: "stdout", Text: "<hi>\n"}})
	p := connect(t, s, 1)
	want := []string{
		`{"jsonrpc":"2.0","method":"report","params":{"id":1,"script":"door","cause":"load","status":"live","units":[],"vars":[],"diagnostics":[],"inFlight":0,"timing":{"detect":0,"read":0,"parse":0,"check":0,"compile":0,"apply":0,"total":0}}}`,
		`{"jsonrpc":"2.0","method":"notice","params":{"text":"said"}}`,
		`{"jsonrpc":"2.0","method":"output","params":{"script":"door","stream":"stdout","text":"<hi>\n"}}`,
	}
	for _, w := range want {
		if got := p.next(); got != w {
			t.Errorf("got  %s\nwant %s", got, w)
		}
	}
	// And what comes while the client is there.
	s.add(Entry{Crash: &Crash{Script: "door", Reason: "stack overflow", Tail: "fatal error"}})
	s.add(Entry{Script: "door", Dropped: &Dropped{Script: "door", Stream: "stdout", Count: 3}})
	if got, w := p.next(), `{"jsonrpc":"2.0","method":"crash","params":{"script":"door","reason":"stack overflow","tail":"fatal error"}}`; got != w {
		t.Errorf("got %s, want %s", got, w)
	}
	if got, w := p.next(), `{"jsonrpc":"2.0","method":"dropped","params":{"script":"door","stream":"stdout","count":3}}`; got != w {
		t.Errorf("got %s, want %s", got, w)
	}
	p.in.Close()
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
}

// TestRPCSlowClient has a client that does not read while far more output is
// made than is kept for it. The session goes on, reports arrive in order, and
// every line of output has either arrived or is counted.
func TestRPCSlowClient(t *testing.T) {
	s := newFakeSession()
	p := connect(t, s, 1)
	text := strings.Repeat("x", 1000) + "\n"
	const lines, reports = 20_000, 50
	follow := make(chan struct{})
	go func() {
		defer close(follow)
		for i := range lines {
			s.add(Entry{Script: "door", Output: &Output{Script: "door", Stream: "stdout", Text: text}})
			if i%(lines/reports) == 0 {
				s.add(Entry{Report: &interp.Report{ID: i/(lines/reports) + 1, Script: "door"}})
			}
		}
		p.in.Close()
	}()
	<-follow
	got, counted, nextReport := 0, int64(0), 1
	for line := range p.lines {
		var n struct {
			Method string
			Params struct {
				ID     int
				Stream string
				Count  int64
			}
		}
		if err := json.Unmarshal([]byte(line), &n); err != nil {
			t.Fatal(err)
		}
		switch n.Method {
		case "output":
			got++
		case "report":
			if n.Params.ID != nextReport {
				t.Errorf("report %d, want %d", n.Params.ID, nextReport)
			}
			nextReport++
		case "dropped":
			counted += n.Params.Count
		}
	}
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
	if int64(got)+counted != lines || nextReport != reports+1 || counted == 0 {
		t.Errorf("%d lines came and %d are counted, of %d; %d reports of %d", got, counted, lines, nextReport-1, reports)
	}
}

func TestRPCClientGone(t *testing.T) {
	s := newFakeSession()
	inR, _ := io.Pipe()
	outR, outW := io.Pipe()
	outR.CloseWithError(errors.New("gone"))
	ended := make(chan error, 1)
	go func() {
		_, err := serveRPC(context.Background(), s, inR, outW, 1)
		ended <- err
	}()
	s.add(Entry{Output: &Output{Text: "x"}})
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("error %v", err)
	}
}

// FuzzRPC sends arbitrary bytes and wants a well-formed answer to each line
// that is a request, and never a broken connection.
func FuzzRPC(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"session.info","params":{}}`))
	f.Add([]byte(`[{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"a"}},7]`))
	f.Add([]byte("{}\n[]\nnull\n\"\n\xff\xfe\n{\"id\":{}}"))
	f.Add([]byte(`{"jsonrpc":"2.0","id":1e999,"method":"session.reports","params":{"since":1.5}}`))
	f.Fuzz(func(t *testing.T, input []byte) {
		if bytes.Contains(input, []byte("block")) || bytes.Contains(input, []byte("session.stop")) {
			t.Skip()
		}
		var out bytes.Buffer
		if _, err := serveRPC(context.Background(), newFakeSession(), bytes.NewReader(input), &out, 1); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out.Bytes()) {
			if !json.Valid(line) || !bytes.HasSuffix(line, []byte("\n")) {
				t.Fatalf("%q is answered with %q", input, line)
			}
		}
	})
}

func BenchmarkRPCFire(b *testing.B) {
	s := newFakeSession()
	inR, inW := io.Pipe()
	go serveRPC(context.Background(), s, inR, io.Discard, 1)
	line := []byte(`{"jsonrpc":"2.0","id":1,"method":"session.fire","params":{"event":"OnOpen","data":{"door":"front","people":3}}}` + "\n")
	for b.Loop() {
		inW.Write(line)
	}
	inW.Close()
}

// What is left of a batch when the connection ends must not keep its reader.
func TestRequestsAfterTheEnd(t *testing.T) {
	c := &rpcConn{slots: make(chan struct{}, 1), ending: true}
	for range 3 { // more than there are slots
		c.start(t.Context(), rpcItem{}, func([]byte) { t.Error("carried out") })
	}
}
