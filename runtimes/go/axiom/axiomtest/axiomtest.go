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

	mu    sync.Mutex
	lines []Line
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
