using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Tests.Runs;

/// <summary>The states of a run (design decision 11), as drawn in the room's README.</summary>
public sealed class RunStatusTests
{
    private static readonly RunEvent[] Events = Enum.GetValues<RunEvent>();

    [Fact]
    public void Nothing_leads_out_of_an_end()
    {
        foreach (var end in RunStatus.All.Where(RunStatus.IsEnd))
            Assert.All(Events, happened => Assert.Null(RunStatus.Next(end, happened)));
    }

    [Fact]
    public void Every_state_can_be_reached_and_every_other_state_can_end()
    {
        Assert.Equal(RunStatus.All.Order(), From(RunStatus.Queued).Order());
        foreach (var state in RunStatus.All.Where(state => !RunStatus.IsEnd(state)))
            Assert.Contains(From(state), RunStatus.IsEnd);
    }

    [Fact]
    public void A_run_that_compensates_is_not_cancelled_half_way() =>
        Assert.Null(RunStatus.Next(RunStatus.Compensating, RunEvent.CancelAsked));

    [Fact]
    public void Every_next_state_is_a_known_word()
    {
        foreach (var state in RunStatus.All)
        {
            foreach (var happened in Events)
            {
                if (RunStatus.Next(state, happened) is { } next)
                    Assert.Contains(next, RunStatus.All);
            }
        }
    }

    private static HashSet<string> From(string start)
    {
        var reached = new HashSet<string> { start };
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var state))
        {
            foreach (
                var next in Events
                    .Select(happened => RunStatus.Next(state, happened))
                    .OfType<string>()
                    .Where(reached.Add)
            )
                open.Enqueue(next);
        }
        return reached;
    }
}
