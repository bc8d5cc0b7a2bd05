package proto

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"
)

var errMalformed = errors.New("the bytes are no such message")

// Reader reads the wire format. The first error stays, and ends every loop over fields.
type Reader struct {
	buf   []byte
	pos   int
	end   int
	start int
	tag   uint32
	depth int
	err   error
}

// NewReader reads one message.
func NewReader(b []byte) *Reader { return &Reader{buf: b, end: len(b)} }

// Err is what was wrong with the bytes, or nil.
func (r *Reader) Err() error { return r.err }

// More reports whether there is more before the end of the message, or of the list that was begun.
func (r *Reader) More() bool { return r.err == nil && r.pos < r.end }

// Next goes on to the next field; false at the end.
func (r *Reader) Next() bool {
	if !r.More() {
		return false
	}
	r.start = r.pos
	v := r.varint()
	if v < 8 || v > math.MaxUint32 {
		r.fail(errMalformed)
	}
	r.tag = uint32(v)
	return r.err == nil
}

// Tag is the number and the wire type of the present field.
func (r *Reader) Tag() uint32 { return r.tag }

// Begin begins the content of a value, which has to be ended with what it returns.
func (r *Reader) Begin() int {
	outer := r.end
	if n := r.length(); r.err == nil {
		r.end = r.pos + n
	}
	return outer
}

// End goes back to what is around the value.
func (r *Reader) End(outer int) { r.end = outer }

func (r *Reader) Int32() int32   { return int32(r.varint()) }
func (r *Reader) Int64() int64   { return int64(r.varint()) }
func (r *Reader) UInt32() uint32 { return uint32(r.varint()) }
func (r *Reader) UInt64() uint64 { return r.varint() }
func (r *Reader) Bool() bool     { return r.varint() != 0 }

func (r *Reader) SInt32() int32 {
	v := uint32(r.varint())
	return int32(v>>1) ^ -int32(v&1)
}

func (r *Reader) SInt64() int64 {
	v := r.varint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *Reader) Fixed32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *Reader) Fixed64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *Reader) SFixed32() int32 { return int32(r.Fixed32()) }
func (r *Reader) SFixed64() int64 { return int64(r.Fixed64()) }
func (r *Reader) Float() float32  { return math.Float32frombits(r.Fixed32()) }
func (r *Reader) Double() float64 { return math.Float64frombits(r.Fixed64()) }

func (r *Reader) String() string {
	b := r.take(r.length())
	if !utf8.Valid(b) {
		r.fail(errUTF8)
	}
	return string(b)
}

// Bytes is never nil: an empty value that is there is one.
func (r *Reader) Bytes() []byte { return append([]byte{}, r.take(r.length())...) }

// Message reads into m.
func (r *Reader) Message(m Message) {
	if r.depth == maxDepth {
		r.fail(errDeep)
		return
	}
	outer := r.Begin()
	r.depth++
	m.Unmarshal(r)
	r.depth--
	r.End(outer)
}

// Keep adds the present field, which the type does not know, to those kept.
func (r *Reader) Keep(kept []byte) []byte {
	r.Skip()
	if r.err != nil {
		return kept
	}
	return append(kept, r.buf[r.start:r.pos]...)
}

// Skip passes over the present field.
func (r *Reader) Skip() { r.skip(r.tag, 0) }

func (r *Reader) skip(tag uint32, depth int) {
	switch tag & 7 {
	case 0:
		r.varint()
	case 1:
		r.take(8)
	case 2:
		r.take(r.length())
	case 5:
		r.take(4)
	case 3:
		for r.err == nil && depth < 100 {
			inner := r.varint()
			if inner == uint64(tag)+1 {
				return
			}
			if inner < 8 || inner > math.MaxUint32 {
				break
			}
			r.skip(uint32(inner), depth+1)
		}
		r.fail(errMalformed)
	default:
		r.fail(errMalformed)
	}
}

func (r *Reader) varint() uint64 {
	var v uint64
	for shift := 0; shift < 70 && r.pos < r.end && r.err == nil; shift += 7 {
		b := r.buf[r.pos]
		r.pos++
		if shift < 64 {
			v |= uint64(b&0x7f) << shift
		}
		if b < 0x80 {
			return v
		}
	}
	r.fail(errMalformed)
	return 0
}

func (r *Reader) length() int {
	n := r.varint()
	if n > uint64(r.end-r.pos) {
		r.fail(errMalformed)
		return 0
	}
	return int(n)
}

func (r *Reader) take(n int) []byte {
	if r.err != nil || n > r.end-r.pos {
		r.fail(errMalformed)
		return nil
	}
	r.pos += n
	return r.buf[r.pos-n : r.pos]
}

func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
