package axiom

// Telemetry takes events and measurements of this call. What is too much of it is left out.
type Telemetry interface {
	AddEvent(name string, attributes map[string]string)
	Counter(name string, value float64, attributes map[string]string)
	Histogram(name string, value float64, attributes map[string]string)
}

// TelemetryOf gives the telemetry of a call. That of a context without one keeps nothing.
func TelemetryOf(ax Context) Telemetry {
	if has, ok := ax.(interface{ Telemetry() Telemetry }); ok {
		return has.Telemetry()
	}
	return untold{}
}

// Progress says how far the call is, from 0 to 1, and what it is at.
func Progress(ax Context, fraction float64, message string) {
	if has, ok := ax.(interface{ Progress(float64, string) }); ok {
		has.Progress(fraction, message)
	}
}

type untold struct{}

func (untold) AddEvent(string, map[string]string)           {}
func (untold) Counter(string, float64, map[string]string)   {}
func (untold) Histogram(string, float64, map[string]string) {}
