// Package timestamppb holds points in time, as google.golang.org/protobuf/types/known/timestamppb does.
package timestamppb

import (
	"errors"
	"time"
)

// The years 1 to 9999, in seconds since 1970.
const first, last = -62135596800, 253402300799

// Now is the present time.
func Now() *Timestamp { return New(time.Now()) }

// New is a point in time.
func New(t time.Time) *Timestamp {
	return &Timestamp{Seconds: t.Unix(), Nanos: int32(t.Nanosecond())}
}

// AsTime is the time in UTC; that of 1970 when there is none.
func (x *Timestamp) AsTime() time.Time {
	return time.Unix(x.GetSeconds(), int64(x.GetNanos())).UTC()
}

// IsValid reports whether the time is of the years 1 to 9999, and nanoseconds count forward.
func (x *Timestamp) IsValid() bool { return x.CheckValid() == nil }

// CheckValid says what makes the time invalid.
func (x *Timestamp) CheckValid() error {
	switch {
	case x == nil:
		return errors.New("there is no time")
	case x.Seconds < first || x.Seconds > last:
		return errors.New("the time is not of the years 1 to 9999")
	case x.Nanos < 0 || x.Nanos >= 1e9:
		return errors.New("the nanoseconds are not 0 to 999999999")
	}
	return nil
}
