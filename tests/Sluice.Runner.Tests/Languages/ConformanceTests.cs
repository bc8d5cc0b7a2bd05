using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Runner.Egress;

namespace Sluice.Runner.Tests.Languages;

/// <summary>One suite, every language: the same package, written in each, built by the runner, behaves the same.</summary>
public sealed class ConformanceTests
{
    private static readonly string[] s_nodes =
    [
        "Echo",
        "Same",
        "Read",
        "Fail",
        "Hang",
        "Leave",
        "Eat",
        "Talk",
        "Tell",
        "Fork",
        "Dial",
        "Ask",
        "Peek",
    ];

    /// <summary>By language. Built once: the sandbox that a package was built in leaves nothing in it.</summary>
    private static readonly ConcurrentDictionary<string, WorkerSpec> s_packages = [];

    [Theory]
    [InlineData("python", "bubblewrap")]
    [InlineData("csharp", "bubblewrap")]
    [InlineData("go", "bubblewrap")]
    [InlineData("java", "bubblewrap")]
    [InlineData("typescript", "bubblewrap")]
    [InlineData("rust", "bubblewrap")]
    [InlineData("python", "process")]
    [InlineData("csharp", "process")]
    [InlineData("go", "process")]
    [InlineData("java", "process")]
    [InlineData("typescript", "process")]
    [InlineData("rust", "process")]
    public async Task A_package_behaves_the_same_in_every_language_and_tier(
        string language,
        string tier
    )
    {
        await using var house = await House.Open(options => options with { Isolation = tier });
        if (!s_packages.TryGetValue(language, out var package))
            package = s_packages[language] = await Build(house, language);

        Assert.Equal("Größe ♥", House.Text(await house.Call(package, "Echo", "Größe ♥")));
        Assert.Equal("", House.Text(await house.Call(package, "Echo")));
        Assert.Equal(
            1 << 20,
            House.Text(await house.Call(package, "Echo", new string('x', 1 << 20))).Length
        );

        var secrets = House.Secret("SIGNATURE", "Lovelace ♥");
        Assert.Equal(
            "Lovelace ♥/True",
            Title(await house.Call(package, "Read", "SIGNATURE", secrets: secrets))
        );
        Assert.Equal("/False", Title(await house.Call(package, "Read", "OTHER", secrets: secrets)));

        var tell = House.A_call(
            package,
            "Tell",
            parameters: new Dictionary<string, string> { ["TONE"] = "kind" }
        );
        Assert.Equal("run-1/flow-1/acme/kind/False", Title(await house.Call(tell)));

        await Recalls(house, package);

        const string odd = "Größe \"♥\" \\ \t\u001b[31m\u2028 \U0001d11e {0} %s";
        var talk = await house.Call(package, "Talk", odd);
        Assert.Equal(
            [("info", "printed", ""), ("warn", odd, "81")],
            talk.Logs.Select(line =>
                    (line.Level, line.Text, line.Fields.GetValueOrDefault("length", ""))
                )
                .Order()
        );

        var failed = await house.Call(package, "Fail", "greeting");
        Assert.Equal(NodeOutcomeKind.NodeError, failed.Kind);
        Assert.Matches("(Error|Exception|panic): no greeting$", failed.Message!);
        // Java's stacks name classes and not paths.
        Assert.Contains(language == "java" ? "nodes.Fail.fail(" : "nodes/all.", failed.Stack!);

        foreach (var forbidden in (string[])["Fork", "Dial", "Ask", "Peek"])
            Assert.Equal(NodeOutcomeKind.NodeError, (await house.Call(package, forbidden)).Kind);

        var hung = await house.Call(package, "Hang", timeout: TimeSpan.FromMilliseconds(300));
        Assert.Equal(
            (NodeOutcomeKind.Timeout, "Hang was still running after 0.3 s and was stopped."),
            (hung.Kind, hung.Message)
        );
        await IsCancelled(house, package);
        var left = await house.Call(package, "Leave");
        Assert.Equal(
            (NodeOutcomeKind.Crashed, "Leave did not finish: its process ended with exit code 3."),
            (left.Kind, left.Message)
        );
        // Many small things fill another part of some languages' memory than few large ones.
        foreach (var size in (string[])["large", "small"])
        {
            var ate = await house.Call(package, "Eat", size);
            Assert.Equal(
                (NodeOutcomeKind.OutOfMemory, "Eat ran out of memory."),
                (ate.Kind, ate.Message)
            );
        }
        if (tier == "bubblewrap")
        {
            await KindsConformance.Check(house, package);
            await StreamConformance.Check(house, package);
            await LeadsOut(package);
        }
        Assert.Equal("still here", House.Text(await house.Call(package, "Echo", "still here")));
    }

    /// <summary>An answer whose last word is a truth value: each language writes those in its own way.</summary>
    private static string Title(NodeOutcome outcome) =>
        House
            .Text(outcome)
            .Replace("/true", "/True", StringComparison.Ordinal)
            .Replace("/false", "/False", StringComparison.Ordinal);

    /// <summary>A call that hears nothing of being cancelled is over all the same, and the next one is served.</summary>
    private static async Task IsCancelled(House house, WorkerSpec package)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken
        );
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = house.Runner.Call(
            House.A_call(package, "Hang") with
            {
                Noted = _ => begun.TrySetResult(),
            },
            stop.Token
        );
        await begun.Task.WaitAsync(stop.Token);
        await stop.CancelAsync();
        var outcome = await call;
        Assert.Equal(
            (NodeOutcomeKind.Cancelled, "The call was cancelled."),
            (outcome.Kind, outcome.Message)
        );
    }

    /// <summary>What the context asks and tells arrives as it should, and what is answered is what the node is given.</summary>
    private static async Task Recalls(House house, WorkerSpec package)
    {
        var asked = new Queue<GoldenQuestion>(GoldenQuestion.All);
        var told = new List<NodeNote>();
        var recall = House.A_call(package, "Recall") with
        {
            Questions = (question, _) =>
            {
                var golden = asked.Dequeue();
                Assert.Equal(golden.Asked, question);
                return ValueTask.FromResult(golden.Answer);
            },
            Noted = told.Add,
        };
        Assert.Equal(GoldenQuestion.Result, House.Text(await house.Call(recall)));
        Assert.Empty(asked);
        Assert.Equal(
            [NoteKind.Progress, NoteKind.Event, NoteKind.Counter, NoteKind.Histogram],
            told.Select(note => note.Kind)
        );
        Assert.Equal(
            ["half 0.5 ", "seen 0 a=1,b=ü", "hits 2 ", "ms 1.5 "],
            told.Select(note =>
                $"{note.Name} {note.Value} {string.Join(',', note.Attributes.Select(each => $"{each.Key}={each.Value}"))}"
            )
        );
        // Where nobody answers, a node hears that.
        var alone = await house.Call(package, "Recall");
        Assert.Equal(NodeOutcomeKind.NodeError, alone.Kind);
        Assert.Equal("again", House.Text(await house.Call(package, "Echo", "again")));
    }

    /// <summary>With a grant a worker leads the loopback of its sandbox to the proxy, there and back to the end.</summary>
    private static async Task LeadsOut(WorkerSpec package)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var host = $"api.example.test:{((IPEndPoint)server.LocalEndpoint).Port}";
        var greets = Greet(server);
        await using var house = await House.Open(options =>
            options with
            {
                Egress = new EgressOptions
                {
                    Allow = [host],
                    AllowNetworks = [IPNetwork.Parse("127.0.0.0/8")],
                    Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
                },
            }
        );
        package = package with { Package = "acme/all@1.0.0", Egress = [host] };
        Assert.Matches(
            "^HTTP/1.1 200 [^\r]*\r\n\r\nhello of the world$",
            House.Text(await house.Call(package, "Ask", host))
        );
        await greets;
        Assert.StartsWith(
            "HTTP/1.1 403 ",
            House.Text(await house.Call(package, "Ask", "other.example.test:443")),
            StringComparison.Ordinal
        );
    }

    private static async Task Greet(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync("hello of the world"u8.ToArray());
    }

    private static async Task<WorkerSpec> Build(House house, string language)
    {
        ConcurrentQueue<string> log = new();
        var files = language switch
        {
            "csharp" => ConformanceInCSharp.Files(),
            "go" => ConformanceInGo.Files(),
            "java" => ConformanceInJava.Files(s_nodes),
            "python" => ConformanceInPython.Files(s_nodes),
            "rust" => ConformanceInRust.Files(s_nodes),
            _ => ConformanceInTypeScript.Files(s_nodes),
        };
        foreach (
            var (path, text) in language switch
            {
                "csharp" => StreamsInCSharp.Files(),
                "go" => StreamsInGo.Files(),
                "java" => StreamsInJava.Files(),
                "python" => StreamsInPython.Files(),
                "rust" => StreamsInRust.Files(),
                _ => StreamsInTypeScript.Files(),
            }
        )
            files.Add(path, text);
        var recall = Recall(language);
        files["nodes/" + recall] = (
            await File.ReadAllTextAsync(
                Repository.File("tests/Recall/" + recall),
                TestContext.Current.CancellationToken
            )
        ).Replace("{module}", "acme/all", StringComparison.Ordinal);
        var outcome = await house.Runner.Build(
            new BuildRequest
            {
                TenantId = "acme",
                Files = files.ToDictionary(
                    file => file.Key,
                    file => Encoding.UTF8.GetBytes(file.Value)
                ),
                Manifest = new Manifest
                {
                    Name = "acme/all",
                    Version = "1.0.0",
                    Language = language,
                    Nodes =
                    [
                        .. s_nodes
                            .Append("Recall")
                            .Select(node => new ManifestNode
                            {
                                Name = node,
                                Input = "Text",
                                Output = "Text",
                            }),
                        .. StreamConformance.Nodes.Select(node => new ManifestNode
                        {
                            Name = node,
                            Input = "Text",
                            Output = "Text",
                            Type = NodeType.Pipeline,
                        }),
                    ],
                },
                Schema = KindsConformance.Schema,
                Log = log.Enqueue,
            },
            TestContext.Current.CancellationToken
        );
        Assert.True(outcome.Ok, outcome.Failure + string.Join('\n', log));
        Assert.Contains(
            log,
            line =>
                line.Contains("echo", StringComparison.OrdinalIgnoreCase)
                && (
                    line.Contains("ok", StringComparison.Ordinal)
                    || line.Contains("PASS", StringComparison.Ordinal)
                    || line.Contains('✔')
                )
        );
        return new WorkerSpec
        {
            Digest = outcome.Digest,
            Language = language,
            OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(outcome.Archive)),
        };
    }

    /// <summary>The file of the node that uses all of its context.</summary>
    private static string Recall(string language) =>
        language switch
        {
            "csharp" => "recall.cs",
            "java" => "Recall.java",
            "python" => "recall.py",
            "rust" => "recall.rs",
            "typescript" => "recall.ts",
            _ => "recall.go",
        };
}
