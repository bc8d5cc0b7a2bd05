using System.Diagnostics;
using System.Text;
using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>Flows that are made to cost: at the limits of what is read, and wrong wherever they can be.</summary>
public sealed class FlowHostileTests
{
    // Far above what each takes, far below what a rule without an end would.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static Reading<FlowGraph> Within(Shelf shelf, string flow)
    {
        var watch = Stopwatch.StartNew();
        var reading = shelf.Compile(flow);
        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        Assert.All(reading.Mistakes, m => Assert.InRange(m.Message.Length, 1, 4_000));
        return reading;
    }

    private static StringBuilder Chain(int length)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < length; i++)
            lines.Append($"n{i}: demo/text Shout\n");
        lines.Append("in -> n0\n");
        for (var i = 1; i < length; i++)
            lines.Append($"n{i - 1} -> n{i}\n");
        return lines.Append($"n{length - 1} -> out\n");
    }

    [Fact]
    public void Thousands_of_loops_across_each_other_are_refused_in_seconds()
    {
        var lines = Chain(FlowReader.MostNodes);
        for (var i = FlowReader.MostNodes + 1; i < FlowReader.MostEdges; i++)
            lines.Append(
                $"n{500 + i % 499} -> n{i / 499 * 7 % 450} | loop: true | max_iterations: 3\n"
            );

        var reading = Within(Shelf.Usual(), Shelf.Yaml(lines.ToString()));

        Assert.Contains(reading.Mistakes, m => m.Code == "flow_loop_overlap");
    }

    [Fact]
    public void Loops_that_thousands_of_edges_enter_and_leave_are_refused_in_seconds()
    {
        var lines = Chain(FlowReader.MostNodes);
        for (var i = 0; i < 400; i++)
            lines.Append($"n{998 - i} -> n{i + 1} | loop: true | max_iterations: 3\n");
        for (var i = 0; i < 3_500; i++)
            lines.Append($"n{i % 100} -> n{300 + i / 100} | condition: text != ''\n");

        var reading = Within(Shelf.Usual(), Shelf.Yaml(lines.ToString()));

        Assert.Contains(reading.Mistakes, m => m.Code == "flow_loop_entered");
    }

    [Fact]
    public void A_cycle_through_everything_is_named_briefly()
    {
        var lines = Chain(FlowReader.MostNodes);
        for (var i = 2; i < FlowReader.MostNodes; i++)
            lines.Append($"n{i} -> n0\n");

        var reading = Within(Shelf.Usual(), Shelf.Yaml(lines.ToString()));

        Assert.Contains(reading.Mistakes, m => m.Code == "flow_cycle");
    }

    [Fact]
    public void Flows_in_flows_are_followed_once_each()
    {
        var shelf = Shelf.Usual();
        var inner = "demo/text Shout";
        for (var level = 0; level < FlowCompiler.DeepestSubflow; level++)
        {
            var lines = Chain(100)
                .ToString()
                .Replace("demo/text Shout", inner, StringComparison.Ordinal);
            var reading = Within(shelf, Shelf.Yaml(lines));
            Assert.Empty(reading.Mistakes);
            var id = $"01J000000000000000000000{level:D2}";
            shelf.Graphs[id] = reading.Value!;
            inner = "subflow " + id;
        }
    }
}
