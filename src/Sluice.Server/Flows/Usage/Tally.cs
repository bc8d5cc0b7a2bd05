using System.Globalization;
using System.Runtime.InteropServices;

namespace Sluice.Server.Flows.Usage;

/// <summary>Runs, added up.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sums(
    long Succeeded,
    long Failed,
    long Total,
    long Ended,
    long DurationMs
)
{
    public static Sums operator +(Sums one, Sums other) =>
        new(
            one.Succeeded + other.Succeeded,
            one.Failed + other.Failed,
            one.Total + other.Total,
            one.Ended + other.Ended,
            one.DurationMs + other.DurationMs
        );
}

/// <summary>Runs of some days, added up by day, by flow and by key.</summary>
internal sealed class Tally
{
    private readonly Dictionary<long, Sums> _days;
    private readonly Dictionary<string, Sums> _flows;

    /// <summary>Those that no key called are under the empty text.</summary>
    private readonly Dictionary<string, Sums> _keys;

    public Tally() =>
        (_days, _flows, _keys) = ([], new(StringComparer.Ordinal), new(StringComparer.Ordinal));

    public void Add(RunGroup group)
    {
        Add(_days, group.Day, group.Sums);
        Add(_flows, group.Flow, group.Sums);
        Add(_keys, group.KeyId ?? "", group.Sums);
    }

    /// <summary>What is kept is of runs that have ended.</summary>
    public void Add(UsageSum sum)
    {
        var sums = new Sums(sum.Succeeded, sum.Failed, sum.Total, sum.Total, sum.DurationMs);
        switch (sum.Kind)
        {
            case UsageSum.Flow:
                Add(_flows, sum.Name, sums);
                break;
            case UsageSum.Key:
                Add(_keys, sum.Name, sums);
                break;
            default:
                Add(_days, sum.Day, sums);
                break;
        }
    }

    private Tally(Tally other) =>
        (_days, _flows, _keys) = (
            new(other._days),
            new(other._flows, StringComparer.Ordinal),
            new(other._keys, StringComparer.Ordinal)
        );

    /// <summary>This and another one; neither changes.</summary>
    public Tally With(Tally other)
    {
        var both = new Tally(this);
        foreach (var (day, sums) in other._days)
            Add(both._days, day, sums);
        foreach (var (flow, sums) in other._flows)
            Add(both._flows, flow, sums);
        foreach (var (key, sums) in other._keys)
            Add(both._keys, key, sums);
        return both;
    }

    /// <param name="first">The first day of the window, in days since 1970.</param>
    /// <param name="most">So many flows and keys at most, those with most runs. Names of keys are still to be filled in.</param>
    public ReadUsage.Response Show(long first, int days, int most)
    {
        var all = _days.Values.Aggregate(default(Sums), (one, other) => one + other);
        var done = all.Succeeded + all.Failed;
        return new ReadUsage.Response
        {
            Days = days,
            Executions = all.Total,
            Succeeded = all.Succeeded,
            Failed = all.Failed,
            SuccessRate = done == 0 ? null : (double)all.Succeeded / done,
            AvgDurationMs = Average(all),
            PerDay =
            [
                .. Enumerable
                    .Range(0, days)
                    .Select(offset => first + offset)
                    .Select(day => Day(day, _days.GetValueOrDefault(day))),
            ],
            PerFlow =
            [
                .. Largest(_flows, most)
                    .Select(flow => new ReadUsage.OfFlow(
                        flow.Key,
                        flow.Value.Succeeded,
                        flow.Value.Failed,
                        flow.Value.Total,
                        Average(flow.Value)
                    )),
            ],
            PerKey =
            [
                .. Largest(_keys, most)
                    .Select(key => new ReadUsage.OfKey(
                        key.Key.Length > 0 ? key.Key : null,
                        Name: null,
                        key.Value.Succeeded,
                        key.Value.Failed,
                        key.Value.Total
                    )),
            ],
        };
    }

    private static IEnumerable<KeyValuePair<string, Sums>> Largest(
        Dictionary<string, Sums> sums,
        int most
    ) =>
        sums.OrderByDescending(each => each.Value.Total)
            .ThenBy(each => each.Key, StringComparer.Ordinal)
            .Take(most);

    private static ReadUsage.Day Day(long day, Sums sums) =>
        new(
            DateTimeOffset
                .FromUnixTimeMilliseconds(day * ReadUsage.DayMs)
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            sums.Succeeded,
            sums.Failed,
            sums.Total
        );

    private static double? Average(Sums sums) =>
        sums.Ended == 0 ? null : (double)sums.DurationMs / sums.Ended;

    private static void Add<T>(Dictionary<T, Sums> all, T key, Sums sums)
        where T : notnull => all[key] = all.GetValueOrDefault(key) + sums;
}
