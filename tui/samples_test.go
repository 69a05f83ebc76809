package tui

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// The sessions that the tests look at.

func unitOf(kind interp.Kind, name, receiver, file string, line, version int, calls int64) interp.Unit {
	key := string(kind) + " " + name
	if receiver != "" {
		key = string(kind) + " (" + receiver + ")." + name
	}
	return interp.Unit{Key: key, Kind: kind, Name: name, Receiver: receiver, File: file, Line: line, Version: version, Calls: calls}
}

func doorScript() interp.Script {
	const file = "samples/door/door.go"
	onOpen := unitOf(interp.KindFunc, "OnOpen", "", file, 18, 3, 12)
	onOpen.Params = []interp.Param{{Name: "e", Type: "Opening", Fields: []string{"door", "people"}}}
	onOpen.LastUs = 118
	onClose := unitOf(interp.KindFunc, "OnClose", "", file, 31, 1, 3)
	onClose.Params = []interp.Param{{Name: "door", Type: "string"}, {Name: "seconds", Type: "int"}}
	alarm := unitOf(interp.KindFunc, "Alarm", "", file, 40, 1, 0)
	try := unitOf(interp.KindMethod, "Try", "*Lock", file, 55, 2, 8)
	try.Errors = 2
	return interp.Script{Name: "door", Package: "door", Path: "samples/door", Files: []string{file}, State: interp.StateLive,
		Units: []interp.Unit{
			onOpen, onClose, alarm, try,
			unitOf(interp.KindType, "Lock", "", file, 50, 1, 0),
			unitOf(interp.KindType, "Opening", "", file, 12, 1, 0),
			unitOf(interp.KindVar, "count", "", file, 8, 1, 0),
			unitOf(interp.KindVar, "locks", "", file, 9, 1, 0),
			unitOf(interp.KindConst, "limit", "", file, 6, 1, 0),
			unitOf(interp.KindImport, "fmt", "", file, 3, 1, 0),
		}}
}

func otherScript(name string, handlers ...string) interp.Script {
	file := fmt.Sprintf("samples/%s/%s.go", name, name)
	sc := interp.Script{Name: name, Package: name, Path: "samples/" + name, Files: []string{file}, State: interp.StateLive}
	for i, h := range handlers {
		u := unitOf(interp.KindFunc, h, "", file, 10+12*i, 1, int64(i*37))
		u.Params = []interp.Param{{Name: "e", Type: "map[string]any"}}
		sc.Units = append(sc.Units, u)
	}
	sc.Units = append(sc.Units, unitOf(interp.KindVar, "state", "", file, 4, 1, 0))
	return sc
}

// freshFake is a session just started.
func freshFake() *fake {
	f := newFake()
	f.scripts = []interp.Script{
		doorScript(),
		otherScript("router", "OnRequest", "OnTimeout", "Routes"),
		otherScript("thermostat", "OnReading", "OnSetpoint", "Tick", "Report"),
	}
	f.saved = []session.SavedEvent{
		{Name: "front door", Event: "OnOpen", Script: "door", Data: json.RawMessage(`{"door":"front","people":3}`)},
		{Name: "back door", Event: "OnOpen", Script: "door", Data: json.RawMessage(`{"door":"back","people":1}`)},
		{Name: "cold", Event: "OnReading", Script: "thermostat", Data: json.RawMessage(`{"celsius":4}`)},
	}
	f.vars["door"] = []interp.Var{
		{Name: "count", Type: "int", Text: "7", SetBy: "script"},
		{Name: "locks", Type: "map[string]*Lock", Text: `map[string]*Lock{"back": &Lock{tries: 2, open: false}, "front": &Lock{tries: 0, open: true}}`, SetBy: "load"},
	}
	f.texts[unitID{"door", "func OnOpen"}] = []session.UnitText{
		{Text: openV2, File: "samples/door/door.go", Line: 18, Version: 2, Time: clock(9, 58)},
		{Text: openV3, File: "samples/door/door.go", Line: 18, Version: 3, Live: true, Time: clock(12, 1)},
	}
	for _, sc := range f.scripts {
		r := interp.Report{Script: sc.Name, Cause: interp.CauseLoad, Status: interp.StatusLive, Timing: interp.Timing{Total: 11_400}}
		for _, u := range sc.Units {
			r.Units = append(r.Units, interp.UnitChange{Key: u.Key, Change: interp.ChangeAdded, To: u.Version})
			if u.Kind == interp.KindVar {
				r.Vars = append(r.Vars, interp.VarChange{Name: u.Name, Effect: interp.VarInitialised})
			}
		}
		f.report(r)
	}
	return f
}

func clock(h, m int) time.Time { return time.Date(2026, 3, 14, h, m, 7, 0, time.UTC) }

const openV2 = `func OnOpen(e Opening) string {
	return fmt.Sprintf("%s opened", e.Door)
}
`

const openV3 = `func OnOpen(e Opening) string {
	count++
	return fmt.Sprintf("%s opened (%d)", e.Door, count)
}
`

const openV4 = `func OnOpen(e Opening) string {
	count += e.People
	return fmt.Sprintf("%s opened (%d)", e.Door, count)
}
`

// patch makes version 4 of door.OnOpen live.
func (f *fake) patch() {
	f.change(func() {
		f.scripts[0].Units[0].Version = 4
		id := unitID{"door", "func OnOpen"}
		f.texts[id][1].Live = false
		f.texts[id] = append(f.texts[id], session.UnitText{Text: openV4, File: "samples/door/door.go", Line: 18, Version: 4, Live: true, Time: clock(12, 4)})
	})
	f.report(interp.Report{
		Script: "door", Cause: interp.CauseWatch, Status: interp.StatusLive,
		Units: []interp.UnitChange{{
			Key: "func OnOpen", Change: interp.ChangeChanged, From: 3, To: 4, File: "samples/door/door.go",
			Line: 18, OldLine: 18, OldText: openV3, NewText: openV4,
			Diff: "--- door.go\n+++ door.go\n@@ -18,4 +18,4 @@\n-\tcount++\n+\tcount += e.People\n",
		}},
		Vars:    []interp.VarChange{{Name: "count", Effect: interp.VarKept}, {Name: "locks", Effect: interp.VarKept}},
		Timing:  interp.Timing{Detect: 2100, Read: 60, Parse: 70, Check: 310, Compile: 240, Apply: 130, Total: 904},
		Reasons: nil,
	})
}

// events fires door.OnOpen before and after a patch, and other things.
func (f *fake) events() {
	f.fired("door", "OnOpen", `{"door":"front","people":3}`, interp.Call{Returns: text("string", `"front opened (8)"`), DurationUs: 124})
	f.patch()
	f.fired("door", "OnOpen", `{"door":"front","people":3}`, interp.Call{Version: 4, Returns: text("string", `"front opened (11)"`), DurationUs: 118,
		Output: "counting people now\nthree at once\n"})
	f.fired("door", "OnClose", `["front", 3]`, interp.Call{DurationUs: 61})
	f.fired("thermostat", "OnReading", `{"celsius":4}`, interp.Call{DurationUs: 2304, Error: &interp.CallError{
		Kind: interp.ErrPanic, Message: "index out of range [4] with length 3",
		Trace: []interp.Frame{{Function: "thermostat.(*History).at", File: "samples/thermostat/history.go", Line: 22}, {Function: "thermostat.OnReading", File: "samples/thermostat/thermostat.go", Line: 31}}}})
	f.log(session.Entry{Script: "router", Output: &session.Output{Script: "router", Stream: "stdout", Text: "\x1b[2J\x1b[31mGET\x1b[0m /index.html\tok\x07\n"}})
}

// break makes the router's file one that does not type-check.
func (f *fake) breakRouter() {
	d := interp.Diagnostic{
		Severity: interp.SeverityError, File: "samples/router/router.go", Line: 44, Column: 9,
		Message: "undefined: pth", Excerpt: "\treturn pth + \"/\" + name", Hint: "did you mean path?",
	}
	f.change(func() {
		f.scripts[1].State = interp.StateBehind
		f.scripts[1].Diagnostics = []interp.Diagnostic{d}
	})
	f.report(interp.Report{Script: "router", Cause: interp.CauseWatch, Status: interp.StatusRefused, Diagnostics: []interp.Diagnostic{d},
		Timing: interp.Timing{Total: 410}})
}

// crash ends the thermostat's process.
func (f *fake) crash() {
	f.change(func() { f.scripts[2].State = interp.StateCrashed })
	f.log(session.Entry{Script: "thermostat", Crash: &session.Crash{
		Script: "thermostat", Reason: "stack overflow", Tail: "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n",
		Trace: []interp.Frame{{Function: "thermostat.Tick", File: "samples/thermostat/thermostat.go", Line: 52}},
	}})
}

// large is a session with many units and a long log.
func large(units, entries int) *fake {
	f := newFake()
	for i := 0; i < 4; i++ {
		sc := interp.Script{Name: fmt.Sprintf("script%d", i), State: interp.StateLive}
		for j := 0; j < units/4; j++ {
			sc.Units = append(sc.Units, unitOf(interp.KindFunc, fmt.Sprintf("Handle%d", j), "", "a.go", j*5, 1+j%7, int64(j)))
		}
		f.scripts = append(f.scripts, sc)
	}
	for i := 0; i < entries; i++ {
		f.fired("script0", fmt.Sprintf("Handle%d", i%40), fmt.Sprintf(`{"n":%d}`, i%100), interp.Call{Returns: text("string", strings.Repeat("x", i%60)), DurationUs: int64(i % 1000)})
	}
	return f
}

// askingFake is a session in ask mode with a plan that waits.
func askingFake() *fake {
	f := freshFake()
	f.apply = "ask"
	f.pending = []session.Pending{{Script: "door", Report: interp.Report{
		Script: "door", Cause: interp.CauseWatch, Status: interp.StatusLive,
		Units: []interp.UnitChange{{Key: "func OnOpen", Change: interp.ChangeChanged, From: 3, To: 4,
			File: "samples/door/door.go", Line: 18, OldLine: 18, OldText: openV3, NewText: openV4}},
	}}}
	return f
}
