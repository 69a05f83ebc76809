package tui

import (
	"slices"
	"testing"

	"hotloop/interp"
)

func TestCheckData(t *testing.T) {
	for data, want := range map[string]dataCheck{
		``:                  {},
		`  `:                {},
		`{"a":1}`:           {},
		`[1,"x",null]`:      {},
		`3.5`:               {},
		`{"a":1`:            {problem: "the JSON goes on", at: 6, unfinished: true},
		`{"a":"b`:           {problem: "the JSON goes on", at: 7, unfinished: true},
		`{"a":}`:            {problem: `"a" needs a value`, at: 5, unfinished: true},
		`{"a":1,"b": ,}`:    {problem: `"b" needs a value`, at: 11, unfinished: true},
		`{"a":front}`:       {problem: `front is not JSON; text needs "quotes"`, at: 5},
		`front`:             {problem: `front is not JSON; text needs "quotes"`},
		`{"a":1,}`:          {problem: `unexpected '}' where a "field" begins`, at: 7},
		`{"a":1} x`:         {problem: `unexpected 'x' after top-level value`, at: 8},
		`{"colon: in":"}:"`: {problem: "the JSON goes on", at: 17, unfinished: true},
	} {
		if got := checkData(data); got != want {
			t.Errorf("%s: %+v, want %+v", data, got, want)
		}
	}
}

func TestKeyAt(t *testing.T) {
	for data, want := range map[string]keyPlace{
		``:               {},
		`{`:              {ok: true, from: 1},
		`{ `:             {ok: true, from: 2},
		`{"do`:           {ok: true, from: 1, partial: "do"},
		`{do`:            {ok: true, from: 1, partial: "do"},
		`{"door"`:        {},
		`{"door":`:       {},
		`{"door":"fr`:    {},
		`{"door":1,`:     {ok: true, from: 10, used: []string{"door"}},
		`{"door":1, "pe`: {ok: true, from: 11, partial: "pe", used: []string{"door"}},
		`{"a":{"b":1,"c`: {ok: true, from: 12, partial: "c", used: []string{"b"}, path: []string{"a"}},
		`[3,{"x`:         {ok: true, from: 4, partial: "x", path: []string{"#2"}},
		`{"a":[1,2],`:    {ok: true, from: 11, used: []string{"a"}},
		`{"a":"x{y,","b`: {ok: true, from: 12, partial: "b", used: []string{"a"}},
		`{"a":1}`:        {},
		`"text`:          {},
		`]`:              {},
	} {
		got := keyAt(data)
		if got.ok != want.ok || got.from != want.from || got.partial != want.partial || !slices.Equal(got.used, want.used) || !slices.Equal(got.path, want.path) {
			t.Errorf("%s: %+v, want %+v", data, got, want)
		}
	}
}

func TestFieldsAt(t *testing.T) {
	one := []interp.Param{{Name: "e", Type: "Opening", Fields: []string{"door", "people"}}}
	two := []interp.Param{{Name: "a", Type: "int"}, {Name: "b", Type: "T", Fields: []string{"x"}}}
	for _, c := range []struct {
		params []interp.Param
		path   []string
		want   []string
	}{
		{one, nil, []string{"door", "people"}},
		{one, []string{"door"}, nil},
		{two, nil, []string{"a", "b"}},
		{two, []string{"b"}, []string{"x"}},
		{two, []string{"#2"}, []string{"x"}},
		{two, []string{"#1"}, nil},
		{nil, nil, nil},
	} {
		if got := fieldsAt(c.params, c.path); !slices.Equal(got, c.want) {
			t.Errorf("%v %v: %v, want %v", c.params, c.path, got, c.want)
		}
	}
}

func TestSplitEvent(t *testing.T) {
	for line, want := range map[string][2]string{
		`door.OnOpen {"a":1}`: {"door.OnOpen", `{"a":1}`},
		`OnOpen`:              {"OnOpen", ""},
		`  OnOpen   3`:        {"OnOpen", "3"},
		`OnOpen{"a":1}`:       {"OnOpen", `{"a":1}`},
		`OnOpen["x", 2]`:      {"OnOpen", `["x", 2]`},
		``:                    {"", ""},
	} {
		if name, data, _ := splitEvent(line); name != want[0] || data != want[1] {
			t.Errorf("%q: %q and %q, want %q", line, name, data, want)
		}
	}
}
