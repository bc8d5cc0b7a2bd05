namespace Sluice.Bench;

/// <summary>
/// Windows of several loads, taken in turn: what else the machine does in a minute then falls on all of them alike.
/// </summary>
internal static class Rounds
{
    public static async Task<IReadOnlyList<Window>> Run(
        IReadOnlyList<(Wrk Load, int Connections)> loads,
        BenchOptions options,
        double warmSeconds
    )
    {
        foreach (var load in loads.Select(pair => pair.Load).Distinct())
            await load.Warm(
                loads.Where(pair => pair.Load == load).Max(pair => pair.Connections),
                options.Full ? 5 * warmSeconds : warmSeconds
            );
        var windows = loads.Select(_ => new List<Window>()).ToList();
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < loads.Count; i++)
                windows[i].Add(await loads[i].Load.Run(loads[i].Connections, options.Seconds));
        }
        return [.. windows.Select(Window.Median)];
    }
}
