using System.Text.RegularExpressions;
using Sluice.Runner;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// What nodes count and measure, under the tenant and node that it comes from, whatever they say of that. The number of
/// series is bounded for each tenant and for the house: what is beyond is dropped, and counted.
/// </summary>
internal sealed partial class NodeMetrics
{
    /// <summary>Series of one tenant.</summary>
    public const int MostOfTenant = 200;

    /// <summary>Series in all.</summary>
    public const int Most = 5000;

    private const int MostAttributes = 4;
    private const int LongestValue = 64;

    /// <summary>Upper bounds of a histogram's buckets.</summary>
    public static readonly double[] Bounds =
    [
        0.001,
        0.01,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
        25,
        50,
        100,
        250,
        500,
        1000,
        10_000,
    ];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, NodeMetric> _metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofTenant = [];
    private int _series;

    /// <summary>Adds a measurement; it may be dropped.</summary>
    /// <param name="node">Its package and name.</param>
    public void Record(string tenantId, string node, NodeNote note)
    {
        if (Fault(tenantId, node, note) is { } why)
            Signals.NodeTelemetryDropped(why);
    }

    /// <summary>All metrics as they are now, by name.</summary>
    public IReadOnlyList<NodeMetric> Read()
    {
        lock (_gate)
            return [.. _metrics.Values.Select(metric => metric.Copy())];
    }

    /// <summary>Null when it was counted, else why not, in a word.</summary>
    private string? Fault(string tenantId, string node, NodeNote note)
    {
        var name = note.Name.ToLowerInvariant().Replace('.', '_').Replace('-', '_');
        if (!NameShape().IsMatch(name))
            return "name";
        var isHistogram = note.Kind == NoteKind.Histogram;
        if (!double.IsFinite(note.Value) || (!isHistogram && note.Value < 0))
            return "value";
        var labels = Labels(tenantId, node, note.Attributes);
        lock (_gate)
        {
            if (!_metrics.TryGetValue(name, out var metric))
                metric = new NodeMetric(name, isHistogram);
            if (metric.IsHistogram != isHistogram)
                return "kind";
            if (!metric.Series.TryGetValue(labels, out var series))
            {
                var own = _ofTenant.GetValueOrDefault(tenantId);
                if (own >= MostOfTenant || _series >= Most)
                    return "series";
                (_ofTenant[tenantId], _series) = (own + 1, _series + 1);
                metric.Series[labels] = series = new NodeSeries();
                _metrics[name] = metric;
            }
            series.Add(note.Value, isHistogram);
        }
        return null;
    }

    private static string Labels(
        string tenantId,
        string node,
        IReadOnlyDictionary<string, string> attributes
    ) =>
        string.Join(
            ',',
            Kept(attributes)
                .Take(MostAttributes)
                .Prepend(new("node", node))
                .Prepend(new("tenant", tenantId))
                .Select(label => $"{label.Key}=\"{Escape(Cut(label.Value))}\"")
        );

    /// <summary>Attributes without those that cannot be labels, or look as if they held a secret.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Kept(
        IReadOnlyDictionary<string, string> attributes
    ) =>
        attributes
            .Where(each =>
                LabelShape().IsMatch(each.Key)
                && each.Key is not ("tenant" or "node" or "le")
                && !SecretShape().IsMatch(each.Key)
            )
            .OrderBy(each => each.Key, StringComparer.Ordinal);

    private static string Cut(string value) =>
        value.Length <= LongestValue ? value : value[..LongestValue];

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "");

    [GeneratedRegex("^[a-z][a-z0-9_]{0,63}$", RegexOptions.None, 1000)]
    private static partial Regex NameShape();

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]{0,31}$", RegexOptions.None, 1000)]
    private static partial Regex LabelShape();

    [GeneratedRegex(
        "secret|token|passw|api_?key|private_?key|credential|authorization|cookie",
        RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex SecretShape();
}

/// <summary>All series of one metric, by their labels as Prometheus writes them.</summary>
internal sealed record NodeMetric(string Name, bool IsHistogram)
{
    public SortedDictionary<string, NodeSeries> Series { get; init; } = new(StringComparer.Ordinal);

    public NodeMetric Copy()
    {
        var copy = this with { Series = new(StringComparer.Ordinal) };
        foreach (var (labels, series) in Series)
            copy.Series[labels] = series.Copy();
        return copy;
    }
}

/// <summary>One line of counting, or the buckets of one histogram.</summary>
internal sealed class NodeSeries
{
    private long[]? _buckets;

    /// <summary>Of a counter: the count; of a histogram: the sum of what was measured.</summary>
    public double Sum { get; private set; }

    /// <summary>Measurements up to each of <see cref="NodeMetrics.Bounds"/>, and last all of them.</summary>
    public IReadOnlyList<long> Buckets => _buckets ?? [];

    public void Add(double value, bool isHistogram)
    {
        Sum += value;
        if (!isHistogram)
            return;
        _buckets ??= new long[NodeMetrics.Bounds.Length + 1];
        for (var i = 0; i < _buckets.Length; i++)
            if (i == NodeMetrics.Bounds.Length || value <= NodeMetrics.Bounds[i])
                _buckets[i]++;
    }

    public NodeSeries Copy() => new() { Sum = Sum, _buckets = (long[]?)_buckets?.Clone() };
}
