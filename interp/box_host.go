package interp

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"reflect"
)

// LogValue implements slog.LogValuer: a handler is given the operand that
// package fmt would be given, or what the value says of itself.
func (b box) LogValue() slog.Value {
	if f, ok := call[func(any) slog.Value](b, "LogValue"); ok {
		return f(b.v)
	}
	if err, ok := top(b).(error); ok {
		return slog.AnyValue(loggedError{err})
	}
	return slog.AnyValue(topBox{b})
}

// loggedError is an error of the script's as an attribute: handlers ask what can
// be encoded for its encoding before they ask an error for its text.
type loggedError struct{ err error }

func (e loggedError) unwrapped() box                { return e.err.(wrapped).unwrapped() }
func (e loggedError) Error() string                 { return e.err.Error() }
func (e loggedError) Unwrap() error                 { return e.err }
func (e loggedError) Format(s fmt.State, verb rune) { topBox{e.unwrapped()}.Format(s, verb) }

// jsonSymbols are functions of package encoding/json that take values apart.
func (d *dynTypes) jsonSymbols() symbolMap {
	return symbolMap{
		"Marshal": reflect.ValueOf(func(v any) ([]byte, error) {
			out, err := json.Marshal(v)
			return out, ownError(err)
		}),
		"MarshalIndent": reflect.ValueOf(func(v any, prefix, indent string) ([]byte, error) {
			out, err := json.MarshalIndent(v, prefix, indent)
			return out, ownError(err)
		}),
		"Unmarshal": reflect.ValueOf(d.unmarshal),
	}
}

// methodSymbols do the work of methods of compiled types.
func (d *dynTypes) methodSymbols() symbolMap {
	return symbolMap{
		"LogPrintf": reflect.ValueOf(func(l *log.Logger, format string, a ...any) {
			format, a = formatted(format, a)
			l.Printf(format, a...)
		}),
		"LogFatalf": reflect.ValueOf(func(l *log.Logger, format string, a ...any) {
			format, a = formatted(format, a)
			l.Fatalf(format, a...)
		}),
		"LogPanicf": reflect.ValueOf(func(l *log.Logger, format string, a ...any) {
			format, a = formatted(format, a)
			l.Panicf(format, a...)
		}),
		"EncodeXML":  reflect.ValueOf(d.xmlEncode),
		"EncodeJSON": reflect.ValueOf(func(enc *json.Encoder, v any) error { return ownError(enc.Encode(v)) }),
		"DecodeJSON": reflect.ValueOf(func(dec *json.Decoder, v any) error {
			if _, ok := d.plain(v).(box); !ok {
				return dec.Decode(v)
			}
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				return err
			}
			return d.unmarshalWith(optionsOf(dec), raw, v)
		}),
	}
}

// optionsOf reads what a decoder was told.
func optionsOf(dec *json.Decoder) jsonOptions {
	told := func(name string) bool {
		f := reflect.ValueOf(dec).Elem().FieldByName("d")
		if f.IsValid() {
			f = f.FieldByName(name)
		}
		return f.IsValid() && f.Kind() == reflect.Bool && f.Bool()
	}
	return jsonOptions{useNumber: told("useNumber"), knownFields: told("disallowUnknownFields")}
}

// ownError takes off an error what encoding/json says of the box.
func ownError(err error) error {
	var m *json.MarshalerError
	for errors.As(err, &m) && (m.Type == boxType || m.Type == reflect.TypeFor[topBox]()) {
		err = m.Err
	}
	return err
}
