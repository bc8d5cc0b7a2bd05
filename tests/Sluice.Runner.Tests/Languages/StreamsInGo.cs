namespace Sluice.Runner.Tests.Languages;

/// <summary>The pipeline nodes of the conformance package in Go.</summary>
internal static class StreamsInGo
{
    private const string Handlers = """
        package nodes

        import (
        	"context"
        	"errors"
        	"fmt"
        	"os"

        	"acme/all/axiom"
        	"acme/all/gen"
        )

        func Mirror(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	for input := range in {
        		if err := emit(input); err != nil {
        			return err
        		}
        	}
        	return nil
        }
        func First(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	for input := range in {
        		return emit(input)
        	}
        	return nil
        }
        func three(emit func(*gen.Text) error) {
        	for i := 0; i < 3; i++ {
        		_ = emit(&gen.Text{Text: fmt.Sprint(i)})
        	}
        }
        func Snap(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	three(emit)
        	return errors.New("no more")
        }
        func Quit(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	three(emit)
        	os.Exit(3)
        	return nil
        }
        func Drain(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	for range in {
        	}
        	return nil
        }
        func Endless(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	for i := 0; ; i++ {
        		if err := emit(&gen.Text{Text: fmt.Sprint(i)}); err != nil {
        			return err
        		}
        	}
        }
        func Sign(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	for input := range in {
        		ax.Log().Info("signing " + input.Text)
        		value, _ := ax.Secrets().Get("SIGNATURE")
        		if err := emit(&gen.Text{Text: input.Text + " " + value}); err != nil {
        			return err
        		}
        	}
        	return nil
        }
        func Stall(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error {
        	<-in
        	for {
        	}
        }
        """;

    public static IEnumerable<(string Path, string Text)> Files() =>
        [("nodes/streams.go", Handlers)];
}
