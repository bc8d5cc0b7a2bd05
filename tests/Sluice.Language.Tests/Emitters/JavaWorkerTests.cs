using System.Text;
using System.Text.Json;
using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>One package with a node for each thing that can happen, served by the Java worker over real pipes.</summary>
public sealed class JavaWorkerTests(JavaWorkerTests.Package package)
    : IClassFixture<JavaWorkerTests.Package>
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
    public void Threads_that_ask_at_once_are_answered_one_after_the_other() =>
        Assert.Equal(
            ["secret 1 S", "secret 1 S", "result 1 \n\u000dAVAILABLE yes"],
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
                """log 7 {"level":"debug"}""",
                "result 7 \n\u001be f t kind true false true ",
            ],
            package.Run(
                WorkerFrames.Invoke(
                    7,
                    """{"node":"Tell","executionId":"e","flowId":"f","tenantId":"t","traceId":"x","timeoutMs":"5000","params":{"TONE":"kind","EMPTY":""},"reflection":"AAAA"}"""
                )
            )
        );

    [Theory]
    [InlineData(
        "Fail",
        """{"kind":"exception","message":"IllegalStateException: no luck","stack":"java.lang.IllegalStateException: no luck\n\tat nodes.Fail.fail(Fail.java:"""
    )]
    [InlineData(
        "Deep",
        """{"kind":"exception","message":"StackOverflowError","stack":"java.lang"""
    )]
    [InlineData(
        "Broken",
        """{"kind":"exception","message":"IllegalArgumentException: not set up","stack":"java.lang"""
    )]
    [InlineData("Nothing", """{"kind":"wrong_type","message":"it returned null, not Text"}""")]
    [InlineData("Eat", """{"kind":"out_of_memory","message":"out of memory"}""")]
    [InlineData(
        "TooBig",
        """{"kind":"too_large","message":"the output has 17825797 bytes, more than 16777216"}"""
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
        Assert.DoesNotContain("gen.worker", frames[0]);
        Assert.Equal("result 2 \n\u0007later a", frames[1]);
    }

    [Fact]
    public void Input_that_is_no_message_is_told_as_the_node_s_error() =>
        Assert.StartsWith(
            """error 1 {"kind":"exception","message":"InvalidProtocolBufferException: The bytes are no such message.",""",
            package.Run(WorkerFrames.Invoke(1, """{"node":"Greet","input":"CgX/"}"""))[0]
        );

    [Theory]
    [InlineData("Sleep")]
    [InlineData("WaitThenAsk")]
    public void A_cancel_interrupts_the_handler_and_the_next_call_knows_nothing_of_it(
        string node
    ) =>
        Assert.Equal(
            [
                """error 1 {"kind":"cancelled","message":"it was stopped"}""",
                "result 2 \n\u0006later ",
                "result 3 \n\u0006later ",
            ],
            package.Run(
                WorkerFrames.Invoke(1, $$"""{"node":"{{node}}"}"""),
                WorkerFrames.Frame(3, 1),
                WorkerFrames.Invoke(2, """{"node":"Later"}"""),
                WorkerFrames.Invoke(3, """{"node":"Later"}""")
            )
        );

    [Fact]
    public void A_cancel_before_or_while_a_secret_is_read_ends_the_call()
    {
        var frames = package.Run(
            WorkerFrames.Invoke(1, """{"node":"Greet"}"""),
            WorkerFrames.Frame(3, 1),
            WorkerFrames.Invoke(2, """{"node":"Later"}""")
        );
        // Both come at once here, so that the node may have asked or not.
        Assert.Equal(
            [
                """error 1 {"kind":"cancelled","message":"it was stopped"}""",
                "result 2 \n\u0006later ",
            ],
            frames.Where(f => f != "secret 1 GREETER_SIGNATURE")
        );
    }

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
        using var golden = JsonDocument.Parse(WorkerFrames.Golden());
        var frames = golden
            .RootElement.GetProperty("frames")
            .EnumerateArray()
            .Select(Line)
            .ToList();

        Assert.Equal(
            $"{frames.Count} frames\n",
            package.Check(string.Concat(frames.Select(f => f + "\n")))
        );

        static string Line(JsonElement frame) =>
            $"{frame.GetProperty("kind")} {frame.GetProperty("call")} {frame.GetProperty("hex")} "
            + string.Join(
                ' ',
                frame
                    .GetProperty("meaning")
                    .EnumerateObject()
                    .Select(m =>
                        $"{m.Name}={Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Value(m.Value)))}"
                    )
            );

        static string Value(JsonElement value) =>
            value.ValueKind switch
            {
                JsonValueKind.Object => string.Join(
                    '\n',
                    value
                        .EnumerateObject()
                        .OrderBy(p => p.Name, StringComparer.Ordinal)
                        .Select(p => $"{p.Name}={p.Value}")
                ),
                JsonValueKind.Array => string.Join('\n', value.EnumerateArray()),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => value.ToString(),
            };
    }

    public sealed class Package : IDisposable
    {
        internal static readonly Sluice.Language.Protos.Schema Schema = Compile.Good(
            "message Text { string text = 1; }"
        );

        private static readonly Dictionary<string, string> s_bodies = new()
        {
            ["Greet"] = """
                return text("Hello " + input.getText() + ", from " + ax.secrets().get("GREETER_SIGNATURE").orElse("anonymous"));
                """,
            ["Both"] = """
                var status = new java.util.concurrent.CompletableFuture<AxiomContext.SecretStatus>();
                new Thread(() -> status.complete(ax.secrets().status("S"))).start();
                String value = ax.secrets().get("S").orElseThrow();
                return text(status.get() + " " + value);
                """,
            ["Tell"] = """
                var attributes = new java.util.TreeMap<String, String>();
                attributes.put("a", "1");
                attributes.put("b", "ü");
                ax.log().warn("told", attributes);
                ax.log().debug("");
                System.out.println("to standard output");
                return text(String.join(" ", ax.executionId(), ax.flowId(), ax.tenantId(), ax.params().get("TONE").get(), "" + ax.params().get("EMPTY").isPresent(),
                    "" + ax.params().get("NOPE").isPresent(), "" + ax.deadline().get().isAfter(java.time.Instant.now()), ax.params().get("EMPTY").get()));
                """,
            ["Fail"] = """throw new IllegalStateException("no luck");""",
            ["Deep"] = "return Deep.deep(ax, input);",
            ["Broken"] = "return Never.TEXT;",
            ["Nothing"] = "return null;",
            ["Eat"] = """
                var kept = new java.util.ArrayList<byte[]>();
                while (true) kept.add(new byte[1 << 24]);
                """,
            ["TooBig"] = """return text("x".repeat(17 << 20));""",
            ["Later"] = """
                if (Thread.currentThread().isInterrupted()) throw new IllegalStateException("interrupted");
                return text("later " + input.getText());
                """,
            ["Sleep"] = """
                Thread.sleep(60_000);
                return input;
                """,
            ["WaitThenAsk"] = """
                while (!ax.isCancelled()) Thread.onSpinWait();
                return text(ax.secrets().get("S").orElse("none"));
                """,
        };

        private readonly JavaPackage package;

        public Package()
        {
            var nodes = s_bodies
                .Keys.Append("Stream")
                .Select(name => new ManifestNode
                {
                    Name = name,
                    Input = "Text",
                    Output = "Text",
                    Type = name == "Stream" ? NodeType.Pipeline : NodeType.Unary,
                });
            package = new JavaPackage(Schema, [.. nodes]);
            foreach (var (name, body) in s_bodies)
                package.Write(
                    $"nodes/{name}.java",
                    $$"""
                    package nodes;

                    import axiom.AxiomContext;
                    import gen.Messages.Text;

                    public class {{name}} {
                        public static Text {{NameRules.Camel(
                        name
                    )}}(AxiomContext ax, Text input) throws Exception {
                            {{body}}
                        }

                        static Text text(String value) {
                            return Text.newBuilder().setText(value).build();
                        }
                    }
                    """
                );
            package.Write(
                "nodes/Stream.java",
                """
                package nodes;

                import gen.Messages.Text;

                public class Stream {
                    public static void stream(axiom.AxiomContext ax, java.util.Iterator<Text> inputs, java.util.function.Consumer<Text> emit) {
                        inputs.forEachRemaining(emit);
                    }
                }
                """
            );
            package.Write(
                "nodes/Never.java",
                """
                package nodes;

                final class Never {
                    static final gen.Messages.Text TEXT = make();

                    private static gen.Messages.Text make() {
                        throw new IllegalArgumentException("not set up");
                    }
                }
                """
            );
            package.Write(
                "gen/worker/CheckFrames.java",
                File.ReadAllText(
                    Path.Combine(AppContext.BaseDirectory, "Emitters", "CheckFrames.java")
                )
            );
            package.Compile();
        }

        /// <summary>What the worker answers to these frames and a Shutdown, behind its Hello.</summary>
        public IReadOnlyList<string> Run(params byte[][] frames)
        {
            var answers = WorkerFrames.Read(
                package.RunWorker([.. frames.SelectMany(f => f), .. WorkerFrames.Frame(4, 0)])
            );
            var nodes = string.Join(",", s_bodies.Keys.Append("Stream").Select(n => $"\"{n}\""));
            Assert.Equal(
                $$"""hello 0 {"protocol":1,"language":"java","nodes":[{{nodes}}],"fingerprint":"{{Schema.Fingerprint}}"}""",
                answers[0]
            );
            return [.. answers.Skip(1)];
        }

        public string Check(string frames) => package.Run("gen.worker.CheckFrames", frames);

        public void Dispose() => package.Dispose();
    }
}
