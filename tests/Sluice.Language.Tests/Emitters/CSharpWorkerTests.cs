using System.Text;
using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>One package with a node for each thing that can happen, served by the C# worker over real pipes.</summary>
public sealed class CSharpWorkerTests : IClassFixture<CSharpWorkerTests.Package>
{
    private readonly Package package;

    public CSharpWorkerTests(Package package) => this.package = package;

    [Fact]
    public void A_secret_is_pulled_by_name_and_a_missing_one_is_an_answer()
    {
        var frames = package.Run(
            WorkerFrames.Invoke(1, """{"node":"Greet","input":"CgNBZGE="}"""),
            WorkerFrames.Frame(2, 1, [1, .. "Bob"u8]),
            WorkerFrames.Invoke(2, """{"node":"Greet","input":"CgNBZGE="}"""),
            WorkerFrames.Frame(2, 2, 0)
        );
        Assert.Equal(
            [
                "secret 1 GREETER_SIGNATURE",
                "result 1 \n\u0013Hello Ada, from Bob",
                "secret 2 GREETER_SIGNATURE",
                "result 2 \n\u0019Hello Ada, from anonymous",
            ],
            frames
        );
    }

    [Fact]
    public void A_call_brings_its_ids_and_parameters_and_its_log_lines_go_out()
    {
        var frames = package.Run(
            WorkerFrames.Invoke(
                7,
                """{"node":"Tell","executionId":"e","flowId":"f","tenantId":"t","traceId":"x","timeoutMs":"1","params":{"TONE":"kind","EMPTY":""},"reflection":"AAAA"}"""
            )
        );
        Assert.Equal(
            [
                """log 7 {"level":"warn","text":"told","fields":{"a":"1","b":"ü"}}""",
                "log 7 {\"level\":\"debug\"}",
                "result 7 \n\u001ce f t kind True  True  False",
            ],
            frames
        );
    }

    [Theory]
    [InlineData(
        "Throw",
        "{\"kind\":\"exception\",\"message\":\"InvalidOperationException: no luck\",\"stack\":\"   at Nodes.ThrowNode.Throw("
    )]
    [InlineData(
        "Nothing",
        "{\"kind\":\"wrong_type\",\"message\":\"it returned nothing, not Text\"}"
    )]
    [InlineData(
        "TooBig",
        "{\"kind\":\"too_large\",\"message\":\"the output has 17825797 bytes, more than 16777216\"}"
    )]
    [InlineData(
        "Missing",
        "{\"kind\":\"unknown_node\",\"message\":\"the package has no node Missing\"}"
    )]
    [InlineData("Stream", "{\"kind\":\"wrong_type\",\"message\":\"Stream is a pipeline node\"}")]
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
        Assert.StartsWith(
            "error 1 {\"kind\":\"exception\",\"message\":\"InvalidMessageException:",
            package.Run(WorkerFrames.Invoke(1, """{"node":"Greet","input":"CgX/"}"""))[0]
        );

    [Fact]
    public void A_cancel_while_a_secret_is_read_ends_the_call() =>
        Assert.Equal(
            [
                "secret 1 GREETER_SIGNATURE",
                """error 1 {"kind":"cancelled","message":"it was stopped"}""",
                "result 2 \n\u0006later ",
            ],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Greet"}"""),
                WorkerFrames.Frame(3, 1),
                WorkerFrames.Invoke(2, """{"node":"Later"}""")
            )
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

    public sealed class Package : IDisposable
    {
        internal static readonly Sluice.Language.Protos.Schema Schema = Compile.Good(
            "message Text { string text = 1; }"
        );
        private readonly CSharpPackage package;

        public Package()
        {
            string[] names = ["Greet", "Tell", "Throw", "Nothing", "TooBig", "Later"];
            ManifestNode[] nodes =
            [
                .. names.Select(n => new ManifestNode
                {
                    Name = n,
                    Input = "Text",
                    Output = "Text",
                }),
            ];
            var stream = new ManifestNode
            {
                Name = "Stream",
                Input = "Text",
                Output = "Text",
                Type = NodeType.Pipeline,
            };
            package = new CSharpPackage(Schema, [.. nodes, stream]);
            package.WriteWorker();
            package.Write(
                "nodes/nodes.cs",
                """
                using System;
                using System.Collections.Generic;
                using System.Threading.Tasks;
                using Axiom;
                using Gen;
                namespace Nodes;
                public static class GreetNode
                {
                    public static Text Greet(IAxiomContext ax, Text input)
                    {
                        var (signature, ok) = ax.Secrets().Get("GREETER_SIGNATURE");
                        return new Text { Text_ = $"Hello {input.Text_}, from {(ok ? signature : "anonymous")}" };
                    }
                }
                public static class TellNode
                {
                    public static Text Tell(IAxiomContext ax, Text input)
                    {
                        ax.Log().Warn("told", new Dictionary<string, string> { ["a"] = "1", ["b"] = "ü" });
                        ax.Log().Debug("");
                        var (tone, found) = ax.Params().Get("TONE");
                        var (empty, there) = ax.Params().Get("EMPTY");
                        Console.WriteLine("to standard output");
                        return new Text { Text_ = $"{ax.ExecutionId()} {ax.FlowId()} {ax.TenantId()} {tone} {found} {empty} {there}  {ax.Params().Get("NOPE").Found}" };
                    }
                }
                public static class ThrowNode { public static Text Throw(IAxiomContext ax, Text input) => throw new InvalidOperationException("no luck"); }
                public static class NothingNode { public static Text? Nothing(IAxiomContext ax, Text input) => null; }
                public static class TooBigNode { public static Text TooBig(IAxiomContext ax, Text input) => new() { Text_ = new string('x', 17 << 20) }; }
                public static class StreamNode { public static IAsyncEnumerable<Text> Stream(IAxiomContext ax, IAsyncEnumerable<Text> inputs) => inputs; }
                public static class LaterNode
                {
                    public static async Task<Text> Later(IAxiomContext ax, Text input)
                    {
                        await Task.Yield();
                        return new Text { Text_ = "later " + input.Text_ };
                    }
                }
                """
            );
            package.Compile("Axiom.Runtime.Worker");
        }

        /// <summary>What the worker answers to these frames and a Shutdown, behind its Hello.</summary>
        public IReadOnlyList<string> Run(params byte[][] frames)
        {
            var answers = WorkerFrames.Read(
                package.RunWorker([.. frames.SelectMany(f => f), .. WorkerFrames.Frame(4, 0)])
            );
            Assert.Equal(
                $$"""hello 0 {"protocol":1,"language":"csharp","nodes":["Greet","Tell","Throw","Nothing","TooBig","Later","Stream"],"fingerprint":"{{Schema.Fingerprint}}"}""",
                answers[0]
            );
            return [.. answers.Skip(1)];
        }

        public void Dispose() => package.Dispose();
    }
}
