// Package durationpb holds spans of time, as google.golang.org/protobuf/types/known/durationpb does.
package durationpb

import (
	"errors"
	"math"
	"time"
)

// 10,000 years, in seconds.
const longest = 315576000000

// New is a span of time.
func New(d time.Duration) *Duration {
	return &Duration{Seconds: int64(d / time.Second), Nanos: int32(d % time.Second)}
}

// AsDuration is the span; the longest that there is when it is longer.
func (x *Duration) AsDuration() time.Duration {
	seconds, nanos := x.GetSeconds(), int64(x.GetNanos())
	const most = math.MaxInt64 / int64(time.Second)
	if seconds > most || seconds < -most {
		return limit(seconds)
	}
	whole := seconds * int64(time.Second)
	sum := whole + nanos
	if whole > 0 && nanos > 0 && sum < 0 || whole < 0 && nanos < 0 && sum > 0 {
		return limit(seconds)
	}
	return time.Duration(sum)
}

func limit(seconds int64) time.Duration {
	if seconds < 0 {
		return math.MinInt64
	}
	return math.MaxInt64
}

// IsValid reports whether the span is of at most 10,000 years, with seconds and nanoseconds of one sign.
func (x *Duration) IsValid() bool { return x.CheckValid() == nil }

// CheckValid says what makes the span invalid.
func (x *Duration) CheckValid() error {
	switch {
	case x == nil:
		return errors.New("there is no duration")
	case x.Seconds < -longest || x.Seconds > longest:
		return errors.New("the duration is longer than 10,000 years")
	case x.Nanos <= -1e9 || x.Nanos >= 1e9:
		return errors.New("the nanoseconds are a second or more")
	case x.Seconds > 0 && x.Nanos < 0 || x.Seconds < 0 && x.Nanos > 0:
		return errors.New("seconds and nanoseconds have different signs")
	}
	return nil
}
