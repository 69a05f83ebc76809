package interp

import (
	"bytes"
	"encoding/xml"
	"go/types"
	"reflect"
)

// Package encoding/xml names an element after the type of the value, where the
// value does not say, which is only so for what it is given itself: the rest
// follows from the fields and their tags. Package lower refuses what it would
// see otherwise, see lost.go there.

// MarshalXML implements xml.Marshaler.
func (b box) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(b.v, start)
}

func (d *dynTypes) xmlSymbols() symbolMap {
	return symbolMap{
		"Marshal": reflect.ValueOf(func(v any) ([]byte, error) { return d.xmlMarshal(v, "", "") }),
		"MarshalIndent": reflect.ValueOf(func(v any, prefix, indent string) ([]byte, error) {
			return d.xmlMarshal(v, prefix, indent)
		}),
	}
}

func (d *dynTypes) xmlMarshal(x any, prefix, indent string) ([]byte, error) {
	var out bytes.Buffer
	enc := xml.NewEncoder(&out)
	if prefix != "" || indent != "" {
		enc.Indent(prefix, indent)
	}
	if err := d.xmlEncode(enc, x); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// xmlEncode is Encode of an xml.Encoder.
func (d *dynTypes) xmlEncode(enc *xml.Encoder, x any) error {
	b, ok := d.plain(x).(box)
	if !ok {
		return enc.Encode(x)
	}
	if err := d.xmlValue(enc, reflect.ValueOf(b.v), b.t.goType()); err != nil {
		return err
	}
	return enc.Flush()
}

func (d *dynTypes) xmlValue(enc *xml.Encoder, v reflect.Value, t types.Type) error {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v, t = v.Elem(), elemType(t)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return nil
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return d.xmlEncode(enc, v.Interface())
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				if err := d.xmlValue(enc, v.Index(i), elemType(t)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || exactType(t) || saysXMLName(v) {
		return enc.Encode(v.Interface())
	}
	return enc.EncodeElement(v.Interface(), xml.StartElement{Name: xml.Name{Local: n.Obj().Name()}})
}

// saysXMLName tells whether a struct says itself what its element is called.
func saysXMLName(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return false
	}
	f, ok := v.Type().FieldByName("XMLName")
	if !ok {
		return false
	}
	name, isName := v.FieldByIndex(f.Index).Interface().(xml.Name)
	return f.Tag.Get("xml") != "" || isName && name.Local != ""
}
