using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;

namespace Sluice.Language.Tests.Flows.Layout;

/// <summary>Where a flow's parts are placed.</summary>
public sealed class FlowLayoutTests
{
    private const int Seeds = 400;

    private static FlowDocument Flow(params string[] edges) =>
        new()
        {
            Name = "demo/drawn",
            Nodes =
            [
                .. edges
                    .SelectMany(e => e.Split(" -> "))
                    .Where(end => end[0] != '@')
                    .Distinct()
                    .Select(alias => new FlowPlacement { Alias = alias }),
            ],
            Edges =
            [
                .. edges.Select(e => new FlowEdge
                {
                    From = e.Split(" -> ")[0],
                    To = e.Split(" -> ")[1],
                }),
            ],
        };

    [Fact]
    public void A_straight_flow_is_a_straight_row()
    {
        var layout = FlowLayout.Of(
            Flow("@flow_input -> a", "a -> b", "b -> c", "c -> @flow_output")
        );

        Assert.Equal(
            [new Cell(0, 0), new Cell(1, 0), new Cell(2, 0)],
            new[] { "a", "b", "c" }.Select(a => layout.Placements[a])
        );
        Assert.Equal((new Cell(-1, 0), new Cell(3, 0)), (layout.Input, layout.Output));
    }

    [Fact]
    public void Two_branches_stand_above_each_other_between_their_ends()
    {
        var layout = FlowLayout.Of(
            Flow(
                "@flow_input -> a",
                "a -> up",
                "a -> down",
                "up -> z",
                "down -> z",
                "z -> @flow_output"
            )
        );

        Assert.Equal(1, layout.Placements["up"].Col);
        Assert.Equal(1, layout.Placements["down"].Col);
        Assert.Equal(1, Math.Abs(layout.Placements["up"].Row - layout.Placements["down"].Row));
        Assert.Equal(2, layout.Placements["z"].Col);
    }

    [Fact]
    public void Edges_that_can_be_drawn_without_crossing_do_not_cross()
    {
        // As listed, both pairs cross.
        var layout = FlowLayout.Of(
            Flow(
                "@flow_input -> a",
                "@flow_input -> b",
                "a -> y",
                "b -> x",
                "x -> @flow_output",
                "y -> @flow_output"
            )
        );

        Assert.Equal(
            Math.Sign(layout.Placements["a"].Row - layout.Placements["b"].Row),
            Math.Sign(layout.Placements["y"].Row - layout.Placements["x"].Row)
        );
    }

    [Fact]
    public void Every_random_flow_runs_from_left_to_right_and_nothing_lies_on_anything_else()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var flow = RandomDocument.Make(seed);
            var layout = FlowLayout.Of(flow);

            Assert.Equal(flow.Nodes.Select(n => n.Alias).Order(), layout.Placements.Keys.Order());
            var cells = layout.Placements.Values.Concat(layout.Routes.SelectMany(r => r)).ToArray();
            Assert.Equal(cells.Length, cells.Distinct().Count());
            for (var i = 0; i < flow.Edges.Count; i++)
                if (!flow.Edges[i].Loop)
                    LeadsRight(flow.Edges[i], layout.Routes[i], layout);
        }

        static void LeadsRight(FlowEdge edge, IReadOnlyList<Cell> route, FlowLayout layout)
        {
            Cell[] way =
            [
                edge.From == FlowDocument.FlowInput ? layout.Input : layout.Placements[edge.From],
                .. route,
                edge.To == FlowDocument.FlowOutput ? layout.Output : layout.Placements[edge.To],
            ];
            for (var i = 1; i < way.Length; i++)
                Assert.True(way[i].Col == way[i - 1].Col + 1, edge.ToString());
        }
    }

    [Fact]
    public void The_same_flow_is_laid_out_the_same()
    {
        var flow = RandomDocument.Make(7);

        Assert.Equal(FlowLayout.Of(flow).Placements, FlowLayout.Of(flow).Placements);
    }

    [Fact]
    public void A_flow_with_a_cycle_by_mistake_or_without_ends_is_laid_out_too()
    {
        var layout = FlowLayout.Of(Flow("a -> b", "b -> a", "b -> nobody@", "c -> c"));

        Assert.Equal(4, layout.Placements.Values.Distinct().Count());
        Assert.Empty(FlowLayout.Of(Flow()).Placements);
    }

    [Fact]
    public void Compensators_stand_below_all_else()
    {
        var flow = Flow("@flow_input -> a", "a -> b", "b -> @flow_output");
        flow = flow with
        {
            Nodes =
            [
                flow.Nodes[0] with
                {
                    Compensate = "undo",
                },
                flow.Nodes[1] with
                {
                    Compensate = "undo",
                },
                new FlowPlacement { Alias = "undo" },
            ],
        };

        Assert.Equal(new Cell(0, 1), FlowLayout.Of(flow).Placements["undo"]);
    }

    [Fact]
    public void Cells_that_an_author_gave_are_kept_and_long_edges_go_around_what_stands_there()
    {
        var flow = Flow("@flow_input -> a", "a -> b", "b -> c", "a -> c", "c -> @flow_output");
        flow = flow with
        {
            Nodes = [.. flow.Nodes.Select((n, i) => n with { Col = i * 3, Row = 2 })],
        };

        var layout = FlowLayout.OrGiven(flow);

        Assert.Equal([0, 3, 6], flow.Nodes.Select(n => layout.Placements[n.Alias].Col));
        Assert.Equal([new Cell(3, 3)], layout.Routes[3]);
        Assert.Equal(new Cell(-1, 2), layout.Input);
        Assert.Equal(new Cell(7, 2), layout.Output);
    }

    [Fact]
    public void What_layout_wrote_is_drawn_as_it_was_laid_out()
    {
        var flow = RandomDocument.Make(3);
        var laid = FlowLayout.Of(flow);

        Assert.Equal(laid.Routes, FlowLayout.OrGiven(laid.ApplyTo(flow)).Routes);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0, 0)]
    public void Cells_that_are_missing_or_given_twice_are_laid_out_anew(int col, int? row)
    {
        var flow = Flow("@flow_input -> a", "a -> b", "b -> @flow_output");
        flow = flow with { Nodes = [.. flow.Nodes.Select(n => n with { Col = col, Row = row })] };

        Assert.Equal(FlowLayout.Of(flow).Placements, FlowLayout.OrGiven(flow).Placements);
    }

    [Fact]
    public async Task The_largest_flow_is_laid_out_and_drawn_in_seconds()
    {
        var random = new Random(1);
        var edges = new HashSet<string> { "@flow_input -> n0" };
        for (var i = 1; i < FlowReader.MostNodes; i++)
            edges.Add($"n{random.Next(Math.Max(0, i - 9), i)} -> n{i}");
        while (edges.Count < FlowReader.MostEdges)
        {
            var to = random.Next(1, FlowReader.MostNodes);
            edges.Add($"n{random.Next(to)} -> n{to}");
        }
        var flow = Flow([.. edges]);

        await Task.Run(() => FlowSvg.Of(flow), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }
}
