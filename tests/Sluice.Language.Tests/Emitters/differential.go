// Compares the generated types with the official ones, by reflection over messages that are read from standard input.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"

	official "google.golang.org/protobuf/proto"

	"demo/greeter/gen"
	"demo/greeter/gen/proto"
	theirs "demo/greeter/official/messages"
)

var pairs = map[string]struct {
	theirs func() official.Message
	ours   func() proto.Message
}{
	// PAIRS
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	count := 0
	for ; lines.Scan(); count++ {
		name, encoded, _ := strings.Cut(lines.Text(), " ")
		data, err := base64.StdEncoding.DecodeString(encoded)
		check(err == nil, "base64")
		message(name, data)
	}
	fmt.Println(count, "messages")
}

func message(name string, data []byte) {
	t, o := pairs[name].theirs(), pairs[name].ours()
	check(official.Unmarshal(data, t) == nil && proto.Unmarshal(data, o) == nil, name)
	same(name, reflect.ValueOf(t), reflect.ValueOf(o))

	// What ours writes is theirs again, to the byte where theirs has an order.
	again, err := proto.Marshal(o)
	check(err == nil && len(again) == len(data), name+" is written")
	t2 := pairs[name].theirs()
	check(official.Unmarshal(again, t2) == nil && official.Equal(withoutNaN(t), withoutNaN(t2)), name+" is read")
	deterministic, _ := official.MarshalOptions{Deterministic: true}.Marshal(t2)
	expected, _ := official.MarshalOptions{Deterministic: true}.Marshal(t)
	check(bytes.Equal(deterministic, expected), name+" is the same")

	// Any cut is read by both or by neither, and both keep what they do not know.
	for cut := 0; cut < len(data); cut += 1 + len(data)/16 {
		a, b := official.Unmarshal(data[:cut], pairs[name].theirs()), proto.Unmarshal(data[:cut], pairs[name].ours())
		check((a == nil) == (b == nil), fmt.Sprint(name, " cut at ", cut, ": ", a, b))
	}
	for other, pair := range pairs {
		t, o := pair.theirs(), pair.ours()
		a, b := official.Unmarshal(data, t), proto.Unmarshal(data, o)
		check((a == nil) == (b == nil), fmt.Sprint(name, " read as ", other, ": ", a, b))
		if a != nil {
			continue
		}
		kept, err := proto.Marshal(o)
		check(err == nil, other)
		t3 := pair.theirs()
		check(official.Unmarshal(kept, t3) == nil, other)
		x, _ := official.MarshalOptions{Deterministic: true}.Marshal(t)
		y, _ := official.MarshalOptions{Deterministic: true}.Marshal(t3)
		check(bytes.Equal(x, y), name+" kept by "+other)
	}
}

// NaN is not equal to itself: such a message is compared by its bytes alone.
func withoutNaN(m official.Message) official.Message {
	if !official.Equal(m, m) {
		return nil
	}
	return m
}

func same(at string, t, o reflect.Value) {
	check(t.Kind() == o.Kind(), fmt.Sprint(at, " is a ", t.Kind(), " and a ", o.Kind()))
	check(t.Type().Name() == o.Type().Name(), fmt.Sprint(at, " is ", t.Type(), " and ", o.Type()))
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface:
		check(t.IsNil() == o.IsNil(), at+" is there")
		if !t.IsNil() {
			getters(at, t, o)
			same(at, t.Elem(), o.Elem())
		}
	case reflect.Struct:
		fields(at, t, o)
	case reflect.Slice:
		if t.Type().Elem().Kind() != reflect.Uint8 {
			check(t.IsNil() == o.IsNil(), at+" is nil")
		}
		check(t.Len() == o.Len(), at+" is as long")
		for i := 0; i < t.Len(); i++ {
			same(fmt.Sprint(at, "[", i, "]"), t.Index(i), o.Index(i))
		}
	case reflect.Map:
		check(t.Len() == o.Len(), at+" is as long")
		for _, key := range t.MapKeys() {
			value := o.MapIndex(key.Convert(o.Type().Key()))
			check(value.IsValid(), fmt.Sprint(at, " has ", key))
			same(fmt.Sprint(at, "[", key, "]"), t.MapIndex(key), value)
		}
	case reflect.Float32, reflect.Float64:
		check(math.Float64bits(t.Float()) == math.Float64bits(o.Float()) || t.Float() != t.Float() && o.Float() != o.Float(), at)
	default:
		// Enums too: their names come from String.
		check(fmt.Sprint(t) == fmt.Sprint(o), fmt.Sprint(at, " is ", t, " and ", o))
	}
}

func fields(at string, t, o reflect.Value) {
	names := exported(t.Type())
	check(reflect.DeepEqual(names, exported(o.Type())), fmt.Sprint(at, " has ", names, " and ", exported(o.Type())))
	for _, name := range names {
		same(at+"."+name, t.FieldByName(name), o.FieldByName(name))
	}
}

func exported(t reflect.Type) (names []string) {
	for i := 0; i < t.NumField(); i++ {
		if t.Field(i).IsExported() {
			names = append(names, t.Field(i).Name)
		}
	}
	return
}

func getters(at string, t, o reflect.Value) {
	for i := 0; i < t.NumMethod(); i++ {
		name := t.Type().Method(i).Name
		if !strings.HasPrefix(name, "Get") || t.Method(i).Type().NumIn() > 0 {
			continue
		}
		getter := o.MethodByName(name)
		check(getter.IsValid(), at+" has "+name)
		a, b := t.Method(i).Call(nil)[0], getter.Call(nil)[0]
		check(a.Type().Name() == b.Type().Name() && a.Kind() == b.Kind(), at+"."+name)
		// The values of messages were or will be compared as fields.
		switch a.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
			check(a.IsNil() == b.IsNil() || a.Kind() == reflect.Slice && a.Len() == b.Len(), at+"."+name)
		default:
			same(at+"."+name, a, b)
		}
	}
}

func check(good bool, what string) {
	if !good {
		fmt.Println(what)
		os.Exit(1)
	}
}
