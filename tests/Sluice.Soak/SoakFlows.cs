using Sluice.Language.Flows;
using Sluice.Language.Packages;
using Sluice.Language.Protos;
using Sluice.Seal;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;

namespace Sluice.Soak;

/// <summary>The flows that the soak runs: between them, everything that a flow can say.</summary>
internal static class SoakFlows
{
    private static readonly ResolvedPackage Confined = Package(
        "soak/confined",
        [],
        name => !SoakNodes.Reaching.Contains(name)
    );

    private static readonly ResolvedPackage Reaching = Package(
        "soak/reaching",
        [new EgressHost("peer.invalid", 443)],
        SoakNodes.Reaching.Contains
    );

    /// <summary>
    /// By name: placements (<c>alias Node</c>, the rest after a bar) and edges (<c>from to</c>, likewise). No flow has two
    /// placements of one node. <c>@name</c> is a flow that stands before.
    /// </summary>
    private static readonly (string Name, string[] Nodes, string[] Edges)[] All =
    [
        ("row", ["a A", "b B", "c C"], ["> a", "a b", "b c", "c <"]),
        ("slow", ["a Slow", "b B"], ["> a", "a b", "b <"]),
        (
            "branch",
            ["a A", "b B", "c C", "d D | join: {kind: XOR}"],
            [
                "> a",
                "a b | condition: \"text.contains('7')\"",
                "a c | condition: \"!text.contains('7')\"",
                "b d",
                "c d",
                "d <",
            ]
        ),
        (
            "race",
            ["a A", "b B", "c Slow", "d D | join: {kind: XOR}"],
            ["> a", "a b", "a c", "b d", "c d", "d <"]
        ),
        (
            "diamond",
            ["a A", "b B", "c Shaky", "d D | join: {failure_policy: TOLERATE_FAILURES}"],
            [
                "> a",
                "a b",
                "a c",
                "b d | adapter: {text: text, number: number, trail: trail}",
                "c d | adapter: {other: trail}",
                "d <",
            ]
        ),
        (
            "retry",
            [
                "a A",
                "b Flaky | retry: {max_attempts: 6, initial_interval_ms: 8, backoff_coefficient: 2, jitter: 0.5}, timeout_ms: 5000",
                "c C",
            ],
            ["> a", "a b", "b c", "c <"]
        ),
        (
            "loop",
            ["a A", "b B", "c C"],
            [
                "> a",
                "a b",
                "b a | loop: true, max_iterations: 4, condition: \"number < 8\"",
                "b c",
                "c <",
            ]
        ),
        (
            "fan",
            ["a A", "e Each", "z C"],
            [
                "> a",
                "> e | fan_out: {items: items, concurrency: 3, failure_policy: TOLERATE_FAILURES}, adapter: {text: text, number: number}",
                "a z | adapter: {text: text, number: number, trail: trail}",
                "e z | adapter: {other: \"results.map(r, r.trail[0])\"}",
                "z <",
            ]
        ),
        (
            "saga",
            [
                "a A | compensate: ua",
                "b B | compensate: ub",
                "c Doomed",
                "ua UndoA | retry: {max_attempts: 5, initial_interval_ms: 2}",
                "ub UndoB | retry: {max_attempts: 5, initial_interval_ms: 2}",
            ],
            ["> a", "a b", "b c", "c <"]
        ),
        (
            "error",
            ["a A", "b Doomed", "c C", "d D | join: {kind: XOR}"],
            [
                "> a",
                "a b",
                "b c | on_error: true, adapter: {text: input.text, number: input.number, trail: input.trail}",
                "b d",
                "c d",
                "d <",
            ]
        ),
        (
            "outer",
            ["a A", "s @saga | retry: {max_attempts: 2, initial_interval_ms: 5}", "d @row", "e E"],
            ["> a", "a s", "s d", "d e", "e <"]
        ),
        ("deep", ["x @outer", "f B"], ["> x", "x f", "f <"]),
    ];

    public static readonly string[] Names = [.. All.Select(flow => flow.Name)];

    /// <summary>Compiles all for a tenant, and keeps them; answers the graphs' ids by name.</summary>
    public static async Task<Dictionary<string, string>> Keep(
        Database database,
        UlidSource ids,
        string tenantId,
        string handle
    )
    {
        var graphs = new Dictionary<string, FlowGraph>(StringComparer.Ordinal);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, nodes, edges) in All)
        {
            var compiled = FlowCompiler.Compile(
                Yaml($"{handle}/{name}", nodes, edges, kept),
                "flow.yaml",
                reference => reference.Name == "soak/reaching" ? Reaching : Confined,
                graphs.GetValueOrDefault
            );
            if (compiled.Value is null)
                throw new InvalidOperationException(
                    $"{name}: {string.Join("; ", compiled.Mistakes)}"
                );
            var graph = new Graph
            {
                Id = ids.NextText(),
                Environment = "live",
                Flow = $"{handle}/{name}",
                Revision = 1,
                Body = compiled.Value.ToJson(),
                CreatedAt = 0,
            };
            await database.Write(session => GraphStore.Insert(session, tenantId, graph));
            graphs[graph.Id] = compiled.Value;
            kept[name] = graph.Id;
        }
        return kept;
    }

    private static ResolvedPackage Package(
        string name,
        EgressHost[] egress,
        Func<string, bool> has
    ) =>
        new(
            "digest",
            new Manifest
            {
                Name = name,
                Version = "0.1.0",
                Language = "python",
                Egress = egress,
                Nodes =
                [
                    .. SoakNodes
                        .Names.Where(has)
                        .Select(node => new ManifestNode
                        {
                            Name = node,
                            Input = "Note",
                            Output = "Note",
                        }),
                ],
            },
            SchemaCompiler
                .Compile(
                    new Dictionary<string, string> { ["messages/messages.proto"] = SoakNote.Proto }
                )
                .Value!
        );

    private static string Yaml(
        string name,
        string[] nodes,
        string[] edges,
        Dictionary<string, string> kept
    )
    {
        var lines = new List<string> { $"name: {name}", "version: 0.1.0", "nodes:" };
        foreach (var node in nodes)
        {
            var (head, rest) = Split(node);
            var config = rest is null ? "" : $", config: {{{rest}}}";
            var what = head[1].StartsWith('@')
                ? $"subflow: {kept[head[1][1..]]}, input: Note, output: Note"
                : $"package: soak/{(SoakNodes.Reaching.Contains(head[1]) ? "reaching" : "confined")}@0.1.0, node: {head[1]}";
            lines.Add($"  - {{alias: {head[0]}, {what}{config}}}");
        }
        lines.Add("edges:");
        foreach (var edge in edges)
        {
            var (head, rest) = Split(edge);
            var from = head[0] == ">" ? "@flow_input" : head[0];
            var to = head[1] == "<" ? "@flow_output" : head[1];
            lines.Add($"  - {{from: \"{from}\", to: \"{to}\"{(rest is null ? "" : ", " + rest)}}}");
        }
        return string.Join('\n', lines);
    }

    private static (string[] Head, string? Config) Split(string line)
    {
        var parts = line.Split('|', 2);
        return (parts[0].Trim().Split(' '), parts.Length > 1 ? parts[1].Trim() : null);
    }
}
