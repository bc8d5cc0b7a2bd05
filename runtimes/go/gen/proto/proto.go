// Package proto turns messages into bytes and back. It is used like google.golang.org/protobuf/proto.
package proto

import "bytes"

// Message is what every generated message can do.
type Message interface {
	Reset()
	String() string
	ProtoMessage()

	// Marshal writes the fields in the order of their numbers, then those that the type does not know.
	Marshal(w *Writer)

	// Unmarshal reads more fields: lists grow, messages merge, everything else is replaced.
	Unmarshal(r *Reader)
}

// Marshal encodes a message. Equal messages give equal bytes, because maps are written in the order of their keys.
// It fails when a string is not valid UTF-8.
func Marshal(m Message) ([]byte, error) {
	if m == nil {
		return nil, nil
	}
	w := &Writer{}
	m.Marshal(w)
	return w.buf, w.err
}

// Unmarshal makes m the message that was encoded. Unknown fields are kept.
func Unmarshal(b []byte, m Message) error {
	m.Reset()
	r := NewReader(b)
	m.Unmarshal(r)
	return r.Err()
}

// Size is the number of bytes that Marshal gives.
func Size(m Message) int {
	b, _ := Marshal(m)
	return len(b)
}

// Equal reports whether two messages have the same fields. It takes two of the same type.
func Equal(a, b Message) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	x, e := Marshal(a)
	y, f := Marshal(b)
	return e == nil && f == nil && bytes.Equal(x, y)
}

// Merge adds the fields of src to dst, a message of the same type.
func Merge(dst, src Message) {
	w := &Writer{}
	src.Marshal(w)
	dst.Unmarshal(NewReader(w.buf))
}

// Clone is a copy that shares nothing with m.
func Clone[T any, M interface {
	*T
	Message
}](m M) M {
	if m == nil {
		return nil
	}
	c := M(new(T))
	Merge(c, m)
	return c
}

// Reset clears a message.
func Reset(m Message) { m.Reset() }

// Bool gives a pointer, for a field that is optional.
func Bool(v bool) *bool { return &v }

// Int32 gives a pointer, for a field that is optional.
func Int32(v int32) *int32 { return &v }

// Int64 gives a pointer, for a field that is optional.
func Int64(v int64) *int64 { return &v }

// Uint32 gives a pointer, for a field that is optional.
func Uint32(v uint32) *uint32 { return &v }

// Uint64 gives a pointer, for a field that is optional.
func Uint64(v uint64) *uint64 { return &v }

// Float32 gives a pointer, for a field that is optional.
func Float32(v float32) *float32 { return &v }

// Float64 gives a pointer, for a field that is optional.
func Float64(v float64) *float64 { return &v }

// String gives a pointer, for a field that is optional.
func String(v string) *string { return &v }
