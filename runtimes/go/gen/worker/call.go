package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"package.name/axiom"
	"package.name/gen/proto"
)

// The host speaks soon after a deadline; a node that is faster waits for it this long.
const patience = 200 * time.Millisecond

// call is one call, as its handler sees it.
type call struct {
	number uint32
	node   string
	input  []byte

	executionID, flowID, tenantID string
	timeout                       time.Duration
	params                        map[string]string
	unreadable                    error
	// Of a pipeline node; nil for others.
	stream *stream

	ctx    context.Context
	cancel context.CancelFunc
	// Closed when the host asks to stop.
	stopped chan struct{}
	// Closed when the call has been answered.
	ended chan struct{}

	answer chan []byte
	// Held while something is asked for, and to answer the call: which is over from then on.
	asking sync.Mutex
	over   bool

	reflecting sync.Mutex
	flow       *axiom.Flow
}

// A failure has a kind of its own; every other error is one of the node's.
type failure struct{ kind, message string }

func (f *failure) Error() string { return f.message }

func newCall(number uint32, payload []byte) *call {
	c := &call{
		number:  number,
		stopped: make(chan struct{}),
		ended:   make(chan struct{}),
		answer:  make(chan []byte, 1),
	}
	c.unreadable = c.read(payload)
	// The time of a stream is that between its signs of life, which the host looks at.
	if c.timeout > 0 && c.stream == nil {
		c.ctx, c.cancel = context.WithTimeout(context.Background(), c.timeout)
	} else {
		c.ctx, c.cancel = context.WithCancel(context.Background())
	}
	return c
}

// stop is called by the listener alone.
func (c *call) stop() {
	select {
	case <-c.stopped:
	default:
		close(c.stopped)
	}
	c.cancel()
}

func (c *call) isStopped() bool {
	select {
	case <-c.stopped:
		return true
	default:
		return false
	}
}

// serve answers in any case: also when the handler panics, or ends its goroutine.
func (c *call) serve() {
	var output []byte
	var err error
	returned := false
	defer func() {
		if !returned {
			c.end(frameError, c.notReturned(recover()))
		} else if err != nil {
			c.end(frameError, c.failed(err))
		} else {
			c.end(frameResult, output)
		}
	}()
	output, err = c.handle()
	returned = true
}

func (c *call) handle() ([]byte, error) {
	if c.unreadable != nil {
		return nil, c.unreadable
	}
	found := find(c.node)
	switch {
	case found == nil:
		return nil, &failure{"unknown_node", "the package has no node " + c.node}
	case found.handle.streams && c.stream == nil:
		return nil, &failure{"wrong_type", c.node + " is a pipeline node"}
	case !found.handle.streams && c.stream != nil:
		return nil, &failure{"wrong_type", c.node + " is a unary node"}
	}
	output, err := found.handle.call(c.ctx, c, c.input)
	if err != nil && c.ctx.Err() == context.DeadlineExceeded {
		// It is the host that tells the caller of the deadline.
		select {
		case <-c.stopped:
		case <-time.After(patience):
		}
	}
	return output, err
}

// end sends the answer. A goroutine of the node may be waiting for an answer still.
func (c *call) end(kind byte, answer []byte) {
	c.cancel()
	c.asking.Lock()
	defer c.asking.Unlock()
	c.over = true
	close(c.ended)
	setCurrent(nil)
	send(kind, c.number, answer)
	serving.Unlock()
}

func (c *call) failed(err error) []byte {
	var known *failure
	switch {
	case errors.As(err, &known):
		return describe(known.kind, known.message, "")
	case c.isStopped():
		return cancelled()
	}
	// Some libraries keep a stack in their errors, and show it when asked for more.
	message, more := fmt.Sprint(err), fmt.Sprintf("%+v", err)
	if more == message {
		more = ""
	}
	return describe("exception", message, more)
}

func (c *call) notReturned(panicked any) []byte {
	switch {
	case panicked != nil:
		return describe("exception", "panic: "+fmt.Sprint(panicked), stack())
	case c.isStopped():
		return cancelled()
	default:
		return describe("exception", "the handler ended its goroutine without returning", "")
	}
}

func cancelled() []byte { return describe("cancelled", "it was stopped", "") }

func describe(kind, message, stack string) []byte {
	const most = 60 << 10
	var w proto.Writer
	text(&w, 10, kind)
	text(&w, 18, clip(message, most))
	if stack != "" {
		text(&w, 26, clip(stack, most))
	}
	return w.Written()
}

// stack is that of the node, from the panic down to where this program called it.
func stack() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	_, file, _, _ := runtime.Caller(0)
	root := strings.TrimSuffix(file, "gen/worker/call.go")
	var lines []string
	panicked := false
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch {
		case strings.HasPrefix(frame.Function, "runtime."):
			panicked = true
		case strings.HasPrefix(frame.Function, "main."):
			// Before the panic it is this function and its like; behind it, who called the node.
			more = more && !panicked
		default:
			file := strings.TrimPrefix(frame.File, root)
			lines = append(lines, fmt.Sprintf("%s\n\t%s:%d", frame.Function, file, frame.Line))
		}
	}
	return strings.Join(lines, "\n")
}

func (c *call) read(payload []byte) error {
	r := proto.NewReader(payload)
	for r.Next() {
		switch r.Tag() {
		case 10:
			c.node = r.String()
		case 18:
			c.input = r.Bytes()
		case 24:
			c.timeout = time.Duration(r.Int64()) * time.Millisecond
		case 34:
			c.executionID = r.String()
		case 42:
			c.flowID = r.String()
		case 50:
			c.tenantID = r.String()
		case 66:
			c.readParam(r)
		case 120:
			if r.Int64() != 0 {
				c.stream = newStream(c)
			}
		default:
			r.Skip()
		}
	}
	return r.Err()
}

func (c *call) readParam(r *proto.Reader) {
	var name, value string
	end := r.Begin()
	for r.Next() {
		switch r.Tag() {
		case 10:
			name = r.String()
		case 18:
			value = r.String()
		default:
			r.Skip()
		}
	}
	r.End(end)
	if c.params == nil {
		c.params = make(map[string]string)
	}
	c.params[name] = value
}

func (c *call) Log() axiom.Logger      { return logger{c.number} }
func (c *call) Secrets() axiom.Secrets { return secrets{c} }
func (c *call) Params() axiom.Params   { return params(c.params) }
func (c *call) ExecutionID() string    { return c.executionID }
func (c *call) FlowID() string         { return c.flowID }
func (c *call) TenantID() string       { return c.tenantID }

type params map[string]string

func (p params) Get(name string) (string, bool) {
	value, found := p[name]
	return value, found
}

type secrets struct{ *call }

// Get asks the host. A call that has ended finds nothing, and neither does a name that cannot be.
func (c secrets) Get(name string) (string, bool) {
	name = valid(name)
	if len(name) == 0 || len(name) > 128 {
		return "", false
	}
	payload := c.ask(frameSecretGet, []byte(name))
	if len(payload) == 0 || payload[0] == 0 {
		return "", false
	}
	value := string(payload[1:])
	wipe(payload)
	return value, true
}
