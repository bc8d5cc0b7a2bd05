// Command worker serves the package's nodes over the two pipes 3 and 4, one call at a time.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"package.name/axiom"
	"package.name/gen/proto"
)

const (
	frameInvoke       = 1
	frameSecretValue  = 2
	frameCancel       = 3
	frameShutdown     = 4
	frameInput        = 16
	frameInputEnd     = 17
	frameOutputCredit = 18
	frameAnswer       = 32
	frameHello        = 65
	frameResult       = 66
	frameError        = 67
	frameSecretGet    = 68
	frameLog          = 69
	frameOutput       = 80
	frameInputCredit  = 81
	frameAsk          = 96
	frameNote         = 97

	headSize   = 9
	maxPayload = 16 << 20
	maxStack   = 64 << 20
)

var (
	requests = os.NewFile(3, "requests")
	answers  = os.NewFile(4, "answers")
	sending  sync.Mutex

	// The call in flight, or nil.
	current     *call
	currentLock sync.Mutex
	// Held from a call's beginning to its end.
	serving sync.Mutex
)

func main() {
	// An endless recursion ends with its stack and not with all memory.
	debug.SetMaxStack(maxStack)
	leadOut()
	names := make([]string, len(table))
	for i, node := range table {
		names[i] = node.name
	}
	send(frameHello, 0, hello("go", names, fingerprint))
	go listen(newFrames())
	select {}
}

func hello(language string, nodes []string, fingerprint string) []byte {
	var w proto.Writer
	w.Tag(8)
	w.Int32(1)
	text(&w, 18, language)
	for _, node := range nodes {
		text(&w, 26, node)
	}
	if fingerprint != "" {
		text(&w, 34, fingerprint)
	}
	return w.Written()
}

// listen reads what the host says. Whoever reads a call goes on to serve it, and leaves the reading to another: so a
// call begins without waiting for a switch, and a cancel is heard while it runs.
func listen(in *frames) {
	for {
		kind, number, payload := in.next()
		switch kind {
		case frameInvoke:
			c := newCall(number, payload)
			serving.Lock()
			setCurrent(c)
			go listen(in)
			c.serve()
			return
		case frameSecretValue, frameAnswer:
			if c := getCurrent(number); c != nil {
				select {
				case c.answer <- payload:
				case <-c.ended:
				}
			}
		case frameCancel:
			if c := getCurrent(number); c != nil {
				c.stop()
			}
		case frameInput, frameInputEnd, frameOutputCredit:
			if c := getCurrent(number); c != nil && c.stream != nil {
				c.stream.heard(kind, payload)
			}
		case frameShutdown:
			serving.Lock()
			os.Exit(0)
		}
	}
}

func setCurrent(c *call) {
	currentLock.Lock()
	current = c
	currentLock.Unlock()
}

func getCurrent(number uint32) *call {
	currentLock.Lock()
	defer currentLock.Unlock()
	if current == nil || current.number != number {
		return nil
	}
	return current
}

// frames reads `u32 length | u8 kind | u32 call | payload`, little-endian.
type frames struct {
	buf        []byte
	start, end int
}

func newFrames() *frames { return &frames{buf: make([]byte, 64<<10)} }

// next gives a payload of its own. The end of the pipe ends the process.
func (f *frames) next() (kind byte, number uint32, payload []byte) {
	if f.start == f.end {
		f.start, f.end = 0, 0
	} else if len(f.buf)-f.start < headSize {
		f.end = copy(f.buf, f.buf[f.start:f.end])
		f.start = 0
	}
	for f.end-f.start < headSize {
		n, err := requests.Read(f.buf[f.end:])
		if n <= 0 || err != nil {
			os.Exit(0)
		}
		f.end += n
	}
	head := f.buf[f.start : f.start+headSize]
	length := binary.LittleEndian.Uint32(head)
	kind, number = head[4], binary.LittleEndian.Uint32(head[5:])
	f.start += headSize

	payload = make([]byte, length)
	n := copy(payload, f.buf[f.start:f.end])
	if kind == frameSecretValue {
		wipe(f.buf[f.start : f.start+n])
	}
	f.start += n
	if _, err := io.ReadFull(requests, payload[n:]); err != nil {
		os.Exit(0)
	}
	return kind, number, payload
}

func wipe(b []byte) {
	for i := range b {
		b[i] = 0
	}
}

func send(kind byte, number uint32, payload []byte) {
	frame := make([]byte, headSize, headSize+len(payload))
	binary.LittleEndian.PutUint32(frame, uint32(len(payload)))
	frame[4] = kind
	binary.LittleEndian.PutUint32(frame[5:], number)
	frame = append(frame, payload...)
	sending.Lock()
	defer sending.Unlock()
	if _, err := answers.Write(frame); err != nil {
		os.Exit(0)
	}
}

func text(w *proto.Writer, tag uint32, s string) {
	w.Tag(tag)
	w.String(valid(s))
}

// node is one of the package's nodes; the table of them is generated.
type node struct {
	name   string
	handle handler
}

func find(name string) *node {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// handler is a node's handler, called with encoded messages, or with a call that streams them.
type handler struct {
	streams bool
	call    func(ctx context.Context, c *call, input []byte) ([]byte, error)
}

// message is a pointer to a generated type.
type message[T any] interface {
	*T
	proto.Message
}

func unary[In, Out any, PIn message[In], POut message[Out]](
	handle func(context.Context, axiom.Context, PIn) (POut, error),
) handler {
	return handler{false, func(ctx context.Context, c *call, input []byte) ([]byte, error) {
		in := PIn(new(In))
		if err := proto.Unmarshal(input, in); err != nil {
			return nil, err
		}
		out, err := handle(ctx, c, in)
		if err != nil {
			return nil, err
		}
		if out == nil {
			return nil, &failure{"wrong_type", fmt.Sprintf("it returned nil, not %T", out)}
		}
		output, err := proto.Marshal(out)
		if err == nil && len(output) > maxPayload {
			err = &failure{"too_large", fmt.Sprintf("the output has %d bytes, more than %d", len(output), maxPayload)}
		}
		return output, err
	}}
}
