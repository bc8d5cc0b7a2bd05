using Sluice.Language.Flows;

namespace Sluice.Language.Tests.Flows;

/// <summary>Random graphs, answered at random, against <see cref="FlowModel"/>.</summary>
public sealed class FlowStateModelTests
{
    private const int Graphs = 1_200;

    // Another one for each run of the tests; what fails says which.
    private static readonly int Start = int.TryParse(
        Environment.GetEnvironmentVariable("SLUICE_TEST_SEED"),
        out var seed
    )
        ? seed
        : Random.Shared.Next(1_000_000);

    [Fact]
    public void Any_graph_comes_to_the_end_that_the_rules_say_whatever_its_nodes_answer()
    {
        var ends = new Dictionary<string, int>();
        for (var i = 0; i < Graphs; i++)
        {
            var game = Game(i);
            game.Play(checkModel: true);
            var end = game.Run.End.Split(' ')[0];
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }
        // The graphs are no good if they all end the same way.
        Assert.All(
            (string[])["succeeded", "failed", "compensated"],
            end => Assert.InRange(ends[end], Graphs / 20, Graphs)
        );
    }

    [Fact]
    public void Any_graph_that_compiles_runs_to_its_end()
    {
        var compiled = 0;
        for (var i = 0; i < Graphs / 4; i++)
        {
            var text = RandomFlow.Make(Start + i);
            if (Authored.Compile(text) is not { } graph)
                continue;
            compiled++;
            // As it is kept: a graph is read back before it runs.
            var plan = FlowPlan.For(FlowGraph.FromJson(graph.ToJson()));
            new PlayedAtRandom(Start + i, text, plan).Play(checkModel: true);
        }
        Assert.InRange(compiled, Graphs / 8, Graphs);
    }

    [Fact]
    public void A_run_taken_up_at_any_point_of_its_journal_ends_the_same()
    {
        for (var i = 0; i < Graphs / 10; i++)
        {
            var game = Game(i);
            game.Play(checkModel: false);
            game.TakeUpEverywhere();
        }
    }

    [Fact]
    public void Any_call_has_the_input_that_it_was_handed_out_with()
    {
        for (var i = 0; i < Graphs / 10; i++)
        {
            var game = Game(i);
            game.Play(checkModel: false);
            game.CheckInputs();
        }
    }

    private static PlayedAtRandom Game(int number)
    {
        var text = RandomFlow.Make(Start + number);
        return new PlayedAtRandom(Start + number, text, Wired.Plan(text));
    }
}
