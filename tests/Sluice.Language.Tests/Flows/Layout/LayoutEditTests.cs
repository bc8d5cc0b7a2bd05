using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;

namespace Sluice.Language.Tests.Flows.Layout;

/// <summary>A layout written into a document.</summary>
public sealed class LayoutEditTests
{
    private const string Block = """
        # Mine.
        name: demo/edited   # and this
        nodes:
          - alias: "one"
            package: demo/p@1.0.0
            node: Step # here it is
            config: {timeout_ms: 5}
          - {alias: two, package: demo/p@1.0.0, node: Step}
          -   row: 77
              alias: three
              package: demo/p@1.0.0
              node: Step
        edges:
        - {from: "@flow_input", to: one}
        - {from: one, to: two}
        - {from: two, to: three}
        - {from: three, to: "@flow_output"}
        """;

    [Fact]
    public void Comments_and_style_stay_and_cells_are_added()
    {
        Assert.Equal(
            Block
                .Replace(
                    "node: Step # here it is",
                    "node: Step # here it is\n    col: 0\n    row: 0",
                    StringComparison.Ordinal
                )
                .Replace("{alias: two", "{col: 1, row: 0, alias: two", StringComparison.Ordinal)
                .Replace("row: 77", "row: 0", StringComparison.Ordinal)
                .Replace(
                    "      node: Step\n",
                    "      node: Step\n      col: 2\n",
                    StringComparison.Ordinal
                ),
            LayoutEdit.Apply(Block, "flow.yaml", out var kept)
        );
        Assert.True(kept);
    }

    [Fact]
    public void A_second_time_changes_nothing()
    {
        var once = LayoutEdit.Apply(Block, "flow.yaml", out _)!;

        Assert.Equal(once, LayoutEdit.Apply(once, "flow.yaml", out _));
    }

    [Fact]
    public void Lines_keep_their_ends()
    {
        var text = LayoutEdit.Apply(Block.ReplaceLineEndings("\r\n"), "flow.yaml", out var kept)!;

        Assert.True(kept);
        Assert.Equal(text.ReplaceLineEndings("\r\n"), text);
    }

    [Fact]
    public void What_cannot_be_edited_is_written_anew()
    {
        // Behind the key of a text in lines of its own there is no room for another.
        var text = LayoutEdit.Apply(
            """
            name: demo/odd
            nodes:
              - alias: one
                package: demo/p@1.0.0
                node: >-
                  Step
            edges: []
            """,
            "flow.yaml",
            out var kept
        )!;

        Assert.False(kept);
        Assert.All(FlowReader.Read(text, "flow.yaml").Value!.Nodes, n => Assert.NotNull(n.Col));
    }

    [Fact]
    public void Every_random_flow_keeps_all_else_in_every_form()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var flow = RandomDocument.Make(seed);
            var wanted = FlowLayout.Of(flow).ApplyTo(flow);
            foreach (
                var (text, file) in new[]
                {
                    (flow.ToYaml(), "flow.yaml"),
                    (flow.ToJson(), "flow.json"),
                }
            )
            {
                var edited = LayoutEdit.Apply(text, file, out var kept)!;

                Assert.True(kept);
                FlowFormTests.Same(wanted, FlowReader.Read(edited, file).Value, "flow");
            }
        }
    }

    [Fact]
    public void What_is_no_flow_is_not_laid_out() =>
        Assert.Null(LayoutEdit.Apply("nodes: 5", "flow.yaml", out _));
}
