using System.Collections.Concurrent;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Usage;

/// <summary>
/// The runs of a window: the sums that are kept, and what they do not have yet. Sums that have not changed since they were read are
/// remembered.
/// </summary>
internal sealed class RunUsage
{
    /// <summary>Windows that are remembered at most.</summary>
    private const int Most = 200;

    /// <summary>Sums that change at each look are a bug.</summary>
    private const int Tries = 20;

    private readonly ConcurrentDictionary<Window, Known> _known = new();

    private readonly record struct Window(UsagePlace Place, long First);

    private sealed record Known(long Version, Tally Tally);

    /// <summary>The runs since the beginning of a day.</summary>
    /// <param name="first">In days since 1970.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public async Task<Tally> Count(Session session, UsagePlace place, long first, long now)
    {
        for (var i = 0; i < Tries; i++)
        {
            var mark = await UsageMark.Read(session, place);
            // A clock that was set back: the runs of now would lie before it, and in no sum.
            if (mark.UntilAt > now)
                return await Added(RunGroups.Since(session, place, first * ReadUsage.DayMs));
            var since = first * ReadUsage.DayMs;
            var sums = await Sums(session, place, first, mark);
            var rest = sums.With(
                await Added(RunGroups.Since(session, place, Math.Max(since, mark.UntilAt)))
            );
            var all = rest.With(await Added(RunGroups.Noted(session, place, since)));
            if ((await UsageMark.Read(session, place)).Version == mark.Version)
                return all;
        }
        throw new InvalidOperationException("the sums of usage changed at every look");
    }

    private async Task<Tally> Sums(Session session, UsagePlace place, long first, UsageMark mark)
    {
        var window = new Window(place, first);
        if (_known.GetValueOrDefault(window) is { } known && known.Version == mark.Version)
            return known.Tally;
        var tally = await UsageSums.Since(session, place, first);
        // What changed meanwhile must not be remembered under the version of before.
        if ((await UsageMark.Read(session, place)).Version != mark.Version)
            return tally;
        if (_known.Count >= Most)
            _known.Clear();
        _known[window] = new Known(mark.Version, tally);
        return tally;
    }

    private static async Task<Tally> Added(Task<IReadOnlyList<RunGroup>> groups)
    {
        var tally = new Tally();
        foreach (var group in await groups)
            tally.Add(group);
        return tally;
    }
}
