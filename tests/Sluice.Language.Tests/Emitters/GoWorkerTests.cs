using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>One package with a node for each thing that can happen, served by the Go worker over real pipes.</summary>
public sealed class GoWorkerTests(GoWorkerTests.Package package)
    : IClassFixture<GoWorkerTests.Package>
{
    [Fact]
    public void A_secret_is_pulled_by_name_and_a_missing_one_is_an_answer() =>
        Assert.Equal(
            [
                "secret 1 GREETER_SIGNATURE",
                "result 1 \n\u0013Hello Ada, from Bob",
                "secret 2 GREETER_SIGNATURE",
                "result 2 \n\u0019Hello Ada, from anonymous",
            ],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Greet","input":"CgNBZGE="}"""),
                WorkerFrames.Frame(2, 1, [1, .. "Bob"u8]),
                WorkerFrames.Invoke(2, """{"node":"Greet","input":"CgNBZGE="}"""),
                WorkerFrames.Frame(2, 2, 0)
            )
        );

    [Fact]
    public void Goroutines_that_ask_at_once_are_answered_one_after_the_other() =>
        Assert.Equal(
            ["secret 1 S", "secret 1 S", "result 1 \n\u000dAvailable yes"],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Both"}"""),
                WorkerFrames.Frame(2, 1, [1, .. "yes"u8]),
                WorkerFrames.Frame(2, 1, [1, .. "yes"u8])
            )
        );

    [Fact]
    public void A_call_brings_its_ids_parameters_and_deadline_and_its_log_lines_go_out() =>
        Assert.Equal(
            [
                """log 7 {"level":"warn","text":"told","fields":{"a":"1","b":"ü"}}""",
                """log 7 {"level":"debug","fields":{"!BADKEY":"odd"}}""",
                "result 7 \n!e f t kind true  true  false true",
            ],
            package.Run(
                WorkerFrames.Invoke(
                    7,
                    """{"node":"Tell","executionId":"e","flowId":"f","tenantId":"t","traceId":"x","timeoutMs":"5000","params":{"TONE":"kind","EMPTY":""},"reflection":"AAAA"}"""
                )
            )
        );

    [Theory]
    [InlineData("Fail", """{"kind":"exception","message":"no luck"}""")]
    [InlineData(
        "Panic",
        """{"kind":"exception","message":"panic: runtime error: invalid memory address or nil pointer dereference","stack":"demo/greeter/nodes.deref\n\tnodes/nodes.go:"""
    )]
    [InlineData(
        "Leave",
        """{"kind":"exception","message":"the handler ended its goroutine without returning"}"""
    )]
    [InlineData("Nothing", """{"kind":"wrong_type","message":"it returned nil, not *gen.Text"}""")]
    [InlineData(
        "TooBig",
        """{"kind":"too_large","message":"the output has 17825797 bytes, more than 16777216"}"""
    )]
    [InlineData(
        "NotText",
        """{"kind":"exception","message":"a string of the message is not valid UTF-8"}"""
    )]
    [InlineData(
        "Missing",
        """{"kind":"unknown_node","message":"the package has no node Missing"}"""
    )]
    [InlineData("Stream", """{"kind":"wrong_type","message":"Stream is a pipeline node"}""")]
    public void What_goes_wrong_in_a_node_is_told_and_the_worker_serves_on(
        string node,
        string error
    )
    {
        var frames = package.Run(
            WorkerFrames.Invoke(1, $$"""{"node":"{{node}}"}"""),
            WorkerFrames.Invoke(2, """{"node":"Later","input":"CgFh"}""")
        );
        Assert.StartsWith("error 1 " + error, frames[0]);
        Assert.Equal("result 2 \n\u0007later a", frames[1]);
    }

    [Fact]
    public void Input_that_is_no_message_is_told_as_the_node_s_error() =>
        Assert.Equal(
            """error 1 {"kind":"exception","message":"the bytes are no such message"}""",
            package.Run(WorkerFrames.Invoke(1, """{"node":"Greet","input":"CgX/"}"""))[0]
        );

    [Theory]
    [InlineData("Wait")]
    [InlineData("WaitThenAsk")]
    public void A_cancel_ends_the_context_and_the_call(string node) =>
        Assert.Equal(
            [
                """error 1 {"kind":"cancelled","message":"it was stopped"}""",
                "result 2 \n\u0006later ",
            ],
            package.Run(
                WorkerFrames.Invoke(1, $$"""{"node":"{{node}}"}"""),
                WorkerFrames.Frame(3, 1),
                WorkerFrames.Invoke(2, """{"node":"Later"}""")
            )
        );

    [Fact]
    public void A_deadline_ends_the_context() =>
        Assert.Equal(
            ["""error 1 {"kind":"exception","message":"context deadline exceeded"}"""],
            package.Run(WorkerFrames.Invoke(1, """{"node":"Wait","timeoutMs":"1"}"""))
        );

    [Fact]
    public void Messages_of_megabytes_go_in_and_out_whole()
    {
        var text = new string('x', 3_000_000);
        var input = Convert.ToBase64String(
            Json.Parse(Package.Schema.Find("Text")!, $$"""{"text":"{{text}}"}""")
        );
        var frames = package.Run(
            WorkerFrames.Invoke(1, $$"""{"node":"Later","input":"{{input}}"}""")
        );
        Assert.EndsWith("later " + text, frames[0]);
    }

    [Fact]
    public void Golden_frames_are_written_and_read_byte_for_byte()
    {
        package.Write(
            "gen/worker/frames_test.go",
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Emitters", "frames_test.go"))
        );
        package.Write("gen/worker/frames.json", WorkerFrames.Golden());
        Assert.Contains("25 frames", package.Test("./gen/worker"));
    }

    public sealed class Package : IDisposable
    {
        internal static readonly Sluice.Language.Protos.Schema Schema = Compile.Good(
            "message Text { string text = 1; }"
        );
        private static readonly string[] s_names =
        [
            "Greet",
            "Both",
            "Tell",
            "Fail",
            "Panic",
            "Leave",
            "Nothing",
            "TooBig",
            "NotText",
            "Later",
            "Wait",
            "WaitThenAsk",
        ];
        private readonly GoPackage package;

        public Package()
        {
            var nodes = s_names
                .Append("Stream")
                .Select(name => new ManifestNode
                {
                    Name = name,
                    Input = "Text",
                    Output = "Text",
                    Type = name == "Stream" ? NodeType.Pipeline : NodeType.Unary,
                });
            package = new GoPackage(Schema, [.. nodes]);
            package.Write(
                "nodes/nodes.go",
                """
                package nodes

                import (
                	"context"
                	"errors"
                	"fmt"
                	"runtime"
                	"strings"

                	"demo/greeter/axiom"
                	"demo/greeter/gen"
                )

                func text(format string, args ...any) (*gen.Text, error) { return &gen.Text{Text: fmt.Sprintf(format, args...)}, nil }

                func Stream(ctx context.Context, ax axiom.Context, in <-chan *gen.Text, emit func(*gen.Text) error) error { return nil }

                func Greet(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	signature, ok := ax.Secrets().Get("GREETER_SIGNATURE")
                	if !ok {
                		signature = "anonymous"
                	}
                	return text("Hello %s, from %s", input.Text, signature)
                }

                func Both(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	other := make(chan axiom.SecretStatus)
                	go func() { other <- axiom.SecretStatusOf(ax.Secrets(), "S") }()
                	value, _ := ax.Secrets().Get("S")
                	return text("%s %s", <-other, value)
                }

                func Tell(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	ax.Log().Warn("told", "a", 1, "b", "ü")
                	ax.Log().Debug("", "odd")
                	tone, found := axiom.ParamsOf(ax).Get("TONE")
                	empty, there := axiom.ParamsOf(ax).Get("EMPTY")
                	_, no := axiom.ParamsOf(ax).Get("NOPE")
                	_, due := ctx.Deadline()
                	fmt.Println("to standard output")
                	return text("%s %s %s %s %v %s %v  %v %v", ax.ExecutionID(), ax.FlowID(), ax.TenantID(), tone, found, empty, there, no, due)
                }

                func Fail(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return nil, errors.New("no luck") }

                //go:noinline
                func deref(t *gen.Text) string { return t.Text }

                func Panic(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	return text(deref(nil))
                }

                func Leave(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	runtime.Goexit()
                	return nil, nil
                }

                func Nothing(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return nil, nil }

                func TooBig(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	return text(strings.Repeat("x", 17<<20))
                }

                func NotText(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return text("\xff") }

                func Later(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) { return text("later %s", input.Text) }

                func Wait(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	<-ctx.Done()
                	return nil, ctx.Err()
                }

                func WaitThenAsk(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
                	<-ctx.Done()
                	value, _ := ax.Secrets().Get("S")
                	return text(value)
                }

                """
            );
            package.BuildWorker();
        }

        /// <summary>What the worker answers to these frames and a Shutdown, behind its Hello.</summary>
        public IReadOnlyList<string> Run(params byte[][] frames)
        {
            var answers = WorkerFrames.Read(
                package.RunWorker([.. frames.SelectMany(f => f), .. WorkerFrames.Frame(4, 0)])
            );
            var nodes = string.Join(",", s_names.Append("Stream").Select(n => $"\"{n}\""));
            Assert.Equal(
                $$"""hello 0 {"protocol":1,"language":"go","nodes":[{{nodes}}],"fingerprint":"{{Schema.Fingerprint}}"}""",
                answers[0]
            );
            return [.. answers.Skip(1)];
        }

        public void Write(string path, string text) => package.Write(path, text);

        public string Test(string what) => package.Start("go", ["test", "-v", what]);

        public void Dispose() => package.Dispose();
    }
}
