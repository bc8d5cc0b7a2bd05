// Package axiomtest has a stand-in for the context, for the tests of nodes.
package axiomtest

import (
	"sync"

	"package.name/axiom"
)

// Context finds secrets and parameters in maps, and keeps what the node logs.
type Context struct {
	SecretsMap map[string]string
	ParamsMap  map[string]string
	// Remembered is what AgentOf finds and keeps.
	Remembered Memory
	// Graph is what ReflectionOf shows.
	Graph axiom.Flow

	mu    sync.Mutex
	lines []Line
	notes []Note
}

// Note is something that a node told of itself.
type Note struct {
	// Kind is progress, event, counter or histogram.
	Kind string
	// Name is that of an event or metric, or the message of progress.
	Name       string
	Value      float64
	Attributes map[string]string
}

// Notes gives what was told so far.
func (c *Context) Notes() []Note {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Note(nil), c.notes...)
}

func (c *Context) Agent() axiom.Agent           { return agent{&c.Remembered} }
func (c *Context) Reflection() axiom.Reflection { return graph(c.Graph) }
func (c *Context) Telemetry() axiom.Telemetry   { return telemetry{c} }

func (c *Context) Progress(fraction float64, message string) {
	telemetry{c}.add("progress", message, fraction, nil)
}

type agent struct{ memory *Memory }

func (a agent) Memory() *axiom.Memory { return axiom.NewMemory(a.memory) }

type graph axiom.Flow

func (g graph) Flow() axiom.Flow { return axiom.Flow(g) }

type telemetry struct{ c *Context }

func (t telemetry) AddEvent(name string, attributes map[string]string) {
	t.add("event", name, 0, attributes)
}

func (t telemetry) Counter(name string, value float64, attributes map[string]string) {
	t.add("counter", name, value, attributes)
}

func (t telemetry) Histogram(name string, value float64, attributes map[string]string) {
	t.add("histogram", name, value, attributes)
}

func (t telemetry) add(kind, name string, value float64, attributes map[string]string) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.c.notes = append(t.c.notes, Note{kind, name, value, attributes})
}

// Line is one line that a node logged.
type Line struct {
	// Level is debug, info, warn or error.
	Level   string
	Message string
	// Args are the attributes as they were given, in pairs.
	Args []any
}

// Lines gives what was logged so far.
func (c *Context) Lines() []Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Line(nil), c.lines...)
}

func (c *Context) Log() axiom.Logger      { return log{c} }
func (c *Context) Secrets() axiom.Secrets { return values(c.SecretsMap) }
func (c *Context) Params() axiom.Params   { return values(c.ParamsMap) }
func (c *Context) ExecutionID() string    { return "test-execution" }
func (c *Context) FlowID() string         { return "test-flow" }
func (c *Context) TenantID() string       { return "test-tenant" }

type values map[string]string

func (v values) Get(name string) (string, bool) {
	value, found := v[name]
	return value, found
}

type log struct{ c *Context }

func (l log) Debug(msg string, args ...any) { l.add("debug", msg, args) }
func (l log) Info(msg string, args ...any)  { l.add("info", msg, args) }
func (l log) Warn(msg string, args ...any)  { l.add("warn", msg, args) }
func (l log) Error(msg string, args ...any) { l.add("error", msg, args) }

func (l log) add(level, msg string, args []any) {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	l.c.lines = append(l.c.lines, Line{level, msg, args})
}
