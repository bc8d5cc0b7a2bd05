using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;
using Sluice.Runner;
using Sluice.Seal;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Runners;

namespace Sluice.Server.Tests.Runs;

/// <summary>The real server with nodes that the tests play: what a node does is a function of the test's own.</summary>
internal sealed class RunGround : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<PlayedNodes>> _nodes = new();

    public TestHouse House { get; private set; } = null!;

    public static async Task<RunGround> Open(
        string? store = null,
        string? data = null,
        TimeProvider? clock = null,
        params string[] args
    )
    {
        var ground = new RunGround();
        ground.House = await TestHouse.Open(
            data,
            store,
            builder =>
            {
                if (clock is not null)
                    builder.Services.AddSingleton(clock);
                // As in the full tier, on whatever machine.
                builder.Services.AddSingleton<NodeConfinement>(package =>
                    package.Egress.Count == 0
                );
                builder.Services.AddSingleton<NodeCaller>(
                    async (call, stop) =>
                        await (await ground.NodesOf(call.TenantId).Task).Call(call, stop)
                );
            },
            args
        );
        return ground;
    }

    /// <summary>A tenant of its own with nodes of its own.</summary>
    public async Task<RunBench> NewBench()
    {
        var bench = new RunBench(await House.NewTenant(), new PlayedNodes());
        NodesOf(bench.Tenant.Id).SetResult(bench.Nodes);
        return bench;
    }

    /// <summary>The tenant of a bench on another server, or on the next one on the same store, with the same nodes.</summary>
    public RunBench Adopt(RunBench bench)
    {
        var here = new RunBench(bench.Tenant with { House = House }, bench.Nodes);
        NodesOf(bench.Tenant.Id).SetResult(bench.Nodes);
        return here;
    }

    public ValueTask DisposeAsync() => House.DisposeAsync();

    // A run that is taken up at the start may call before its bench is there.
    private TaskCompletionSource<PlayedNodes> NodesOf(string tenant) =>
        _nodes.GetOrAdd(
            tenant,
            static _ => new TaskCompletionSource<PlayedNodes>(
                TaskCreationOptions.RunContinuationsAsynchronously
            )
        );
}

/// <summary>A tenant, its flows and what their nodes do.</summary>
internal sealed class RunBench(TestTenant tenant, PlayedNodes nodes)
{
    private const string Proto =
        "syntax = \"proto3\"; package played; message Note { string text = 1; int64 number = 2; repeated string trail = 3; repeated Note notes = 4; }";

    private static readonly UlidSource Ids = new(TimeProvider.System);

    private static readonly ResolvedPackage Package = NewPackage("played/nodes", []);

    /// <summary>Of the same nodes, with a way out.</summary>
    private static readonly ResolvedPackage Reaching = NewPackage(
        "played/reaching",
        [new EgressHost("peer.invalid", 443)]
    );

    private static ResolvedPackage NewPackage(string name, EgressHost[] egress) =>
        new(
            "digest",
            new Manifest
            {
                Name = name,
                Egress = egress,
                Version = "0.1.0",
                Language = "python",
                Nodes =
                [
                    .. PlayedNodes.Names.Select(name => new ManifestNode
                    {
                        Name = name,
                        Input = "Note",
                        Output = "Note",
                    }),
                ],
            },
            SchemaCompiler
                .Compile(new Dictionary<string, string> { ["messages/messages.proto"] = Proto })
                .Value!
        );

    private readonly Dictionary<string, FlowGraph> _graphs = [];

    public TestTenant Tenant => tenant;

    public PlayedNodes Nodes => nodes;

    /// <summary>Compiles and keeps a flow. Each line of <paramref name="nodes"/> is <c>alias Node</c>, with the rest of the placement after a bar; a node with <c>!</c> before its name has a way out; each of <paramref name="edges"/> is <c>from to</c>, likewise.</summary>
    public async Task<string> Flow(string name, string[] nodes, string[] edges, string more = "")
    {
        var yaml = new StringBuilder(
            $"name: {tenant.Handle}/{name}\nversion: 0.1.0\n{more}\nnodes:\n"
        );
        foreach (var node in nodes)
        {
            var (head, rest) = Split(node);
            yaml.Append(
                head[1].StartsWith('@')
                    ? $"  - {{alias: {head[0]}, subflow: {head[1][1..]}, input: Note, output: Note{rest}}}\n"
                    : $"  - {{alias: {head[0]}, package: played/{(head[1][0] == '!' ? "reaching" : "nodes")}@0.1.0, node: {head[1].TrimStart('!')}{rest}}}\n"
            );
        }
        yaml.Append("edges:\n");
        foreach (var edge in edges)
        {
            var (head, rest) = Split(edge);
            yaml.Append($"  - {{from: \"{head[0]}\", to: \"{head[1]}\"{rest}}}\n");
        }
        var compiled = FlowCompiler.Compile(
            yaml.ToString(),
            "flow.yaml",
            reference => reference.Name == "played/reaching" ? Reaching : Package,
            id => _graphs.GetValueOrDefault(id)
        );
        Assert.True(
            compiled.Value is not null,
            string.Join('\n', compiled.Mistakes.Select(mistake => mistake.ToString()))
        );
        var graph = new Graph
        {
            Id = Ids.NextText(),
            Environment = "live",
            Flow = $"{tenant.Handle}/{name}",
            Revision = 1,
            Body = compiled.Value.ToJson(),
            CreatedAt = 0,
        };
        _graphs[graph.Id] = compiled.Value;
        await tenant.House.Database.Write(session => GraphStore.Insert(session, tenant.Id, graph));
        return graph.Id;
    }

    /// <summary>A flow of nodes in a row; the aliases are a, b, c and so on.</summary>
    public Task<string> Row(string name, params string[] nodes) =>
        Flow(
            name,
            [.. nodes.Select((node, at) => $"{(char)('a' + at)} {node}")],
            [
                .. Enumerable
                    .Range(0, nodes.Length + 1)
                    .Select(at =>
                        $"{(at == 0 ? "@flow_input" : (char)('a' + at - 1))} {(at == nodes.Length ? "@flow_output" : (char)('a' + at))}"
                    ),
            ]
        );

    public Task<JsonElement> Invoke(string graph, string input = "{}", string more = "") =>
        Workshop.Invoke(tenant, graph, input, more);

    /// <summary>Starts a run that nobody waits for; answers its id.</summary>
    public async Task<string> Start(string graph, string input = "{}", string more = "")
    {
        var answer = await Invoke(graph, input, ",\"wait\":false" + more);
        Assert.True(answer.TryGetProperty("execution_id", out var id), answer.ToString());
        return id.GetString()!;
    }

    public async Task<JsonElement> Get(string run) =>
        await TestHouse.Json(await tenant.Get($"/api/v1/runs/{run}"));

    /// <summary>Posts to a run, such as <c>pause</c>.</summary>
    public async Task<JsonElement> Post(string run, string act, string body = "{}") =>
        await TestHouse.Json(await tenant.Post($"/api/v1/runs/{run}/{act}", body));

    /// <summary>The run once it is in a state, within a minute.</summary>
    public async Task<JsonElement> Until(string run, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var shown = await Get(run);
            if (shown.GetProperty("status").GetString() == status)
                return shown;
            Assert.False(patience.IsCancellationRequested, $"not {status}: {shown}");
        }
    }

    /// <summary><c>alias:status</c> of each line of a run that is a step.</summary>
    public static string[] Steps(JsonElement run) =>
        [
            .. run.GetProperty("steps")
                .EnumerateArray()
                .Select(step =>
                    step.GetProperty("alias").GetString()
                    + (step.TryGetProperty("visit", out var visit) ? $"#{visit}" : "")
                    + (step.TryGetProperty("item", out var item) ? $"[{item}]" : "")
                    + ":"
                    + step.GetProperty("status").GetString()
                ),
        ];

    public static string Status(JsonElement run) => run.GetProperty("status").GetString()!;

    public static string? Code(JsonElement run) =>
        run.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    private static (string[] Head, string More) Split(string line)
    {
        var parts = line.Split('|', 2);
        return (parts[0].Trim().Split(' '), parts.Length > 1 ? ", " + parts[1].Trim() : "");
    }
}
