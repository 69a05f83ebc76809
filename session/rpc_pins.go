package session

import (
	"context"
	"encoding/json"
	"slices"

	"hotloop/interp"
)

type pinParams struct {
	Event  string          `json:"event"`
	Script string          `json:"script"`
	Data   json.RawMessage `json:"data"`
	Live   bool            `json:"live"`
}

type bisectParams struct {
	Pin int `json:"pin"`
}

type unpinParams struct {
	ID int `json:"id"`
}

var pinsMethod = method(func(_ context.Context, s rpcSession, _ noParams) (any, error) {
	return map[string]any{"pins": wirePins(s.Pins())}, nil
})

var pinMethod = method(func(ctx context.Context, s rpcSession, p pinParams) (any, error) {
	if err := need("event", p.Event); err != nil {
		return nil, err
	}
	pins, err := s.Pin(ctx, PinRequest(p))
	return orError(map[string]any{"pins": wirePins(pins)}, err)
})

var unpinMethod = method(func(_ context.Context, s rpcSession, p unpinParams) (any, error) {
	if p.ID == 0 {
		return nil, paramsError(`parameter "id" is missing`)
	}
	return orError(struct{}{}, s.Unpin(p.ID))
})

var bisectMethod = method(func(ctx context.Context, s rpcSession, p bisectParams) (any, error) {
	if p.Pin == 0 {
		return nil, paramsError(`parameter "pin" is missing`)
	}
	return orError(s.Bisect(ctx, p.Pin))
})

func wirePins(pins []Pin) []Pin {
	pins = orEmpty(slices.Clone(pins))
	for i := range pins {
		pins[i].Before, pins[i].Last = wireRun(pins[i].Before), wireRun(pins[i].Last)
	}
	return pins
}

func wirePinResult(r PinResult) PinResult {
	r.Before, r.After, r.Diff = wireRun(r.Before), wireRun(r.After), orEmpty(r.Diff)
	return r
}

func wireRun(r *PinRun) *PinRun {
	if r == nil {
		return nil
	}
	out := *r
	out.Call.Returns, out.Touched = orEmpty(out.Call.Returns), orEmpty(out.Touched)
	return &out
}

// pinReportSize estimates the bytes that the results of pins keep alive.
func pinReportSize(r *PinReport) int {
	size := 0
	value := func(v *interp.Value) { size += 64 + 2*len(v.Text) }
	for i := range r.Results {
		for _, c := range r.Results[i].Diff {
			size += 64 + len(c.Path) + len(c.Before) + len(c.After)
		}
		if run := r.Results[i].After; run != nil {
			size += 256 + len(run.Call.Output)
			for k := range run.Call.Returns {
				value(&run.Call.Returns[k])
			}
			for k := range run.Touched {
				value(&run.Touched[k].Before)
				value(&run.Touched[k].After)
			}
		}
	}
	return size
}
