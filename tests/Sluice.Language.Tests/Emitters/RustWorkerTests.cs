using Sluice.Language.Emitters;
using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>One package with a node for each thing that can happen, served by the Rust worker over real pipes.</summary>
public sealed class RustWorkerTests : IClassFixture<RustWorkerTests.Package>
{
    private readonly Package package;

    public RustWorkerTests(Package package) => this.package = package;

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
                """log 7 {"level":"debug"}""",
                "log 7 {\"level\":\"error\",\"text\":\"" + new string('ü', 8190) + "…\"}",
                "result 7 \n\u0027e f t kind true  true  false true Unset",
            ],
            frames
        );
    }

    [Theory]
    [InlineData(
        "Fail",
        "{\"kind\":\"exception\",\"message\":\"invalid digit found in string\",\"stack\":\"ParseIntError { kind: InvalidDigit }\"}"
    )]
    [InlineData("Say", "{\"kind\":\"exception\",\"message\":\"a \\\"text\\\"\"}")]
    [InlineData(
        "Crash",
        "{\"kind\":\"exception\",\"message\":\"panic: no luck\",\"stack\":\"at nodes/crash.rs:5:5\"}"
    )]
    [InlineData("Throw", "{\"kind\":\"exception\",\"message\":\"panic: no text\",\"stack\":\"")]
    [InlineData("Scope", "{\"kind\":\"exception\",\"message\":\"panic: a scoped thread panicked\"")]
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
        Assert.Equal(
            "error 1 {\"kind\":\"exception\",\"message\":\"InvalidMessage: The bytes are no such message.\"}",
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
    public void A_handler_that_works_long_can_ask_whether_it_is_cancelled() =>
        Assert.Equal(
            ["result 1 \n\u0007stopped", "result 2 \n\u0006later "],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Wait"}"""),
                WorkerFrames.Frame(3, 1),
                WorkerFrames.Invoke(2, """{"node":"Later"}""")
            )
        );

    [Fact]
    public void A_cancel_that_comes_too_late_is_none() =>
        Assert.Equal(
            ["result 1 \n\u0006later ", "result 2 \n\u0006later "],
            package.Run(
                WorkerFrames.Invoke(1, """{"node":"Later"}"""),
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
            WorkerFrames.Invoke(1, $$"""{"node":"Later","input":"{{input}}"}"""),
            WorkerFrames.Invoke(2, """{"node":"Later"}""")
        );
        Assert.EndsWith("later " + text, frames[0]);
        Assert.Equal("result 2 \n\u0006later ", frames[1]);
    }

    [Fact]
    public void The_golden_frames_are_read_and_written_byte_for_byte()
    {
        var golden = new GoldenRust();
        Assert.Equal(golden.Answers, package.Golden(golden));
    }

    public sealed class Package : IDisposable
    {
        internal static readonly Sluice.Language.Protos.Schema Schema = Compile.Good(
            "message Text { string text = 1; }"
        );

        private static readonly Dictionary<string, string> Nodes = new()
        {
            ["Greet"] = """
                pub fn greet(ax: &dyn AxiomContext, input: Text) -> Result<Text, Box<dyn Error>> {
                    let (signature, ok) = ax.secrets().get("GREETER_SIGNATURE");
                    text(format!("Hello {}, from {}", input.text, if ok { signature } else { "anonymous".to_string() }))
                }
                """,
            ["Tell"] = """
                pub fn tell(ax: &dyn AxiomContext, _input: Text) -> Result<Text, String> {
                    let none = std::collections::HashMap::new();
                    ax.log().warn("told", &[("b", "ü".to_string()), ("a", 1.to_string())].into_iter().collect());
                    ax.log().debug("", &none);
                    ax.log().error(&"ü".repeat(9000), &none);
                    let ((tone, found), (empty, there)) = (ax.params().get("TONE"), ax.params().get("EMPTY"));
                    print!("to standard output");
                    let left = ax.deadline().unwrap().duration_since(std::time::SystemTime::now()).unwrap();
                    Ok(Text { text: format!("{} {} {} {} {} {} {}  {} {} {:?}", ax.execution_id(), ax.flow_id(), ax.tenant_id(), tone, found, empty, there,
                        ax.params().get("NOPE").1, left.as_secs() <= 60, ax.secrets().status("")), ..Default::default() })
                }
                """,
            ["Fail"] = """
                pub fn fail(_ax: &dyn AxiomContext, input: Text) -> Result<Text, Box<dyn Error + Send + Sync>> {
                    let number: i32 = format!("{}x", input.text).parse()?;
                    Ok(Text { text: number.to_string(), ..Default::default() })
                }
                """,
            ["Say"] = """
                pub fn say(_ax: &dyn AxiomContext, _input: Text) -> Result<Text, &'static str> { Err("a \"text\"") }
                """,
            ["Crash"] = """
                pub fn crash(_ax: &dyn AxiomContext, _input: Text) -> Result<Text, String> {
                    panic!("no luck")
                }
                """,
            ["Throw"] = """
                pub fn throw(_ax: &dyn AxiomContext, _input: Text) -> Result<Text, String> { std::panic::panic_any(7) }
                """,
            ["Scope"] = """
                pub fn scope(ax: &dyn AxiomContext, _input: Text) -> Result<Text, String> {
                    std::thread::scope(|s| { s.spawn(|| panic!("elsewhere {}", ax.flow_id())); });
                    Ok(Text::default())
                }
                """,
            ["TooBig"] = """
                pub fn too_big(_ax: &dyn AxiomContext, _input: Text) -> Result<Text, Box<dyn Error>> { text("x".repeat(17 << 20)) }
                """,
            ["Later"] = """
                pub fn later(_ax: &dyn AxiomContext, input: Text) -> Result<Text, Box<dyn Error>> { text("later ".to_string() + &input.text) }
                """,
            ["Wait"] = """
                pub fn wait(ax: &dyn AxiomContext, _input: Text) -> Result<Text, Box<dyn Error>> {
                    while !ax.is_cancelled() { std::thread::yield_now(); }
                    text("stopped".to_string())
                }
                """,
        };
        private readonly RustPackage package;

        public Package()
        {
            ManifestNode[] nodes =
            [
                .. Nodes.Keys.Select(name => new ManifestNode
                {
                    Name = name,
                    Input = "Text",
                    Output = "Text",
                }),
                new()
                {
                    Name = "Stream",
                    Input = "Text",
                    Output = "Text",
                    Type = NodeType.Pipeline,
                },
            ];
            package = new RustPackage(Schema, nodes);
            package.WriteWorker();
            foreach (var (name, text) in Nodes)
                package.Write(
                    $"nodes/{NameRules.Snake(name)}.rs",
                    "#![allow(unused, missing_docs)]\nuse {crate::{axiom_context::AxiomContext, messages::Text}, std::error::Error};\nfn text(text: String) -> Result<Text, Box<dyn Error>> { Ok(Text { text, ..Default::default() }) }\n"
                        + text
                );
            package.Write(
                "nodes/stream.rs",
                """
                #![allow(missing_docs)]
                use crate::{axiom_context::AxiomContext, messages::Text};
                use std::error::Error;
                pub fn stream(
                    _ax: &dyn AxiomContext,
                    inputs: &mut dyn Iterator<Item = Text>,
                    emit: &mut dyn FnMut(Text) -> Result<(), Box<dyn Error>>,
                ) -> Result<(), Box<dyn Error>> {
                    for input in inputs {
                        emit(input)?;
                    }
                    Ok(())
                }
                """
            );
            package.Compile("gen/worker/main.rs");
        }

        /// <summary>What the worker answers to these frames and a Shutdown, behind its Hello.</summary>
        public IReadOnlyList<string> Run(params byte[][] frames)
        {
            var answers = WorkerFrames.Read(
                package.RunWorker([.. frames.SelectMany(f => f), .. WorkerFrames.Frame(4, 0)])
            );
            var names = string.Join("\",\"", Nodes.Keys.Append("Stream"));
            Assert.Equal(
                $$"""hello 0 {"protocol":1,"language":"rust","nodes":["{{names}}"],"fingerprint":"{{Schema.Fingerprint}}"}""",
                answers[0]
            );
            return [.. answers.Skip(1)];
        }

        /// <summary>What the worker's own code writes when it is driven by the golden frames.</summary>
        internal byte[] Golden(GoldenRust golden)
        {
            package.Write(
                "gen/worker/golden.rs",
                $"#![allow(dead_code)]\n{RuntimeFiles.Read("rust/worker/main.rs")}\n{golden.Program}"
            );
            package.CompileMore("gen/worker/golden.rs", "golden", "--test");
            return package.RunWorker(golden.Frames, "golden");
        }

        public void Dispose() => package.Dispose();
    }
}
