using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sluice.Server.Telemetry;

/// <summary>All series of one instrument. Recording takes no lock and, once a series is there, no memory.</summary>
internal sealed class MetricFamily
{
    private static readonly double[] Seconds =
    [
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
        60,
    ];
    private static readonly double[] Counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    private readonly ConcurrentDictionary<Labels, MetricSeries> _series = new();
    private readonly double[] _bounds;
    private string[] _names = [];

    public MetricFamily(Instrument instrument)
    {
        IsHistogram = instrument is Histogram<double>;
        var unit = instrument.Unit == "s" ? "_seconds" : "";
        var kind = IsHistogram ? "" : "_total";
        Name = instrument.Name.Replace('.', '_') + unit + kind;
        Help = instrument.Description ?? "";
        _bounds =
            !IsHistogram ? []
            : instrument.Unit == "s" ? Seconds
            : Counts;
    }

    public string Name { get; }

    public string Help { get; }

    public bool IsHistogram { get; }

    /// <summary>Names of the labels, in the order of their values.</summary>
    public IReadOnlyList<string> LabelNames => _names;

    public IEnumerable<(IReadOnlyList<string> Labels, MetricSeries Series)> Series =>
        _series
            .Select(pair => (pair.Key.Values(_names.Length), pair.Value))
            .OrderBy(pair => string.Join('\n', pair.Item1), StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_names.Length != tags.Length)
            _names = NamesOf(tags);
        var labels = new Labels(At(tags, 0), At(tags, 1), At(tags, 2));
        if (!_series.TryGetValue(labels, out var series))
            series = _series.GetOrAdd(
                labels,
                static (_, bounds) => new MetricSeries(bounds),
                _bounds
            );
        series.Add(value);
    }

    private static string[] NamesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new string[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            names[i] = tags[i].Key;
        return names;
    }

    private static string At(ReadOnlySpan<KeyValuePair<string, object?>> tags, int index) =>
        index < tags.Length ? tags[index].Value as string ?? "" : "";

    /// <summary>Instruments here have three labels at most, always in the same order.</summary>
    private readonly record struct Labels(string First, string Second, string Third)
    {
        public IReadOnlyList<string> Values(int count) =>
            [.. new[] { First, Second, Third }.Take(count)];
    }
}

/// <summary>One line of counting, or the buckets of one histogram.</summary>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;

    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>Of a counter: the count; of a histogram: the sum of what was measured.</summary>
    public double Sum => Volatile.Read(ref _sum);

    /// <summary>Measurements up to each bound, and last all of them.</summary>
    public IReadOnlyList<long> Cumulative()
    {
        var counts = new long[_buckets.Length];
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
            counts[i] = total += Volatile.Read(ref _buckets[i]);
        return counts;
    }

    public void Add(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _buckets[bucket]);
        double seen,
            next;
        do
        {
            seen = Volatile.Read(ref _sum);
            next = seen + value;
        } while (Interlocked.CompareExchange(ref _sum, next, seen) != seen);
    }
}
