package nodes_test

import (
	"context"
	"testing"

	"demo/greeter-go/axiom/axiomtest"
	"demo/greeter-go/gen"
	"demo/greeter-go/nodes"
)

func TestGreetSignsWithTheSecret(t *testing.T) {
	ax := &axiomtest.Context{SecretsMap: map[string]string{"GREETER_SIGNATURE": "test-sig"}}
	expect(t, ax, "Hello Ada, from test-sig")
}

func TestGreetSignsAsAnonymousWithoutTheSecret(t *testing.T) {
	expect(t, &axiomtest.Context{}, "Hello Ada, from anonymous")
}

func expect(t *testing.T, ax *axiomtest.Context, greeting string) {
	t.Helper()
	reply, err := nodes.Greet(context.Background(), ax, &gen.GreetRequest{Name: "Ada"})
	if err != nil {
		t.Fatal(err)
	}
	if reply.Greeting != greeting {
		t.Errorf("it says %q, not %q", reply.Greeting, greeting)
	}
}
