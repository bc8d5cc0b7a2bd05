// Package wrapperspb holds scalars that may be absent, as google.golang.org/protobuf/types/known/wrapperspb does.
package wrapperspb

// Double is a float64 that is there.
func Double(v float64) *DoubleValue { return &DoubleValue{Value: v} }

// Float is a float32 that is there.
func Float(v float32) *FloatValue { return &FloatValue{Value: v} }

// Int64 is a int64 that is there.
func Int64(v int64) *Int64Value { return &Int64Value{Value: v} }

// UInt64 is a uint64 that is there.
func UInt64(v uint64) *UInt64Value { return &UInt64Value{Value: v} }

// Int32 is a int32 that is there.
func Int32(v int32) *Int32Value { return &Int32Value{Value: v} }

// UInt32 is a uint32 that is there.
func UInt32(v uint32) *UInt32Value { return &UInt32Value{Value: v} }

// Bool is a bool that is there.
func Bool(v bool) *BoolValue { return &BoolValue{Value: v} }

// String is a string that is there.
func String(v string) *StringValue { return &StringValue{Value: v} }

// Bytes is a []byte that is there.
func Bytes(v []byte) *BytesValue { return &BytesValue{Value: v} }
