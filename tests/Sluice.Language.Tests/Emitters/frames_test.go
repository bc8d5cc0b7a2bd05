package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"testing"
	"time"
)

type golden struct {
	Name    string
	Kind    byte
	Call    uint32
	Hex     string
	Meaning struct {
		Node, Input string
		Timeout     int64  `json:"timeout_ms"`
		ExecutionID string `json:"execution_id"`
		FlowID      string `json:"flow_id"`
		TenantID    string `json:"tenant_id"`
		Params      map[string]string
		Found       bool
		Value       string
		Language    string
		Nodes       []string
		Fingerprint string
		Output      string
		Kind        string
		Message     string
		Stack       string
		Name        string
		Level, Text string
		Fields      map[string]string
		Stream      bool
		Frame       string
		Bytes       uint32
	}
}

func TestFrames(t *testing.T) {
	text, err := os.ReadFile("frames.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Frames []golden }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, frame := range file.Frames {
		whole := unhex(frame.Hex)
		if frame.Kind < frameHello {
			frame.read(t, whole)
		} else if sent := frame.write(); !bytes.Equal(sent, whole) {
			t.Errorf("%s: %x is sent, not %x", frame.Name, sent, whole)
		}
	}
	t.Log(len(file.Frames), "frames")
}

// read gives the frame in pieces, behind another that shares its buffer.
func (g golden) read(t *testing.T, whole []byte) {
	from, to, _ := os.Pipe()
	requests = from
	go func() {
		for rest := append([]byte{0, 0, 0, 0, frameCancel, 9, 0, 0, 0}, whole...); len(rest) > 0; {
			n := 7
			if n > len(rest) {
				n = len(rest)
			}
			to.Write(rest[:n])
			rest = rest[n:]
		}
	}()
	in := newFrames()
	if kind, number, _ := in.next(); kind != frameCancel || number != 9 {
		t.Error("the frame before", g.Name)
	}
	kind, number, payload := in.next()
	if kind != g.Kind || number != g.Call {
		t.Error(g.Name, kind, number)
	}
	m := g.Meaning
	switch g.Kind {
	case frameInvoke:
		c := newCall(number, payload)
		params := c.params
		if params == nil {
			params = map[string]string{}
		}
		got := []any{c.unreadable, c.node, hex.EncodeToString(c.input), c.timeout, c.executionID, c.flowID, c.tenantID, params}
		want := []any{nil, m.Node, m.Input, time.Duration(m.Timeout) * time.Millisecond, m.ExecutionID, m.FlowID, m.TenantID, m.Params}
		if (c.stream != nil) != m.Stream {
			t.Error(g.Name, c.stream)
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Error(g.Name, got[i], want[i])
			}
		}
	case frameSecretValue:
		c := newCall(number, nil)
		answers, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		c.answer <- payload
		value, found := c.Secrets().Get("ANY")
		if value != string(unhex(m.Value)) || found != m.Found {
			t.Error(g.Name, value, found)
		}
	case frameInput, frameInputEnd:
		s := newStream(newCall(number, nil))
		s.heard(kind, payload)
		frame, more := s.next(context.Background())
		if hex.EncodeToString(frame) != m.Frame || more != (kind == frameInput) {
			t.Error(g.Name, frame, more)
		}
	case frameOutputCredit:
		s := newStream(newCall(number, nil))
		s.heard(kind, payload)
		if s.credit != window+int(m.Bytes) {
			t.Error(g.Name, s.credit)
		}
	default:
		if len(payload) > 0 {
			t.Error(g.Name)
		}
	}
}

func (g golden) write() []byte {
	from, to, _ := os.Pipe()
	answers = to
	m := g.Meaning
	switch g.Kind {
	case frameHello:
		send(frameHello, g.Call, hello(m.Language, m.Nodes, m.Fingerprint))
	case frameResult:
		send(frameResult, g.Call, unhex(m.Output))
	case frameError:
		send(frameError, g.Call, describe(m.Kind, m.Message, m.Stack))
	case frameSecretGet:
		c := newCall(g.Call, nil)
		c.answer <- []byte{0}
		c.Secrets().Get(m.Name)
	case frameOutput:
		_ = newStream(newCall(g.Call, nil)).emit(context.Background(), unhex(m.Frame))
	case frameInputCredit:
		s := newStream(newCall(g.Call, nil))
		s.taken(make([]byte, m.Bytes))
	case frameLog:
		var args []any
		var keys []string
		for key := range m.Fields {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			args = append(args, key, m.Fields[key])
		}
		logger{g.Call}.line(m.Level, m.Text, args)
	}
	to.Close()
	var sent bytes.Buffer
	sent.ReadFrom(from)
	return sent.Bytes()
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return b
}
