using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// What the house tells of itself while it works: measurements and spans, all under the name <c>Sluice</c>. A label or
/// tag never holds a credential, a secret or a payload; a label never names a tenant or an id, so that their number
/// stays small whoever calls.
/// </summary>
internal static class Signals
{
    public const string Name = "Sluice";

    public static readonly ActivitySource Spans = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Requests = Meter.CreateHistogram<double>(
        "sluice.http.request.duration",
        "s",
        "Requests by method, route and status."
    );
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "sluice.refusals",
        null,
        "Refusals by code."
    );
    private static readonly Counter<long> KeyChecks = Meter.CreateCounter<long>(
        "sluice.key.checks",
        null,
        "Presented API keys by what was found."
    );
    private static readonly Counter<long> RunsStarted = Meter.CreateCounter<long>(
        "sluice.runs.started",
        null,
        "Runs that this server began to carry."
    );
    private static readonly Histogram<double> Runs = Meter.CreateHistogram<double>(
        "sluice.run.duration",
        "s",
        "Runs that ended here, by status."
    );
    private static long _runsEnded;
    private static long _queued;
    private static double _queuedFor;
    private static readonly ObservableGauge<long> QueueDepth = Meter.CreateObservableGauge(
        "sluice.runs.queued",
        static () => Volatile.Read(ref _queued),
        null,
        "Runs in the store that wait for their turn, as this server last saw it."
    );
    private static readonly ObservableGauge<double> QueueAge = Meter.CreateObservableGauge(
        "sluice.runs.queued.age",
        static () => Volatile.Read(ref _queuedFor),
        "s",
        "How long the oldest of them had waited."
    );
    private static readonly Histogram<double> Steps = Meter.CreateHistogram<double>(
        "sluice.step.duration",
        "s",
        "Steps by status; in the node, without waiting for a worker."
    );
    private static readonly Counter<long> ColdSteps = Meter.CreateCounter<long>(
        "sluice.steps.cold",
        null,
        "Steps for which a worker had to be started."
    );
    private static readonly Counter<long> NodeNotesDropped = Meter.CreateCounter<long>(
        "sluice.node.telemetry.dropped",
        null,
        "Measurements of nodes that were not counted, by why: name, value, kind or series."
    );
    private static readonly Counter<long> Writes = Meter.CreateCounter<long>(
        "sluice.store.writes",
        null,
        "Writes by whether they were committed."
    );
    private static readonly Histogram<double> Groups = Meter.CreateHistogram<double>(
        "sluice.store.group.writes",
        null,
        "Writes that shared one commit."
    );

    /// <param name="route">The pattern, never the path that was asked for.</param>
    public static void Answered(string method, string route, int status, TimeSpan took) =>
        Requests.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>("method", method),
            new KeyValuePair<string, object?>("route", route),
            new KeyValuePair<string, object?>("status", status.ToString())
        );

    public static void Refused(string code) =>
        Refusals.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <param name="found"><c>valid</c>, <c>malformed</c> or <c>unknown</c> (revoked ones too: nobody may tell them apart).</param>
    public static void KeyChecked(string found) =>
        KeyChecks.Add(1, new KeyValuePair<string, object?>("found", found));

    public static void Queue(long depth, TimeSpan age)
    {
        Volatile.Write(ref _queued, depth);
        Volatile.Write(ref _queuedFor, age.TotalSeconds);
    }

    public static void RunStarted() => RunsStarted.Add(1);

    public static void RunEnded(string status, TimeSpan took)
    {
        Interlocked.Increment(ref _runsEnded);
        Runs.Record(took.TotalSeconds, new KeyValuePair<string, object?>("status", status));
    }

    /// <summary>How many runs have ended in this process.</summary>
    public static long RunsEnded => Interlocked.Read(ref _runsEnded);

    public static void StepEnded(string status, TimeSpan took, bool cold)
    {
        Steps.Record(took.TotalSeconds, new KeyValuePair<string, object?>("status", status));
        if (cold)
            ColdSteps.Add(1);
    }

    public static void NodeTelemetryDropped(string why) =>
        NodeNotesDropped.Add(1, new KeyValuePair<string, object?>("why", why));

    /// <summary>Writes that shared a commit; those that failed by themselves are not among them.</summary>
    public static void Committed(int writes)
    {
        if (writes == 0)
            return;
        Writes.Add(writes, new KeyValuePair<string, object?>("result", "committed"));
        Groups.Record(writes);
    }

    /// <summary>Writes that shared a commit and are counted one by one.</summary>
    public static void Grouped(int writes) => Groups.Record(writes);

    public static void WriteCommitted() =>
        Writes.Add(1, new KeyValuePair<string, object?>("result", "committed"));

    public static void WritesLost(int writes) =>
        Writes.Add(writes, new KeyValuePair<string, object?>("result", "lost"));
}

/// <summary>One name and value that every log line of a piece of work carries.</summary>
internal sealed class LogScope(string name, string value)
    : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] =>
        index == 0
            ? new KeyValuePair<string, object?>(name, value)
            : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() =>
        GetEnumerator();

    public override string ToString() => $"{name}:{value}";
}
