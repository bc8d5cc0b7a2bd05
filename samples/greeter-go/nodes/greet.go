package nodes

import (
	"context"
	"fmt"

	"demo/greeter-go/axiom"
	"demo/greeter-go/gen"
)

// Greet greets the caller, signing with the tenant's configured signature.
func Greet(ctx context.Context, ax axiom.Context, input *gen.GreetRequest) (*gen.GreetReply, error) {
	signature, ok := ax.Secrets().Get("GREETER_SIGNATURE")
	found := "yes"
	if !ok {
		signature, found = "anonymous", "no"
	}
	ax.Log().Info("signing", "found", found)
	return &gen.GreetReply{Greeting: fmt.Sprintf("Hello %s, from %s", input.Name, signature)}, nil
}
