package main

import (
	"runtime"
	"sort"

	"package.name/axiom"
	"package.name/gen/proto"
)

const (
	askReflection = 1
	askAppend     = 2
	askLast       = 3
	askEnd        = 4
	askWrite      = 5
	askFind       = 6

	noteProgress  = 1
	noteEvent     = 2
	noteCounter   = 3
	noteHistogram = 4

	maxAsk        = 72 << 10
	maxName       = 256
	maxAttributes = 16
)

// ask asks the host and gives the payload of its answer; nothing when the call has ended. When the call is stopped
// meanwhile, the goroutine that asked ends: nothing is what a node would take for an answer.
func (c *call) ask(kind byte, payload []byte) []byte {
	c.asking.Lock()
	defer c.asking.Unlock()
	if c.over {
		return nil
	}
	if c.isStopped() {
		runtime.Goexit()
	}
	send(kind, c.number, payload)
	select {
	case answer := <-c.answer:
		return answer
	case <-c.stopped:
		runtime.Goexit()
		return nil
	}
}

// question is what the context asks; fields that are empty are not sent.
type question struct {
	what                                      int32
	session, role, text, toolName, toolCallID string
	count                                     int64
	importance                                float64
}

type answer struct {
	code, message, id string
	turns             []axiom.Turn
	entries           []axiom.Entry
	flow              axiom.Flow
}

func (c *call) question(q question) (*answer, error) {
	var w proto.Writer
	w.Tag(8)
	w.Int32(q.what)
	some(&w, 18, q.session)
	some(&w, 26, q.role)
	some(&w, 34, q.text)
	if q.count != 0 {
		w.Tag(40)
		w.Int64(q.count)
	}
	if q.importance != 0 {
		w.Tag(49)
		w.Double(q.importance)
	}
	some(&w, 58, q.toolName)
	some(&w, 66, q.toolCallID)
	if len(w.Written()) > maxAsk {
		return &answer{}, &axiom.Refusal{Code: "too_large", Message: "The question is larger than a question may be."}
	}
	payload := c.ask(frameAsk, w.Written())
	a := &answer{flow: axiom.NewFlow()}
	if payload == nil {
		a.code, a.message = "unavailable", "The call is over."
	} else if err := a.read(proto.NewReader(payload)); err != nil {
		return a, err
	}
	if a.code != "" {
		return a, &axiom.Refusal{Code: a.code, Message: a.message}
	}
	return a, nil
}

func some(w *proto.Writer, tag uint32, s string) {
	if s != "" {
		text(w, tag, s)
	}
}

func (c *call) Agent() axiom.Agent           { return remembering{c} }
func (c *call) Reflection() axiom.Reflection { return reflection{c} }
func (c *call) Telemetry() axiom.Telemetry   { return telemetry{c.number} }

func (c *call) Progress(fraction float64, message string) {
	telemetry{c.number}.tell(noteProgress, message, fraction, nil)
}

// reflection asks once in a call, also when goroutines ask at once.
type reflection struct{ *call }

func (r reflection) Flow() axiom.Flow {
	r.reflecting.Lock()
	defer r.reflecting.Unlock()
	if r.flow == nil {
		a, _ := r.question(question{what: askReflection})
		r.flow = &a.flow
	}
	return *r.flow
}

// remembering is the memory of the flow, kept by the host. Whose it is, the host knows.
type remembering struct{ *call }

func (r remembering) Memory() *axiom.Memory { return axiom.NewMemory(r) }

func (r remembering) Append(session string, turn axiom.Turn) (string, error) {
	a, err := r.question(question{
		what: askAppend, session: session, role: turn.Role, text: turn.Content,
		toolName: turn.ToolName, toolCallID: turn.ToolCallID,
	})
	return a.id, err
}

func (r remembering) Last(session string, n int) ([]axiom.Turn, error) {
	a, err := r.question(question{what: askLast, session: session, count: int64(n)})
	return a.turns, err
}

func (r remembering) End(session string) error {
	_, err := r.question(question{what: askEnd, session: session})
	return err
}

func (r remembering) Write(session, content string, importance float64) (string, error) {
	a, err := r.question(question{what: askWrite, session: session, text: content, importance: importance})
	return a.id, err
}

func (r remembering) Search(session, query string, limit int) ([]axiom.Entry, error) {
	a, err := r.question(question{what: askFind, session: session, text: query, count: int64(limit)})
	return a.entries, err
}

type telemetry struct{ number uint32 }

func (t telemetry) AddEvent(name string, attributes map[string]string) {
	t.tell(noteEvent, name, 0, attributes)
}

func (t telemetry) Counter(name string, value float64, attributes map[string]string) {
	t.tell(noteCounter, name, value, attributes)
}

func (t telemetry) Histogram(name string, value float64, attributes map[string]string) {
	t.tell(noteHistogram, name, value, attributes)
}

func (t telemetry) tell(what int32, name string, value float64, attributes map[string]string) {
	var w proto.Writer
	w.Tag(8)
	w.Int32(what)
	some(&w, 18, clip(name, maxName))
	if value != 0 {
		w.Tag(25)
		w.Double(value)
	}
	keys := make([]string, 0, len(attributes))
	for key := range attributes {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	if len(keys) > maxAttributes {
		keys = keys[:maxAttributes]
	}
	for _, key := range keys {
		w.Tag(34)
		mark := w.Begin()
		some(&w, 10, clip(key, maxName))
		some(&w, 18, clip(attributes[key], maxName))
		w.End(mark)
	}
	send(frameNote, t.number, w.Written())
}
