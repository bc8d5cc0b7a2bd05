// Package structpb holds any JSON value, as google.golang.org/protobuf/types/known/structpb does.
package structpb

import (
	"encoding/base64"
	"fmt"
	"unicode/utf8"
)

// NewStruct is an object, from what NewValue takes.
func NewStruct(fields map[string]any) (*Struct, error) {
	x := &Struct{Fields: make(map[string]*Value, len(fields))}
	for name, field := range fields {
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("the name %q is not valid UTF-8", name)
		}
		value, err := NewValue(field)
		if err != nil {
			return nil, err
		}
		x.Fields[name] = value
	}
	return x, nil
}

// AsMap is the object as Go's own values.
func (x *Struct) AsMap() map[string]any {
	fields := make(map[string]any, len(x.GetFields()))
	for name, value := range x.GetFields() {
		fields[name] = value.AsInterface()
	}
	return fields
}

// NewList is a list, from what NewValue takes.
func NewList(values []any) (*ListValue, error) {
	x := &ListValue{Values: make([]*Value, 0, len(values))}
	for _, each := range values {
		value, err := NewValue(each)
		if err != nil {
			return nil, err
		}
		x.Values = append(x.Values, value)
	}
	return x, nil
}

// AsSlice is the list as Go's own values.
func (x *ListValue) AsSlice() []any {
	values := make([]any, 0, len(x.GetValues()))
	for _, value := range x.GetValues() {
		values = append(values, value.AsInterface())
	}
	return values
}

// NewValue is a value, from nil, a bool, a number, a string, bytes (which become base64), a map[string]any or a []any.
func NewValue(v any) (*Value, error) {
	switch v := v.(type) {
	case nil:
		return NewNullValue(), nil
	case bool:
		return NewBoolValue(v), nil
	case int:
		return NewNumberValue(float64(v)), nil
	case int32:
		return NewNumberValue(float64(v)), nil
	case int64:
		return NewNumberValue(float64(v)), nil
	case uint:
		return NewNumberValue(float64(v)), nil
	case uint32:
		return NewNumberValue(float64(v)), nil
	case uint64:
		return NewNumberValue(float64(v)), nil
	case float32:
		return NewNumberValue(float64(v)), nil
	case float64:
		return NewNumberValue(v), nil
	case string:
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("the string %q is not valid UTF-8", v)
		}
		return NewStringValue(v), nil
	case []byte:
		return NewStringValue(base64.StdEncoding.EncodeToString(v)), nil
	case map[string]any:
		x, err := NewStruct(v)
		if err != nil {
			return nil, err
		}
		return NewStructValue(x), nil
	case []any:
		x, err := NewList(v)
		if err != nil {
			return nil, err
		}
		return NewListValue(x), nil
	default:
		return nil, fmt.Errorf("a %T is no JSON value", v)
	}
}

// NewNullValue is null.
func NewNullValue() *Value { return &Value{Kind: &Value_NullValue{}} }

// NewBoolValue is true or false.
func NewBoolValue(v bool) *Value { return &Value{Kind: &Value_BoolValue{v}} }

// NewNumberValue is a number.
func NewNumberValue(v float64) *Value { return &Value{Kind: &Value_NumberValue{v}} }

// NewStringValue is a string.
func NewStringValue(v string) *Value { return &Value{Kind: &Value_StringValue{v}} }

// NewStructValue is an object.
func NewStructValue(v *Struct) *Value { return &Value{Kind: &Value_StructValue{v}} }

// NewListValue is a list.
func NewListValue(v *ListValue) *Value { return &Value{Kind: &Value_ListValue{v}} }

// AsInterface is the value as Go's own: nil, bool, float64, string, map[string]any or []any.
func (x *Value) AsInterface() any {
	switch v := x.GetKind().(type) {
	case *Value_BoolValue:
		return v.BoolValue
	case *Value_NumberValue:
		return v.NumberValue
	case *Value_StringValue:
		return v.StringValue
	case *Value_StructValue:
		return v.StructValue.AsMap()
	case *Value_ListValue:
		return v.ListValue.AsSlice()
	default:
		return nil
	}
}
