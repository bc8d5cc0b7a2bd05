using System.Diagnostics;
using Sluice.Runner;

namespace Sluice.Server.Flows.Runs;

/// <summary>How far a call is, as its node said last.</summary>
/// <param name="Fraction">0 to 1.</param>
/// <param name="Message">What it is at; may be empty.</param>
/// <param name="At">Unix milliseconds.</param>
internal sealed record CallProgress(double Fraction, string Message, long At);

/// <summary>
/// Hears what a node tells in one call: on the thread that reads for all workers, so it only takes note. Progress is
/// told on at most five times a second, the last one in any case; events go to the call's log and span; measurements to
/// <see cref="NodeMetrics"/>.
/// </summary>
internal sealed class CallNotes(
    ActiveRun run,
    CallInFlight call,
    RunFeed feed,
    NodeMetrics metrics,
    TimeProvider clock
) : IDisposable
{
    /// <summary>Notes of one call; what comes after is dropped.</summary>
    private const int Most = 10_000;

    /// <summary>Events of one call that are kept.</summary>
    private const int MostEvents = 100;

    private const int LongestMessage = 200;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly List<NodeLog> _events = [];
    private ITimer? _later;
    private long _told;
    private int _heard;
    private bool _ended;

    public void Hear(NodeNote note)
    {
        if (Interlocked.Increment(ref _heard) > Most)
            return;
        switch (note.Kind)
        {
            case NoteKind.Progress:
                Progress(note);
                break;
            case NoteKind.Event:
                Keep(note);
                break;
            case NoteKind.Counter or NoteKind.Histogram:
                var node = call.Call.Node.Node;
                metrics.Record(run.Run.TenantId, $"{node.Package}/{node.Node}", note);
                break;
        }
    }

    /// <summary>Lines of the call with its events among them, in the order of time.</summary>
    public IReadOnlyList<NodeLog> With(IReadOnlyList<NodeLog> lines)
    {
        lock (_gate)
            return _events.Count == 0 ? lines : [.. lines.Concat(_events).OrderBy(line => line.At)];
    }

    /// <summary>Puts the events onto the call's span.</summary>
    public void Tell(Activity span)
    {
        lock (_gate)
        {
            foreach (var told in _events)
                span.AddEvent(
                    new ActivityEvent(
                        told.Text,
                        told.At,
                        [
                            .. told.Fields.Select(each => new KeyValuePair<string, object?>(
                                each.Key,
                                each.Value
                            )),
                        ]
                    )
                );
        }
    }

    /// <summary>The call has ended: nothing is told any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _later?.Dispose();
        }
    }

    private void Progress(NodeNote note)
    {
        if (double.IsNaN(note.Value))
            return;
        var message =
            note.Name.Length <= LongestMessage ? note.Name : note.Name[..LongestMessage] + "…";
        call.Progress = new CallProgress(
            Math.Clamp(note.Value, 0, 1),
            message,
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
        lock (_gate)
        {
            if (_ended || _later is not null)
                return;
            var since = _told == 0 ? TellEvery : clock.GetElapsedTime(_told);
            if (since >= TellEvery)
                TellOn();
            else
                _later = clock.CreateTimer(
                    static notes => ((CallNotes)notes!).TellLater(),
                    this,
                    TellEvery - since,
                    Timeout.InfiniteTimeSpan
                );
        }
    }

    private void TellLater()
    {
        lock (_gate)
        {
            _later?.Dispose();
            _later = null;
            if (!_ended)
                TellOn();
        }
    }

    private void TellOn()
    {
        _told = clock.GetTimestamp();
        feed.Progressed(run.Run.Id, call);
    }

    private void Keep(NodeNote note)
    {
        lock (_gate)
        {
            if (_events.Count < MostEvents)
                _events.Add(
                    new NodeLog(
                        "event",
                        note.Name.Length == 0 ? "event" : note.Name,
                        NodeMetrics.Kept(note.Attributes).ToDictionary(),
                        clock.GetUtcNow()
                    )
                );
        }
    }
}
