package interp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"time"
)

// InvokeRequest asks for a call with values of the program's own instead of
// JSON. Args has one value for each parameter, without a leading context if the
// function has one; those of a variadic parameter follow each other.
type InvokeRequest struct {
	Function string
	Args     []reflect.Value
	Timeout  time.Duration // 0 means none
}

// Invocation is what came of Invoke: the results as they are, without a last
// error, and what the call says of itself. Its Returns are left empty.
type Invocation struct {
	Call
	Results []reflect.Value
	// Err is the error that the function returned, as it is.
	Err error

	types []types.Type
	texts [][]byte // instead, of results that came as JSON
}

// FromJSON makes values that came from elsewhere the results.
func (inv *Invocation) FromJSON(values []Value) {
	for _, v := range values {
		text, err := json.Marshal(v.Value)
		if err != nil {
			text = []byte("null")
		}
		inv.Results = append(inv.Results, reflect.ValueOf(v))
		inv.texts = append(inv.texts, text)
	}
}

// Invoke is Call for Go values. What fits a parameter's type is passed as it
// is, what has the same structure under another name is converted, and anything
// else goes by JSON, by the rules of events.
func (l *Live) Invoke(ctx context.Context, req InvokeRequest) Invocation {
	inv := Invocation{Call: Call{Function: req.Function, Returns: []Value{}}}
	cctx, cancel := ctx, context.CancelFunc(func() {})
	if req.Timeout > 0 {
		cctx, cancel = context.WithTimeout(ctx, req.Timeout)
	}
	defer cancel()
	h, fn, fail := l.enter(cctx, req.Function, func() (*handler, *CallError) { return l.invoked(req) })
	if fail != nil {
		inv.Error = fail
		return inv
	}
	inv.Version, inv.Versions = h.version, l.versionsOf(h.unit.id)
	args := h.args
	if h.wantsContext {
		args = append([]reflect.Value{reflect.ValueOf(cctx)}, args...)
	}
	start := time.Now()
	var results []reflect.Value
	inv.Output, inv.Error = l.execute(h.unit.display(), cctx, req.Timeout, true, h.wantsContext, func() {
		results = fn.Call(args)
	})
	inv.DurationUs = time.Since(start).Microseconds()
	if inv.Error != nil {
		if inv.Error.Kind == ErrTimeout || inv.Error.Kind == ErrStopped {
			inv.Error.Message = h.unit.display() + " " + inv.Error.Message
		}
		return inv
	}
	for i, r := range results {
		t := h.sig.Results().At(i).Type()
		if i == len(results)-1 && types.Identical(t, errorType) {
			if err, _ := r.Interface().(error); err != nil {
				inv.Err = err
				inv.Error = &CallError{Kind: ErrError, Message: errorText(err)}
			}
			break
		}
		inv.Results = append(inv.Results, r)
		inv.types = append(inv.types, t)
	}
	return inv
}

// Result stores result i in the variable that into points to, converted as the
// arguments are.
func (inv *Invocation) Result(i int, into reflect.Value) error {
	if i >= len(inv.Results) {
		return fmt.Errorf("%s has %d results", inv.Function, len(inv.Results))
	}
	r := inv.Results[i]
	want := into.Type().Elem()
	if inv.texts != nil {
		if err := json.Unmarshal(inv.texts[i], into.Interface()); err != nil {
			return fmt.Errorf("result %d of %s: %w", i+1, inv.Function, err)
		}
		return nil
	}
	if want.Kind() == reflect.Interface && want.NumMethod() == 0 {
		if x := inv.Plain(i); x != nil {
			into.Elem().Set(reflect.ValueOf(x))
		}
		return nil
	}
	if v, ok := fits(r, want); ok {
		into.Elem().Set(v)
		return nil
	}
	text, err := json.Marshal(formatValue(r, inv.types[i]).Value)
	if err != nil {
		return fmt.Errorf("result %d of %s: %w", i+1, inv.Function, err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into.Interface()); err != nil {
		return fmt.Errorf("result %d of %s is %s, not %s: %w", i+1, inv.Function, typeText(inv.types[i]), want, err)
	}
	return nil
}

// Plain is result i as a value that JSON knows, or as it is when it is of a
// type of the program's.
func (inv *Invocation) Plain(i int) any {
	if inv.texts != nil {
		var x any
		json.Unmarshal(inv.texts[i], &x) // it was made by json.Marshal
		return x
	}
	r := inv.Results[i]
	if n, ok := types.Unalias(inv.types[i]).(*types.Named); ok && !declaredInSource(n.Obj()) {
		return r.Interface()
	}
	if _, ok := inv.types[i].(*types.Basic); ok {
		return r.Interface()
	}
	return formatValue(r, inv.types[i]).Value
}

// invoked makes a call with Go values ready.
func (l *Live) invoked(req InvokeRequest) (*handler, *CallError) {
	h, fail := l.find(req.Function)
	if fail != nil {
		return nil, fail
	}
	sig, rts, wants := splitContext(h.sig, h.goType)
	h.wantsContext = wants
	n := len(rts)
	wrong := func(format string, args ...any) (*handler, *CallError) {
		return nil, &CallError{Kind: ErrArguments, Message: h.unit.display() + ": " + fmt.Sprintf(format, args...)}
	}
	if len(req.Args) < n && !(sig.Variadic() && len(req.Args) == n-1) || len(req.Args) > n && !sig.Variadic() {
		return wrong("%d arguments for %d parameters", len(req.Args), n)
	}
	for i, a := range req.Args {
		at := min(i, n-1)
		rt, t := rts[at], sig.Params().At(at).Type()
		if sig.Variadic() && at == n-1 {
			rt, t = rt.Elem(), t.(*types.Slice).Elem()
		}
		v, err := l.argument(a, rt, t)
		if err != nil {
			return wrong("argument %d: %v", i+1, err)
		}
		h.args = append(h.args, v)
	}
	return h, nil
}

// argument gives a value of the program's as one of a parameter's type.
func (l *Live) argument(a reflect.Value, rt reflect.Type, t types.Type) (reflect.Value, error) {
	if !a.IsValid() {
		return reflect.Zero(rt), nil
	}
	if v, ok := fits(a, rt); ok {
		return v, nil
	}
	data, err := json.Marshal(a.Interface())
	if err != nil {
		return reflect.Value{}, fmt.Errorf("%s does not fit %s: %w", a.Type(), typeText(t), err)
	}
	v, err := decoder{}.decode(data, t, rt, "")
	if err != nil {
		return reflect.Value{}, fmt.Errorf("%s does not fit %s: %w", a.Type(), typeText(t), err)
	}
	return v, nil
}

// fits gives v as a value of type t when nothing gets lost: t is its type, an
// interface that it has, or a type of the same structure.
func fits(v reflect.Value, t reflect.Type) (reflect.Value, bool) {
	if v.Kind() == reflect.Interface && !v.IsNil() && t.Kind() != reflect.Interface {
		v = v.Elem()
	}
	switch from := v.Type(); {
	case from.AssignableTo(t):
		out := reflect.New(t).Elem()
		out.Set(v)
		return out, true
	case from.Kind() == t.Kind() && from.ConvertibleTo(t) && t.Kind() != reflect.Interface:
		return v.Convert(t), true
	}
	return reflect.Value{}, false
}

// During runs f of the program's as a call of the script: patches land before
// or after it, not while it runs, unless it takes longer than they wait. It is
// for calling what a script gave out earlier, such as an http.Handler. What f
// panics with, or an end by the deadline or Stop, is in the error.
func (l *Live) During(ctx context.Context, what string, f func()) (output string, fail *CallError) {
	l.gate.enter()
	if ctx.Err() != nil {
		l.gate.leave()
		return "", &CallError{Kind: ErrStopped, Message: what + " did not begin"}
	}
	return l.execute(what, ctx, 0, true, true, f)
}
