using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>What one version of a flow says otherwise than another.</summary>
public sealed class FlowDiffTests
{
    private const string Before = """
        name: demo/versions
        version: 1.0.0
        nodes:
          - {alias: a, package: demo/p@1.0.0, node: Step}
          - {alias: b, package: demo/p@1.0.0, node: Step, config: {retry: {max_attempts: 3}}}
        edges:
          - {from: "@flow_input", to: a}
          - {from: a, to: b, condition: n > 3, adapter: {text: text, n: n}}
          - {from: b, to: "@flow_output"}
        """;

    private static FlowDocument Read(string yaml) => FlowReader.Read(yaml, "flow.yaml").Value!;

    private static IEnumerable<string> Between(string before, string after) =>
        FlowDiff
            .Between(Read(before), Read(after))
            .Select(c =>
                string.Join(
                    "; ",
                    c.Details.Select(d => $"{d.Key} {d.Before ?? "-"} {d.After ?? "-"}")
                        .Prepend($"{c.Kind} {c.What} {c.Name}")
                )
            );

    [Fact]
    public void Each_part_that_is_added_removed_or_changed_is_named_with_its_keys() =>
        Assert.Equal(
            [
                "changed flow demo/versions; description - New.; version 1.0.0 1.1.0",
                "removed placement a",
                "added placement c",
                "changed placement b; config.retry.max_attempts 3 5; config.timeout_ms - 100; package demo/p@1.0.0 demo/p@1.0.1",
                "removed edge @flow_input -> a",
                "removed edge a -> b",
                "added edge @flow_input -> c",
                "added edge c -> b",
            ],
            Between(
                Before,
                """
                name: demo/versions
                version: 1.1.0
                description: New.
                nodes:
                  - {alias: c, package: demo/p@1.0.0, node: Step}
                  - {alias: b, package: demo/p@1.0.1, node: Step, config: {timeout_ms: 100, retry: {max_attempts: 5}}}
                edges:
                  - {from: "@flow_input", to: c}
                  - {from: c, to: b}
                  - {from: b, to: "@flow_output"}
                """
            )
        );

    [Fact]
    public void An_edge_that_says_something_else_is_changed() =>
        Assert.Equal(
            ["changed edge a -> b; adapter.n n -; adapter.text text 'x'; condition n > 3 n > 4"],
            Between(
                Before,
                Before
                    .Replace("text: text, n: n", "text: \"'x'\"", StringComparison.Ordinal)
                    .Replace("n > 3", "n > 4", StringComparison.Ordinal)
            )
        );

    [Fact]
    public void Order_comments_form_and_cells_say_nothing()
    {
        var flow = Read(Before);
        var moved = flow with
        {
            Nodes = [.. flow.Nodes.Reverse().Select((n, i) => n with { Col = i, Row = 7 })],
            Edges = [.. flow.Edges.Reverse()],
        };

        Assert.Empty(FlowDiff.Between(flow, Read("# new\n" + moved.ToYaml())));
        Assert.Empty(FlowDiff.Between(flow, FlowDocument.FromJson(moved.ToJson()).Value!));
    }

    [Fact]
    public void A_value_at_its_default_is_the_same_as_none() =>
        Assert.Empty(
            Between(
                Before,
                Before.Replace(
                    "max_attempts: 3",
                    "max_attempts: 3, jitter: 0",
                    StringComparison.Ordinal
                )
            )
        );

    [Fact]
    public void A_random_flow_differs_from_each_of_its_mutations_and_not_from_itself()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var flow = RandomDocument.Make(seed);

            Assert.Empty(FlowDiff.Between(flow, Read(flow.ToYaml())));
            var without = flow with { Edges = [.. flow.Edges.Skip(1)] };
            Assert.Equal(
                [(FlowChange.Removed, flow.Edges[0].ToString())],
                FlowDiff.Between(flow, without).Select(c => (c.Kind, c.Name))
            );
        }
    }
}
