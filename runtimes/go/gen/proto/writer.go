package proto

import (
	"encoding/binary"
	"errors"
	"math"
	"sort"
	"unicode/utf8"
)

// maxDepth is how deep messages may be nested.
const maxDepth = 320

var (
	errUTF8 = errors.New("a string of the message is not valid UTF-8")
	errDeep = errors.New("the message is nested too deep")
)

// Writer writes the wire format. The first error stays.
type Writer struct {
	buf   []byte
	depth int
	err   error
}

// Written gives what was written so far.
func (w *Writer) Written() []byte { return w.buf }

// Tag begins a field.
func (w *Writer) Tag(tag uint32) { w.buf = binary.AppendUvarint(w.buf, uint64(tag)) }

func (w *Writer) varint(v uint64) { w.buf = binary.AppendUvarint(w.buf, v) }

func (w *Writer) Int32(v int32)   { w.varint(uint64(int64(v))) }
func (w *Writer) Int64(v int64)   { w.varint(uint64(v)) }
func (w *Writer) UInt32(v uint32) { w.varint(uint64(v)) }
func (w *Writer) UInt64(v uint64) { w.varint(v) }
func (w *Writer) SInt32(v int32)  { w.varint(uint64(uint32(v<<1) ^ uint32(v>>31))) }
func (w *Writer) SInt64(v int64)  { w.varint(uint64(v<<1) ^ uint64(v>>63)) }

func (w *Writer) Bool(v bool) {
	if v {
		w.buf = append(w.buf, 1)
	} else {
		w.buf = append(w.buf, 0)
	}
}

func (w *Writer) Fixed32(v uint32)  { w.buf = binary.LittleEndian.AppendUint32(w.buf, v) }
func (w *Writer) Fixed64(v uint64)  { w.buf = binary.LittleEndian.AppendUint64(w.buf, v) }
func (w *Writer) SFixed32(v int32)  { w.Fixed32(uint32(v)) }
func (w *Writer) SFixed64(v int64)  { w.Fixed64(uint64(v)) }
func (w *Writer) Float(v float32)   { w.Fixed32(math.Float32bits(v)) }
func (w *Writer) Double(v float64)  { w.Fixed64(math.Float64bits(v)) }
func (w *Writer) Raw(fields []byte) { w.buf = append(w.buf, fields...) }

func (w *Writer) String(v string) {
	if w.err == nil && !utf8.ValidString(v) {
		w.err = errUTF8
	}
	w.varint(uint64(len(v)))
	w.buf = append(w.buf, v...)
}

func (w *Writer) Bytes(v []byte) {
	w.varint(uint64(len(v)))
	w.buf = append(w.buf, v...)
}

func (w *Writer) Message(m Message) {
	if w.depth == maxDepth {
		w.err = errDeep
	}
	if w.err != nil {
		return
	}
	w.depth++
	mark := w.Begin()
	m.Marshal(w)
	w.End(mark)
	w.depth--
}

// Begin begins a value whose length is known at its End.
func (w *Writer) Begin() int {
	w.buf = append(w.buf, 0)
	return len(w.buf)
}

// End ends the value that began at mark. One byte was kept for the length: longer ones move the content.
func (w *Writer) End(mark int) {
	n := len(w.buf) - mark
	if n < 0x80 {
		w.buf[mark-1] = byte(n)
		return
	}
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], uint64(n))
	w.buf = append(w.buf, length[:size-1]...)
	copy(w.buf[mark+size-1:], w.buf[mark:mark+n])
	copy(w.buf[mark-1:], length[:size])
}

// IsZero tells zero from minus zero, which is a value.
func IsZero[F float32 | float64](v F) bool { return v == 0 && !math.Signbit(float64(v)) }

// Keys gives the keys of a map in their order.
func Keys[K comparable, V any](m map[K]V) []K {
	if len(m) == 0 {
		return nil
	}
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	switch k := any(keys).(type) {
	case []string:
		sort.Strings(k)
	case []int32:
		sort.Slice(k, func(i, j int) bool { return k[i] < k[j] })
	case []int64:
		sort.Slice(k, func(i, j int) bool { return k[i] < k[j] })
	case []uint32:
		sort.Slice(k, func(i, j int) bool { return k[i] < k[j] })
	case []uint64:
		sort.Slice(k, func(i, j int) bool { return k[i] < k[j] })
	case []bool:
		sort.Slice(k, func(i, j int) bool { return !k[i] && k[j] })
	}
	return keys
}
