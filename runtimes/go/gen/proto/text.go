package proto

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// Text is a message for people to read: its fields that are not empty. No program should depend on its form.
func Text(m Message) string {
	v := reflect.ValueOf(m)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return ""
	}
	var b strings.Builder
	writeFields(&b, v.Elem())
	return b.String()
}

// EnumName is the name of an enum's value, or its number where it has none.
func EnumName(names map[int32]string, v int32) string {
	if name, ok := names[v]; ok {
		return name
	}
	return strconv.Itoa(int(v))
}

func writeFields(b *strings.Builder, v reflect.Value) {
	for i := 0; i < v.NumField(); i++ {
		field := v.Type().Field(i)
		value := v.Field(i)
		if !field.IsExported() || value.IsZero() {
			continue
		}
		// A oneof holds a pointer to a struct with its one member, which is there even when it is empty.
		if value.Kind() == reflect.Interface {
			if value.Elem().IsNil() {
				continue
			}
			value = value.Elem().Elem()
			field = value.Type().Field(0)
			value = value.Field(0)
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case value.Kind() == reflect.Map:
			writeMap(b, name, value)
		case value.Kind() == reflect.Slice && value.Type().Elem().Kind() != reflect.Uint8:
			for j := 0; j < value.Len(); j++ {
				writeField(b, name, value.Index(j))
			}
		default:
			writeField(b, name, value)
		}
	}
}

func writeMap(b *strings.Builder, name string, value reflect.Value) {
	var entries []string
	for each := value.MapRange(); each.Next(); {
		var entry strings.Builder
		writeField(&entry, "key", each.Key())
		writeField(&entry, "value", each.Value())
		entries = append(entries, entry.String())
	}
	sort.Strings(entries)
	for _, entry := range entries {
		separate(b)
		b.WriteString(name + ":{" + entry + "}")
	}
}

func writeField(b *strings.Builder, name string, value reflect.Value) {
	separate(b)
	b.WriteString(name + ":")
	if m, ok := value.Interface().(Message); ok {
		b.WriteString("{" + Text(m) + "}")
		return
	}
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	switch v := value.Interface().(type) {
	case string:
		b.WriteString(strconv.Quote(v))
	case []byte:
		b.WriteString(base64.StdEncoding.EncodeToString(v))
	default:
		fmt.Fprint(b, v)
	}
}

func separate(b *strings.Builder) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
}
