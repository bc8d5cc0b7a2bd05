using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Runners;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Telemetry;

/// <summary>Listens to <see cref="Signals"/> and writes what it heard in Prometheus' text format.</summary>
internal sealed class MetricCollector : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly LocalRunner _runner;
    private readonly NodeMetrics _nodes;
    private readonly string _version;
    private volatile MetricFamily[] _families = [];

    public MetricCollector(LocalRunner runner, NodeMetrics nodes, string version)
    {
        (_runner, _nodes, _version) = (runner, nodes, version);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != Signals.Name)
                return;
            var family = new MetricFamily(instrument);
            _families = [.. _families, family];
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>(
            static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags)
        );
        _listener.SetMeasurementEventCallback<double>(
            static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags)
        );
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    public string Write()
    {
        var text = new StringBuilder(8192);
        foreach (var family in _families.OrderBy(family => family.Name, StringComparer.Ordinal))
            Family(text, family);
        foreach (var metric in _nodes.Read())
            OfNodes(text, metric);
        var stats = _runner.Nodes.Stats;
        Gauge(text, "sluice_runner_workers_busy", "Workers that have a call.", stats.Busy);
        Gauge(text, "sluice_runner_workers", "Workers alive.", stats.Workers);
        Gauge(text, "sluice_runner_calls_waiting", "Calls that wait for a worker.", stats.Waiting);
        Count(text, "sluice_runner_calls_total", "Calls of nodes.", stats.Calls);
        Count(text, "sluice_runner_workers_started_total", "Workers started.", stats.Started);
        Count(text, "sluice_runner_workers_failed_total", "Workers that failed.", stats.Failed);
        using var process = Process.GetCurrentProcess();
        Gauge(
            text,
            "process_resident_memory_bytes",
            "Resident memory of the server.",
            process.WorkingSet64
        );
        Count(
            text,
            "process_cpu_seconds_total",
            "Processor time of the server.",
            process.TotalProcessorTime.TotalSeconds
        );
        Head(text, "sluice_build_info", "The version that runs.", "gauge");
        text.Append("sluice_build_info{version=\"").Append(_version).Append("\"} 1\n");
        return text.ToString();
    }

    private static void Family(StringBuilder text, MetricFamily family)
    {
        Head(text, family.Name, family.Help, family.IsHistogram ? "histogram" : "counter");
        foreach (var (values, series) in family.Series)
        {
            var labels = string.Join(
                ',',
                family.LabelNames.Zip(values, (name, value) => $"{name}=\"{Escape(value)}\"")
            );
            if (family.IsHistogram)
                Histogram(text, family.Name, labels, series);
            else
                Line(text, family.Name, labels, series.Sum);
        }
    }

    /// <summary>What nodes count and measure themselves; labels are written already.</summary>
    private static void OfNodes(StringBuilder text, NodeMetric metric)
    {
        var name = $"sluice_node_{metric.Name}{(metric.IsHistogram ? "" : "_total")}";
        Head(text, name, "Told by nodes.", metric.IsHistogram ? "histogram" : "counter");
        foreach (var (labels, series) in metric.Series)
        {
            if (metric.IsHistogram)
                Buckets(text, name, labels, NodeMetrics.Bounds, series.Buckets, series.Sum);
            else
                Line(text, name, labels, series.Sum);
        }
    }

    private static void Histogram(
        StringBuilder text,
        string name,
        string labels,
        MetricSeries series
    ) => Buckets(text, name, labels, series.Bounds, series.Cumulative(), series.Sum);

    private static void Buckets(
        StringBuilder text,
        string name,
        string labels,
        IReadOnlyList<double> bounds,
        IReadOnlyList<long> counts,
        double sum
    )
    {
        var before = labels.Length == 0 ? "" : labels + ",";
        for (var i = 0; i < counts.Count; i++)
        {
            var bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
            Line(text, name + "_bucket", $"{before}le=\"{bound}\"", counts[i]);
        }
        Line(text, name + "_sum", labels, sum);
        Line(text, name + "_count", labels, counts[^1]);
    }

    private static void Gauge(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, help, "gauge");
        Line(text, name, "", value);
    }

    private static void Count(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, help, "counter");
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ")
            .Append(name)
            .Append(' ')
            .Append(help)
            .Append("\n# TYPE ")
            .Append(name)
            .Append(' ')
            .Append(type)
            .Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
