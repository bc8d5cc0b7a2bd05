using Sluice.Language.Packages;
using Sluice.Language.Packages.Languages;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Packages;

/// <summary>A handler that takes or gives one message where the manifest says many, or the other way round, is found before it runs.</summary>
public sealed class PipelineShapeTests
{
    private static readonly Schema s_schema = SchemaCompiler
        .Compile(
            new Dictionary<string, string>
            {
                ["messages/messages.proto"] =
                    "syntax = \"proto3\"; package a.b; message In { string t = 1; } message Out { string t = 1; }",
            }
        )
        .Value!;

    public static TheoryData<string, string, NodeType, string?> Handlers =>
        new()
        {
            {
                "python",
                "def go(ax: AxiomContext, inputs: Iterator[In]) -> Iterator[Out]:\n    yield",
                NodeType.Pipeline,
                null
            },
            {
                "python",
                "async def go(ax, inputs: AsyncIterator[In]) -> AsyncIterator[Out]:\n    yield",
                NodeType.Pipeline,
                null
            },
            { "python", "def go(ax, inputs):\n    yield", NodeType.Pipeline, null },
            {
                "python",
                "def go(ax, input: In) -> Out:\n    pass",
                NodeType.Pipeline,
                "takes `In`, which is one message"
            },
            {
                "python",
                "def go(ax, inputs) -> Out:\n    pass",
                NodeType.Pipeline,
                "returns `Out`, which is one message"
            },
            {
                "python",
                "def go(ax, inputs: Iterator[In]) -> Out:\n    pass",
                NodeType.Unary,
                "takes `Iterator[In]`, which is a stream"
            },
            {
                "typescript",
                "export async function* go(ax: AxiomContext, inputs: AsyncIterable<In>): AsyncIterable<Out> {}",
                NodeType.Pipeline,
                null
            },
            {
                "typescript",
                "export async function go(ax: AxiomContext, input: In): Promise<Out> {}",
                NodeType.Pipeline,
                "takes `In`, which is one message"
            },
            {
                "typescript",
                "export async function* go(ax: AxiomContext, input: In): AsyncIterable<Out> {}",
                NodeType.Unary,
                "returns `AsyncIterable<Out>`, which is a stream"
            },
            {
                "csharp",
                "public static class GoNode { public static async IAsyncEnumerable<Out> Go(IAxiomContext ax, IAsyncEnumerable<In> inputs) {} }",
                NodeType.Pipeline,
                null
            },
            {
                "csharp",
                "public static class GoNode { public static Out Go(IAxiomContext ax, In input) => null; }",
                NodeType.Pipeline,
                "takes `In`, which is one message"
            },
            {
                "go",
                "package nodes\nfunc Go(ctx context.Context, ax axiom.Context, input *gen.In) (*gen.Out, error) {}",
                NodeType.Pipeline,
                "not the shape of a pipeline's handler"
            },
            {
                "java",
                "package nodes; public class Go { public static Out go(AxiomContext ax, In input) {} }",
                NodeType.Pipeline,
                "not the shape of a pipeline's handler"
            },
            {
                "rust",
                "pub fn go(ax: &dyn AxiomContext, input: In) -> Result<Out, Box<dyn Error>> {}",
                NodeType.Pipeline,
                "not the shape of a pipeline's handler"
            },
        };

    [Theory]
    [MemberData(nameof(Handlers))]
    public void One_message_is_no_stream(
        string language,
        string handler,
        NodeType type,
        string? says
    )
    {
        var node = new ManifestNode
        {
            Name = "Go",
            Input = "In",
            Output = "Out",
            Type = type,
        };

        var manifest = new Manifest
        {
            Name = "a/b",
            Version = "1.0.0",
            Language = language,
        };
        var fault = KnownLanguages
            .Of(manifest)
            .HandlerFault(handler, node, s_schema.Find("In")!, s_schema.Find("Out")!);

        if (says is null)
            Assert.Null(fault);
        else
            Assert.Contains(says, fault!.Message);
    }
}
