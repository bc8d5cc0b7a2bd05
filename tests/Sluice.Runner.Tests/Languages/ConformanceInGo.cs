namespace Sluice.Runner.Tests.Languages;

/// <summary>The conformance suite's nodes in Go.</summary>
internal static class ConformanceInGo
{
    private const string Nodes = """
        package nodes

        import (
        	"context"
        	"errors"
        	"fmt"
        	"io"
        	"net"
        	"os"
        	"os/exec"
        	"strings"

        	"acme/all/axiom"
        	"acme/all/gen"
        )

        func Echo(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return &gen.Text{Text: input.Text}, nil }
        func Same(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return input, nil }
        func Read(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	value, found := ax.Secrets().Get(input.Text)
        	return &gen.Text{Text: fmt.Sprintf("%s/%v", value, found)}, nil
        }
        func Fail(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { panic(errors.New("no " + input.Text)) }
        func Hang(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { axiom.Progress(ax, 0, "begun"); for { } }
        func Leave(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { os.Exit(3); return nil, nil }
        func Eat(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	for kept := [][]byte{}; ; {
        		kept = append(kept, make([]byte, 1<<24))
        		for i := range kept[len(kept)-1] {
        			kept[len(kept)-1][i] = 1
        		}
        	}
        }
        func Talk(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	ax.Log().Warn(input.Text, "length", 81)
        	fmt.Println("printed")
        	return &gen.Text{}, nil
        }
        func Tell(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	tone, _ := axiom.ParamsOf(ax).Get("TONE")
        	_, none := axiom.ParamsOf(ax).Get("NONE")
        	return &gen.Text{Text: strings.Join([]string{ax.ExecutionID(), ax.FlowID(), ax.TenantID(), tone, fmt.Sprint(none)}, "/")}, nil
        }
        func Fork(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return input, exec.Command("/bin/true").Run() }
        func Dial(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	_, err := net.Listen("tcp", "127.0.0.1:0")
        	return input, err
        }
        func Ask(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	way, err := net.Dial("tcp", "127.0.0.1:3128")
        	if err != nil {
        		return nil, err
        	}
        	fmt.Fprintf(way, "CONNECT %s HTTP/1.1\r\n\r\n", input.Text)
        	way.(*net.TCPConn).CloseWrite()
        	said, err := io.ReadAll(way)
        	return &gen.Text{Text: string(said)}, err
        }
        func Peek(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	text, err := os.ReadFile("/etc/passwd")
        	return &gen.Text{Text: string(text)}, err
        }
        """;

    private const string Test = """
        package nodes_test

        import (
        	"context"
        	"testing"

        	"acme/all/axiom/axiomtest"
        	"acme/all/gen"
        	"acme/all/nodes"
        )

        func TestEcho(t *testing.T) {
        	reply, err := nodes.Echo(context.Background(), &axiomtest.Context{}, &gen.Text{Text: "a"})
        	if err != nil || reply.Text != "a" {
        		t.Fatal(reply, err)
        	}
        }
        """;

    public static Dictionary<string, string> Files() =>
        new()
        {
            ["go.mod"] = "module acme/all\n\ngo 1.19\n",
            ["nodes/all.go"] = Nodes,
            ["nodes/echo_test.go"] = Test,
        };
}
