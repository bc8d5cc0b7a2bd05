using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Runner.Builds;
using Sluice.Runner.Languages;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Tests;

/// <summary>A runner with a folder of its own, and packages made by hand whose nodes take a text and give a text.</summary>
internal sealed class House : IAsyncDisposable
{
    private const string Messages = """
        class Text:
            def __init__(self, text=""):
                self.text = text

            @classmethod
            def FromString(cls, data):
                at, shift, size = 1, 0, 0
                if not data:
                    return cls()
                while True:
                    byte = data[at]
                    size |= (byte & 127) << shift
                    at, shift = at + 1, shift + 7
                    if byte < 128:
                        return cls(data[at:at + size].decode())

            def SerializeToString(self):
                data = self.text.encode()
                if not data:
                    return b""
                size, head = len(data), bytearray(b"\x0a")
                while size >= 128:
                    head.append(size & 127 | 128)
                    size >>= 7
                head.append(size)
                return bytes(head) + data
        """;

    private House(NodeRunner runner, string folder) => (Runner, Folder) = (runner, folder);

    public NodeRunner Runner { get; }

    public string Folder { get; }

    public static async Task<House> Open(
        Func<RunnerOptions, RunnerOptions>? adjust = null,
        TimeProvider? clock = null,
        ILoggerFactory? loggers = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("sluice-runner-").FullName;
        // The process tier gives tenants users of their own, who must be able to pass through.
        File.SetUnixFileMode(
            folder,
            File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        var options = new RunnerOptions
        {
            DataPath = folder,
            Isolation = "bubblewrap",
            StartDeadline = TimeSpan.FromMinutes(1),
        };
        var runner = await NodeRunner.Start(
            adjust?.Invoke(options) ?? options,
            clock ?? TimeProvider.System,
            loggers ?? NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );
        // A machine without the sandbox cannot vouch for it: these tests then fail, they are not skipped.
        Assert.True(runner.Isolation.Tier.Length > 0, string.Join(' ', runner.Isolation.Probes));
        return new House(runner, folder);
    }

    /// <summary>A package of Python nodes; each function of the source is a node of the same name, <c>name pipeline</c> for one that streams.</summary>
    public static WorkerSpec Python(string source, params string[] nodes)
    {
        var table = string.Join(
            ", ",
            nodes
                .Select(node => node.Split(' '))
                .Select(node =>
                    $"\"{node[0]}\": (\"nodes.all\", \"{node[0]}\", \"Text\", \"Text\", \"{node.ElementAtOrDefault(1) ?? "unary"}\")"
                )
        );
        return Pack(
            "python",
            [
                .. GeneratedFor(table),
                ("gen/_frames.py", Encoding.UTF8.GetString(Runtimes.File("python/frames.py"))),
                ("gen/_context.py", Encoding.UTF8.GetString(Runtimes.File("python/context.py"))),
                (
                    "gen/axiom_values.py",
                    Encoding.UTF8.GetString(Runtimes.File("python/axiom_values.py"))
                ),
                ("gen/_streams.py", Encoding.UTF8.GetString(Runtimes.File("python/streams.py"))),
                ("gen/_egress.py", Encoding.UTF8.GetString(Runtimes.File("python/egress.py"))),
                ("gen/_worker.py", Encoding.UTF8.GetString(Runtimes.File("python/worker.py"))),
                ("nodes/all.py", "from gen.messages_pb2 import Text\n" + source),
            ]
        );
    }

    /// <summary>What the generator would write for a package of these nodes.</summary>
    public static (string Path, string Content)[] GeneratedFor(string table) =>
        [
            ("gen/__init__.py", ""),
            ("gen/messages_pb2.py", Messages),
            ("gen/axiom_context.py", "class AxiomContext: pass\n"),
            ("gen/_nodes.py", $"NODES = {{{table}}}\n"),
        ];

    public static WorkerSpec Pack(string language, params (string Path, string Content)[] files)
    {
        var (archive, digest) = BuiltArchive.Pack([
            .. files.Select(file => new TarFile(
                file.Path,
                Encoding.UTF8.GetBytes(file.Content),
                false
            )),
        ]);
        return new WorkerSpec
        {
            Digest = digest,
            Language = language,
            OpenArchive = _ => Task.FromResult<Stream>(new MemoryStream(archive)),
        };
    }

    public static NodeCall A_call(
        WorkerSpec package,
        string node,
        string text = "",
        string tenant = "acme",
        TimeSpan? timeout = null,
        SecretReader? secrets = null,
        IReadOnlyDictionary<string, string>? parameters = null
    )
    {
        var writer = new WireWriter();
        writer.Text(1, text);
        return new NodeCall
        {
            TenantId = tenant,
            Package = package,
            Node = node,
            Input = writer.Written.ToArray(),
            Timeout = timeout ?? TimeSpan.FromMinutes(1),
            ExecutionId = "run-1",
            FlowId = "flow-1",
            TraceId = "trace-1",
            Params = parameters ?? FrozenDictionary<string, string>.Empty,
            Secrets = secrets,
        };
    }

    public Task<NodeOutcome> Call(
        WorkerSpec package,
        string node,
        string text = "",
        TimeSpan? timeout = null,
        SecretReader? secrets = null
    ) => Call(A_call(package, node, text, timeout: timeout, secrets: secrets));

    public Task<NodeOutcome> Call(NodeCall call) =>
        Runner.Call(call, TestContext.Current.CancellationToken);

    public static string Text(NodeOutcome outcome)
    {
        Assert.True(
            outcome.Kind == NodeOutcomeKind.Succeeded,
            $"{outcome.Kind}: {outcome.Message}\n{outcome.Stack}"
        );
        var reader = new WireReader(outcome.Output.Span);
        return reader.Next(out _, out _, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
    }

    public static SecretReader Secret(string name, string value) =>
        (asked, destination, _) =>
            ValueTask.FromResult(
                asked == name ? Encoding.UTF8.GetBytes(value, destination.Span) : -1
            );

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        // The folders of processes that have just ended are being deleted at the same time.
        SpinWait.SpinUntil(Deleted, TimeSpan.FromSeconds(10));
    }

    private bool Deleted()
    {
        try
        {
            // Packages are read-only, which stops whoever is not root.
            foreach (
                var inner in Directory.EnumerateDirectories(
                    Folder,
                    "*",
                    SearchOption.AllDirectories
                )
            )
                File.SetUnixFileMode(
                    inner,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
            Directory.Delete(Folder, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(Folder);
        }
    }
}
