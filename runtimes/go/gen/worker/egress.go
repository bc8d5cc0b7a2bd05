package main

import (
	"io"
	"net"
	"os"
)

// Where clients of this sandbox look for their proxy (HTTPS_PROXY).
const proxy = "127.0.0.1:3128"

// leadOut leads from the loopback of this sandbox to the one socket that leads out of it, when the package has a grant.
func leadOut() {
	path := os.Getenv("SLUICE_EGRESS")
	if path == "" {
		return
	}
	listener, err := net.Listen("tcp4", proxy)
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			inner, err := listener.Accept()
			if err != nil {
				continue
			}
			go bridge(inner, path)
		}
	}()
}

func bridge(inner net.Conn, path string) {
	outer, err := net.Dial("unix", path)
	if err != nil {
		inner.Close()
		return
	}
	go pass(inner.(*net.TCPConn), outer.(*net.UnixConn))
	pass(outer.(*net.UnixConn), inner.(*net.TCPConn))
}

type closer interface {
	io.Writer
	CloseWrite() error
}

// pass copies to the end of one side, and says it to the other.
func pass(from io.Reader, to closer) {
	io.Copy(to, from)
	to.CloseWrite()
}
