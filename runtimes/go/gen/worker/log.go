package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"package.name/gen/proto"
)

const (
	maxLine   = 16 << 10
	maxFields = 8 << 10
	maxValue  = 1 << 10
)

type logger struct{ number uint32 }

func (l logger) Debug(msg string, args ...any) { l.line("debug", msg, args) }
func (l logger) Info(msg string, args ...any)  { l.line("info", msg, args) }
func (l logger) Warn(msg string, args ...any)  { l.line("warn", msg, args) }
func (l logger) Error(msg string, args ...any) { l.line("error", msg, args) }

func (l logger) line(level, msg string, args []any) {
	var w proto.Writer
	text(&w, 10, level)
	text(&w, 18, clip(msg, maxLine))
	left := maxFields
	for ; len(args) > 0; args = args[1:] {
		// A value that lost its key is kept, under a name that shows.
		key, value := "!BADKEY", args[0]
		if len(args) > 1 {
			key, value = fmt.Sprint(args[0]), args[1]
			args = args[1:]
		}
		key, shown := clip(key, maxValue), clip(fmt.Sprint(value), maxValue)
		left -= len(key) + len(shown) + 10
		if left < 0 {
			break
		}
		w.Tag(26)
		mark := w.Begin()
		text(&w, 10, key)
		text(&w, 18, shown)
		w.End(mark)
	}
	send(frameLog, l.number, w.Written())
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// clip gives at most so many bytes of UTF-8.
func clip(s string, most int) string {
	s = valid(s)
	if len(s) <= most {
		return s
	}
	end := most - len("…")
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
