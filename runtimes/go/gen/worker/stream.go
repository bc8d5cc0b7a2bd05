package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"package.name/axiom"
	"package.name/gen/proto"
)

const (
	// What may be under way in one direction before any of it is taken.
	window = 64 << 10
	// What a frame costs at least.
	leastCost = 1 << 10
)

// stream is what came in for the call of a pipeline node, and what may go out.
type stream struct {
	call *call

	lock   sync.Mutex
	inbox  [][]byte
	ended  bool
	credit int
	owed   int
	// What went wrong with a frame that the node sent, also when the node takes no notice.
	wrong error

	// Each holds a token when there is something new.
	news, room chan struct{}
}

func newStream(c *call) *stream {
	return &stream{
		call:   c,
		credit: window,
		news:   make(chan struct{}, 1),
		room:   make(chan struct{}, 1),
	}
}

func cost(frame []byte) int {
	if len(frame) < leastCost {
		return leastCost
	}
	return len(frame)
}

func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// heard takes what the host says of the stream. Called by the listener alone, it never waits.
func (s *stream) heard(kind byte, payload []byte) {
	s.lock.Lock()
	defer s.lock.Unlock()
	switch kind {
	case frameInput:
		s.inbox = append(s.inbox, payload)
		signal(s.news)
	case frameInputEnd:
		s.ended = true
		signal(s.news)
	case frameOutputCredit:
		s.credit += int(binary.LittleEndian.Uint32(payload))
		signal(s.room)
	}
}

// next waits for a frame; false at the end of the input, or of the call.
func (s *stream) next(ctx context.Context) ([]byte, bool) {
	for {
		s.lock.Lock()
		if len(s.inbox) > 0 {
			frame := s.inbox[0]
			s.inbox = s.inbox[1:]
			s.lock.Unlock()
			return frame, true
		}
		ended := s.ended
		s.lock.Unlock()
		if ended {
			return nil, false
		}
		select {
		case <-s.news:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// taken says that the node has a frame. What is owed goes back when nothing more is here, or it is half of the window.
func (s *stream) taken(frame []byte) {
	s.lock.Lock()
	s.owed += cost(frame)
	owed := s.owed
	if owed < window/2 && (len(s.inbox) > 0 || s.ended) {
		s.lock.Unlock()
		return
	}
	s.owed = 0
	s.lock.Unlock()
	var credit [4]byte
	binary.LittleEndian.PutUint32(credit[:], uint32(owed))
	_ = s.send(frameInputCredit, credit[:])
}

// emit sends a frame when there is room for it.
func (s *stream) emit(ctx context.Context, frame []byte) error {
	for {
		s.lock.Lock()
		if s.credit > 0 {
			s.credit -= cost(frame)
			s.lock.Unlock()
			// For others that wait, if there still is some.
			signal(s.room)
			return s.send(frameOutput, frame)
		}
		s.lock.Unlock()
		select {
		case <-s.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// send leaves out what would come after the call's end.
func (s *stream) send(kind byte, payload []byte) error {
	s.call.asking.Lock()
	defer s.call.asking.Unlock()
	if s.call.over {
		return context.Canceled
	}
	send(kind, s.call.number, payload)
	return nil
}

func (s *stream) fail(err error) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.wrong == nil {
		s.wrong = err
	}
	return err
}

func (s *stream) failure() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.wrong
}

// feed gives the node its input as messages.
func feed[In any, PIn message[In]](ctx context.Context, s *stream, in chan<- PIn) {
	defer close(in)
	for {
		frame, more := s.next(ctx)
		if !more {
			return
		}
		m := PIn(new(In))
		if err := proto.Unmarshal(frame, m); err != nil {
			_ = s.fail(err)
			return
		}
		select {
		case in <- m:
			s.taken(frame)
		case <-ctx.Done():
			return
		}
	}
}

func pipeline[In, Out any, PIn message[In], POut message[Out]](
	handle func(context.Context, axiom.Context, <-chan PIn, func(POut) error) error,
) handler {
	return handler{true, func(ctx context.Context, c *call, _ []byte) ([]byte, error) {
		s := c.stream
		in := make(chan PIn)
		go feed[In, PIn](ctx, s, in)
		err := handle(ctx, c, in, func(out POut) error {
			if out == nil {
				return s.fail(&failure{"wrong_type", fmt.Sprintf("it gave nil, not %T", out)})
			}
			frame, err := proto.Marshal(out)
			if err != nil {
				return s.fail(err)
			}
			if len(frame) > maxPayload {
				return s.fail(&failure{"too_large", fmt.Sprintf("a frame has %d bytes, more than %d", len(frame), maxPayload)})
			}
			return s.emit(ctx, frame)
		})
		if err == nil {
			err = s.failure()
		}
		return nil, err
	}}
}
