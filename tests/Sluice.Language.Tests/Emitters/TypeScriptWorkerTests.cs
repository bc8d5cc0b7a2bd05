using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>One package with a node for each thing that can happen, served by the TypeScript worker over real pipes.</summary>
public sealed class TypeScriptWorkerTests : IClassFixture<TypeScriptWorkerTests.Package>
{
    private readonly Package package;

    public TypeScriptWorkerTests(Package package) => this.package = package;

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
                """{"node":"Tell","executionId":"e","flowId":"f","tenantId":"t","traceId":"x","timeoutMs":"60000","params":{"TONE":"kind","EMPTY":""},"reflection":"AAAA"}"""
            )
        );
        Assert.Equal(
            [
                """log 7 {"level":"warn","text":"told","fields":{"a":"1","b":"ü"}}""",
                "log 7 {\"level\":\"debug\",\"text\":\"half \ufffd\"}",
                "result 7 \n\u0027e f t kind true  true  false false true",
            ],
            frames
        );
    }

    [Theory]
    [InlineData(
        "Crash",
        "{\"kind\":\"exception\",\"message\":\"TypeError: no luck\",\"stack\":\"TypeError: no luck\\n    at throwIt (",
        "nodes/crash.ts:5:11)"
    )]
    [InlineData("Reject", "{\"kind\":\"exception\",\"message\":\"it threw a text\"", "")]
    [InlineData(
        "Stray",
        "{\"kind\":\"exception\",\"message\":\"Error: nobody waits\",\"stack\":\"Error: nobody waits\\n",
        "nodes/stray.ts:4:"
    )]
    [InlineData(
        "Nothing",
        "{\"kind\":\"wrong_type\",\"message\":\"it returned nothing, not Text\"}",
        ""
    )]
    [InlineData(
        "TooBig",
        "{\"kind\":\"too_large\",\"message\":\"the output has 17825797 bytes, more than 16777216\"}",
        ""
    )]
    [InlineData(
        "Missing",
        "{\"kind\":\"unknown_node\",\"message\":\"the package has no node Missing\"}",
        ""
    )]
    [InlineData("toString", "{\"kind\":\"unknown_node\"", "")]
    [InlineData("Stream", "{\"kind\":\"wrong_type\",\"message\":\"Stream is a pipeline node\"", "")]
    public void What_goes_wrong_in_a_node_is_told_and_the_worker_serves_on(
        string node,
        string error,
        string place
    )
    {
        var frames = package.Run(
            WorkerFrames.Invoke(1, $$"""{"node":"{{node}}"}"""),
            WorkerFrames.Invoke(2, """{"node":"Later","input":"CgFh"}""")
        );
        Assert.StartsWith("error 1 " + error, frames[0]);
        Assert.Contains(place, frames[0]);
        Assert.DoesNotContain("worker.ts", frames[0]);
        Assert.Equal("result 2 \n\u0007later a", frames[1]);
    }

    [Fact]
    public void Input_that_is_no_message_is_told_as_the_node_s_error() =>
        Assert.StartsWith(
            "error 1 {\"kind\":\"exception\",\"message\":\"InvalidMessageError:",
            package.Run(WorkerFrames.Invoke(1, """{"node":"Greet","input":"CgX/"}"""))[0]
        );

    [Fact]
    public void A_cancel_while_a_secret_is_read_ends_the_call() =>
        Assert.Equal(
            [
                "secret 1 ANY",
                """error 1 {"kind":"cancelled","message":"it was stopped"}""",
                "result 2 \n\u0006later ",
            ],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Ask"}"""),
                WorkerFrames.Frame(3, 1),
                WorkerFrames.Invoke(2, """{"node":"Later"}""")
            )
        );

    [Fact]
    public void A_cancel_while_a_handler_waits_reaches_its_signal() =>
        Assert.Equal(
            [
                """error 1 {"kind":"cancelled","message":"it was stopped"}""",
                "result 2 \n\u0006later ",
            ],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Wait"}"""),
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

    [Fact]
    public void A_package_that_cannot_be_loaded_says_why()
    {
        using var broken = new TypeScriptPackage(Package.Schema, Package.Node("Greet"));
        broken.WriteWorker();
        broken.Write(
            "nodes/greet.ts",
            """
            import { Text } from "../gen/messages_pb";
            throw new Error("no configuration");
            export function greet(): Text { return new Text(); }
            """
        );
        broken.Write("tsconfig.json", """{"compilerOptions":{"allowUnreachableCode":true}}""");
        broken.Compile();
        var frame = Assert.Single(WorkerFrames.Read(broken.RunWorker([], exitCode: 1)));
        Assert.StartsWith(
            "error 0 {\"kind\":\"exception\",\"message\":\"Error: no configuration\",\"stack\":\"Error: no configuration\\n    at Object.<anonymous> (",
            frame
        );
    }

    public sealed class Package : IDisposable
    {
        internal static readonly Sluice.Language.Protos.Schema Schema = Compile.Good(
            "message Text { string text = 1; }"
        );

        private static readonly Dictionary<string, string> Nodes = new()
        {
            ["Greet"] = """
                export async function greet(ax: AxiomContext, input: Text): Promise<Text> {
                    await Promise.resolve();
                    const [signature, ok] = ax.secrets.get("GREETER_SIGNATURE");
                    return new Text().setText(`Hello ${input.getText()}, from ${ok ? signature : "anonymous"}`);
                }
                """,
            ["Ask"] =
                "export function ask(ax: AxiomContext, _input: Text): Text { return new Text().setText(ax.secrets.get(\"ANY\")[0]); }",
            ["Tell"] = """
                export function tell(ax: AxiomContext, _input: Text): Text {
                    ax.log.warn("told", { a: 1, b: "ü" });
                    ax.log.debug("half \ud800");
                    const [tone, found] = ax.params.get("TONE");
                    const [empty, there] = ax.params.get("EMPTY");
                    console.log("to standard output");
                    const soon = ax.deadline!.getTime() - Date.now() <= 60000;
                    return new Text().setText([ax.executionId, ax.flowId, ax.tenantId, tone, found, empty, there, "", ax.params.get("NOPE")[1], ax.signal.aborted, soon].join(" "));
                }
                """,
            ["Crash"] = """
                function throwIt(): never {
                    interface Gone { a: number }
                    throw new TypeError("no luck", { cause: {} as Gone });
                }
                export function crash(_ax: AxiomContext, _input: Text): Text { return throwIt(); }
                """,
            ["Reject"] =
                "export function reject(_ax: AxiomContext, _input: Text): Promise<Text> { return Promise.reject(\"a text\"); }",
            ["Stray"] = """
                export function stray(_ax: AxiomContext, _input: Text): Promise<Text> {
                    setTimeout(() => { throw new Error("nobody waits"); });
                    return new Promise(() => {});
                }
                """,
            ["Nothing"] =
                "export async function nothing(_ax: AxiomContext, _input: Text): Promise<Text> { return undefined as any; }",
            ["TooBig"] =
                "export function tooBig(_ax: AxiomContext, _input: Text): Text { return new Text().setText(\"x\".repeat(17 << 20)); }",
            ["Later"] = """
                export async function later(_ax: AxiomContext, input: Text): Promise<Text> {
                    await new Promise<void>((go) => setTimeout(go));
                    return new Text().setText("later " + input.getText());
                }
                """,
            ["Wait"] = """
                export function wait(ax: AxiomContext, _input: Text): Promise<Text> {
                    return new Promise((_, stop) => ax.signal.addEventListener("abort", () => stop(ax.signal.reason)));
                }
                """,
        };
        private readonly TypeScriptPackage package;

        public Package()
        {
            ManifestNode[] nodes =
            [
                .. Nodes.Keys.Select(Node),
                new()
                {
                    Name = "Stream",
                    Input = "Text",
                    Output = "Text",
                    Type = NodeType.Pipeline,
                },
            ];
            package = new TypeScriptPackage(Schema, nodes);
            package.WriteWorker();
            foreach (var (name, text) in Nodes)
                package.Write(
                    $"nodes/{NameRules.Snake(name)}.ts",
                    "import { AxiomContext } from \"../gen/axiomContext\";\nimport { Text } from \"../gen/messages_pb\";\n"
                        + text
                );
            package.Write(
                "nodes/stream.ts",
                """
                import { AxiomContext } from "../gen/axiomContext";
                import { Text } from "../gen/messages_pb";
                export async function* stream(_ax: AxiomContext, inputs: AsyncIterable<Text>): AsyncIterable<Text> { yield* inputs; }
                """
            );
            package.Compile();
        }

        internal static ManifestNode Node(string name) =>
            new()
            {
                Name = name,
                Input = "Text",
                Output = "Text",
            };

        /// <summary>What the worker answers to these frames and a Shutdown, behind its Hello.</summary>
        public IReadOnlyList<string> Run(params byte[][] frames)
        {
            var answers = WorkerFrames.Read(
                package.RunWorker([.. frames.SelectMany(f => f), .. WorkerFrames.Frame(4, 0)])
            );
            var names = string.Join("\",\"", Nodes.Keys.Append("Stream"));
            Assert.Equal(
                $$"""hello 0 {"protocol":1,"language":"typescript","nodes":["{{names}}"],"fingerprint":"{{Schema.Fingerprint}}"}""",
                answers[0]
            );
            return [.. answers.Skip(1)];
        }

        public void Dispose() => package.Dispose();
    }
}
