package session

import (
	"encoding/json"
	"time"

	"hotloop/interp"
)

// The heads of frames that are more than a type of interp. A JSON value inside
// a result is carried as the text the child made of it: decoding it would turn
// large integers into floats and lose the order of fields.

type helloMessage struct {
	Wire int `json:"wire"`
	PID  int `json:"pid"`
}

type loadMessage struct {
	Source   sourceDelta     `json:"source"`
	Baseline interp.Baseline `json:"baseline,omitempty"`
	Repeat   *interp.Repeat  `json:"repeat,omitempty"`
}

type applyMessage struct {
	Source   sourceDelta `json:"source"`
	PlanOnly bool        `json:"planOnly,omitempty"`
}

// callMessage is interp.CallRequest without its data, which is the blob.
type callMessage struct {
	ID       int64         `json:"id,omitempty"`
	Function string        `json:"function"`
	Timeout  time.Duration `json:"timeout,omitempty"`
	At       time.Time     `json:"at,omitzero"`
}

type callReply struct {
	interp.Call
	Returns []valueReply `json:"returns"` // hides Call.Returns
}

func (r callReply) call() interp.Call {
	c := r.Call
	c.Returns = make([]interp.Value, len(r.Returns))
	for i, v := range r.Returns {
		c.Returns[i] = v.value()
	}
	return c
}

type valueReply struct {
	Type  string          `json:"type"`
	Text  string          `json:"text"`
	Value json.RawMessage `json:"value,omitempty"`
}

func (r valueReply) value() interp.Value {
	v := interp.Value{Type: r.Type, Text: r.Text}
	if len(r.Value) > 0 { // an empty RawMessage would not be a nil any
		v.Value = r.Value
	}
	return v
}

type varReply struct {
	interp.Var
	Value json.RawMessage `json:"value,omitempty"` // hides Var.Value
}

func (r varReply) variable() interp.Var {
	v := r.Var
	if len(r.Value) > 0 {
		v.Value = r.Value
	}
	return v
}

type evalMessage struct {
	Value interp.Value      `json:"value"`
	Fail  *interp.CallError `json:"fail,omitempty"`
}

type evalReply struct {
	Value valueReply        `json:"value"`
	Fail  *interp.CallError `json:"fail"`
}

type setMessage struct {
	Name string `json:"name"`
	Expr string `json:"expr"`
}

type setResult struct {
	Before interp.Value      `json:"before"`
	After  interp.Value      `json:"after"`
	Fail   *interp.CallError `json:"fail,omitempty"`
}

type setReply struct {
	Before valueReply        `json:"before"`
	After  valueReply        `json:"after"`
	Fail   *interp.CallError `json:"fail"`
}

// exitMessage announces that the child ends of its own accord. Reason is empty
// for os.Exit, which Code then tells.
type exitMessage struct {
	Code   int    `json:"code"`
	Reason string `json:"reason,omitempty"`
}
