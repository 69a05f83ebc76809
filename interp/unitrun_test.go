package interp

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestUnitRuns plays random edits of a list of units.
func TestUnitRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var units, known, received []Unit
	fresh := 0
	for round := range 300 {
		units = slices.Clone(units) // what was given out is not changed
		for range r.IntN(4) {
			at := r.IntN(len(units) + 1)
			switch op := r.IntN(6); {
			case op == 0 || len(units) < 5:
				fresh++
				key := fmt.Sprintf("func F%d", fresh)
				units = slices.Insert(units, at, Unit{Key: key, Name: fmt.Sprint(fresh), Line: at, Version: 1, Params: []Param{{Name: "e", Fields: []string{"door"}}}})
			case at == len(units):
			case op == 1:
				units = slices.Delete(units, at, at+1)
			case op == 2:
				units[at].Version++
			case op == 3: // lines move from here on
				for i := at; i < len(units); i++ {
					units[i].Line += 7
				}
			case op == 4: // moved within the file
				u := units[at]
				units = slices.Delete(units, at, at+1)
				units = slices.Insert(units, r.IntN(len(units)+1), u)
			case op == 5:
				units[at].Params = []Param{{Name: "other"}}
			}
		}
		encoded, err := json.Marshal(runs(known, units))
		if err != nil {
			t.Fatal(err)
		}
		known = units
		var told []UnitRun
		if err := json.Unmarshal(encoded, &told); err != nil {
			t.Fatal(err)
		}
		if received, err = FollowUnits(received, told); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(units, received, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("round %d: %s", round, diff)
		}
	}
}

func TestUnitRunsAreFew(t *testing.T) {
	units := make([]Unit, 10_000)
	for i := range units {
		units[i] = Unit{Key: fmt.Sprintf("func F%d", i), Line: i * 4, Version: 1}
	}
	before := slices.Clone(units)
	for i := 5000; i < len(units); i++ {
		units[i].Line += 2
	}
	units[5000].Version++
	encoded, _ := json.Marshal(runs(before, units))
	if len(encoded) > 500 {
		t.Errorf("one changed unit of 10,000 is told in %d bytes", len(encoded))
	}
}

func TestFollowUnitsRefusesNonsense(t *testing.T) {
	list := make([]Unit, 3)
	for _, run := range []UnitRun{{From: 1, N: 3}, {From: -1, N: 1}, {N: -1}, {From: 4}, {N: 4}} {
		if _, err := FollowUnits(list, []UnitRun{run}); err == nil {
			t.Errorf("%+v is taken", run)
		}
	}
}
