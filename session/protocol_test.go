package session

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

var updateProtocol = flag.Bool("update-protocol", false, "write PROTOCOL.md anew")

// methodDoc tells of a method what the types do not.
type methodDoc struct {
	about          string
	params, result any // of the types that the method reads and gives
}

type (
	scriptsReply struct {
		Scripts []interp.Script `json:"scripts"`
	}
	callsReply struct {
		Calls   []interp.Call `json:"calls"`
		Details []Detail      `json:"details,omitempty"`
	}
	varsReply struct {
		Vars []interp.Var `json:"vars"`
	}
	reportsReply struct {
		Reports []interp.Report `json:"reports"`
	}
	stoppedReply struct {
		Stopped int `json:"stopped"`
	}
	historyReply struct {
		Lines   []RecordLine `json:"lines"`
		Notices []string     `json:"notices"`
	}
	oldNewReply struct {
		Old interp.Value `json:"old"`
		New interp.Value `json:"new"`
	}
	eventsReply struct {
		Events []SavedEvent `json:"events"`
	}
	pathReply struct {
		Path string `json:"path"`
	}
	pendingReply struct {
		Pending []Pending `json:"pending"`
	}
	versionsReply struct {
		Versions []UnitText `json:"versions"`
	}
	pinsReply struct {
		Pins []Pin `json:"pins"`
	}
	handlersReply struct {
		Handlers []Handler `json:"handlers"`
	}
	shapeReply struct {
		Params []interp.FieldShape `json:"params"`
	}
)

var methodDocs = map[string]methodDoc{
	"session.info":      {"Describes the session.", noParams{}, Info{}},
	"session.scripts":   {"Lists the scripts, by name.", noParams{}, scriptsReply{}},
	"session.fire":      {"Fires an event in every script that has a handler of that name, or in one.", fireParams{}, callsReply{}},
	"session.eval":      {"Evaluates an expression, or runs a statement, in a script's package.", evalParams{}, interp.Value{}},
	"session.state":     {"Lists a script's variables.", scriptParams{}, varsReply{}},
	"session.set":       {"Gives a variable the value of an expression.", setParams{}, oldNewReply{}},
	"session.source":    {"Gives the text of a unit, in one of its versions; 0 is the live one.", sourceParams{}, UnitText{}},
	"session.reports":   {"Lists the reports after a number, of one script or of all.", reportsParams{}, reportsReply{}},
	"session.reload":    {"Applies the files as they are now.", reloadParams{}, interp.Report{}},
	"session.restart":   {"Loads a script anew in a fresh process.", scriptParams{}, interp.Report{}},
	"session.rollback":  {"Makes an earlier version of a unit live, or undoes a report.", rollbackParams{}, interp.Report{}},
	"session.stop":      {"Ends the calls of a script that are in flight.", scriptParams{}, stoppedReply{}},
	"session.shutdown":  {"Ends the session.", noParams{}, noParams{}},
	"session.replay":    {"Fires recorded events again and tells what ended differently.", replayParams{}, Replay{}},
	"session.history":   {"Gives the last lines of the project's history.", historyParams{}, historyReply{}},
	"session.watch":     {"Waits until something changed since a counter, or the log has an entry, and gives the log from a number on.", watchParams{}, watchReply{}},
	"session.events":    {"Lists the events that are ready to fire.", noParams{}, eventsReply{}},
	"session.saveEvent": {"Adds an event to those that are ready to fire.", saveEventParams{}, pathReply{}},
	"session.pending":   {"Lists the saves that wait for an answer.", noParams{}, pendingReply{}},
	"session.confirm":   {"Applies such a save, or drops it.", confirmParams{}, interp.Report{}},
	"session.versions":  {"Lists the versions of a unit, the newest first.", unitParams{}, versionsReply{}},
	"session.parts":     {"Gives the parts of a variable's value, where a path of part names leads to.", partsParams{}, interp.PartList{}},
	"session.shape":     {"Says what data a handler takes.", shapeParams{}, shapeReply{}},
	"session.handlers":  {"Lists the events that the program answers itself; they are fired like others.", noParams{}, handlersReply{}},
	"session.pins":      {"Lists the pinned events with what they came to last.", noParams{}, pinsReply{}},
	"session.pin":       {"Pins an event: it fires again after each report that went live, on a copy of the state unless live is set.", pinParams{}, pinsReply{}},
	"session.unpin":     {"Drops a pin.", unpinParams{}, noParams{}},
	"session.old":       {"Lists what can still run code of earlier versions: calls in flight, goroutines, closures.", scriptParams{}, OldCode{}},
	"session.bisect":    {"Finds the report and the unit that changed what a pin comes to.", bisectParams{}, Culprit{}},
	"session.apply":     {"Sets what saves do from now on.", applyParams{}, noParams{}},
}

var notificationDocs = []struct {
	name, about string
	params      any
}{
	{"report", "What a save, a reload or a rollback did.", interp.Report{}},
	{"event", "An event was fired.", Event{}},
	{"pin", "A pin came to something else than before a report, or its first run is there.", PinResult{}},
	{"output", "A script wrote something outside a call.", Output{}},
	{"crash", "A script's process ended, or one of its goroutines panicked.", Crash{}},
	{"dropped", "Something came too fast to be kept, or to be sent.", Dropped{}},
}

// TestProtocolPage generates the page of the protocol from the types.
func TestProtocolPage(t *testing.T) {
	got := protocolPage()
	if *updateProtocol {
		if err := os.WriteFile("PROTOCOL.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("PROTOCOL.md is not current; write it anew with: go test ./session -run ProtocolPage -update-protocol")
	}
}

// TestMethodsAreDocumented has each method take the parameters that its
// documentation names, and refuse another one by name.
func TestMethodsAreDocumented(t *testing.T) {
	for name, m := range rpcMethods {
		doc, ok := methodDocs[name]
		switch {
		case !ok:
			t.Errorf("%s is not documented", name)
			continue
		}
		text, err := json.Marshal(doc.params)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]json.RawMessage{}
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		for field := range fields {
			_, err := m(context.Background(), newFakeSession(), fmt.Appendf(nil, `{%q:null,"zzz":1}`, field))
			if err == nil || !strings.Contains(err.Error(), `unknown parameter "zzz"`) {
				t.Errorf("%s does not take %s: %v", name, field, err)
			}
		}
	}
	for name := range methodDocs {
		if rpcMethods[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
}

func protocolPage() string {
	p := &page{seen: map[reflect.Type]bool{}}
	p.printf("# The protocol of a session\n\nGenerated from the types; `go test ./session` says when it is not current.\n\n")
	p.printf("JSON-RPC 2.0, one message a line, on the standard input and output of `hotloop serve` and on the socket of a session. ")
	p.printf("This is version %d. Durations are microseconds unless their name says otherwise, positions count from 1, lists are never null, a field marked `?` may be left out. ", Protocol)
	p.printf("Parameters that a method does not have are errors.\n\n## Methods\n\n")
	for _, name := range slices.Sorted(maps.Keys(methodDocs)) {
		d := methodDocs[name]
		p.printf("### %s\n\n%s\n\n    params %s\n    result %s\n\n", name, d.about, p.inline(reflect.TypeOf(d.params)), p.inline(reflect.TypeOf(d.result)))
	}
	p.printf("## Notifications\n\nThe server sends them by itself, from the moment a client connects.\n\n")
	for _, n := range notificationDocs {
		p.printf("- `%s`: %s %s\n", n.name, n.about, p.named(reflect.TypeOf(n.params)))
	}
	p.printf("\n## Types\n\n")
	for i := 0; i < len(p.queue); i++ { // describing one may add others
		t := p.queue[i]
		p.printf("### %s\n\n", t.Name())
		for _, f := range p.fields(t) {
			p.printf("    %s\n", f)
		}
		p.printf("\n")
	}
	p.printf("## Errors\n\n| code | meaning |\n|---|---|\n")
	for _, e := range []struct {
		code  int
		about string
	}{
		{codeParse, "not JSON"}, {codeInvalidRequest, "JSON, but no request"}, {codeNoMethod, "no such method"}, {codeParams, "wrong parameters, or data that is not JSON"},
		{codeNotFound, "no such script, unit, handler, version or report; `data.nearest` has the nearest names"},
		{codeNotRunning, "the script is not loaded, or its process ended meanwhile"},
		{codeClosed, "the session is ending"}, {codeScript, "the script's code failed; `data` is a CallError"},
	} {
		p.printf("| %d | %s |\n", e.code, e.about)
	}
	return p.String()
}

// page writes types as JSON has them, and remembers those that it named.
type page struct {
	strings.Builder
	seen  map[reflect.Type]bool
	queue []reflect.Type
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// inline writes a struct where it stands if it is one of parameters or replies.
func (p *page) inline(t reflect.Type) string {
	if name := t.Name(); !strings.HasSuffix(name, "Params") && !strings.HasSuffix(name, "Reply") {
		return p.named(t)
	}
	return "{" + strings.Join(p.fields(t), ", ") + "}"
}

func (p *page) fields(t reflect.Type) (out []string) {
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		if strings.Contains(rest, "omit") {
			name += "?"
		}
		out = append(out, name+": "+p.named(f.Type))
	}
	return out
}

// named writes a type by its name, and sees to it that it is described.
func (p *page) named(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return "JSON"
	case t == reflect.TypeFor[time.Time]():
		return "time"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return p.named(t.Elem())
	case reflect.Slice:
		return "[" + p.named(t.Elem()) + "]"
	case reflect.Map:
		return "{" + p.named(t.Key()) + ": " + p.named(t.Elem()) + "}"
	case reflect.Interface:
		return "JSON"
	case reflect.Struct:
		if !p.seen[t] {
			p.seen[t] = true
			p.queue = append(p.queue, t)
		}
		return t.Name()
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	}
	return "number"
}
