using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Tells those who listen to a run on this server that something has happened in it. It says that, not what: what has
/// happened stands in the journal. Where nobody listens it costs a glance.
/// </summary>
internal sealed class RunFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<RunListener>> _listeners = [];
    private volatile int _count;

    /// <summary>Begins to listen; to be disposed.</summary>
    public RunListener Listen(string runId)
    {
        var listener = new RunListener(this, runId);
        lock (_gate)
        {
            if (!_listeners.TryGetValue(runId, out var all))
                _listeners[runId] = all = [];
            all.Add(listener);
            _count++;
        }
        return listener;
    }

    /// <summary>Whether anybody listens to the run.</summary>
    public bool IsHeard(string runId)
    {
        if (_count == 0)
            return false;
        lock (_gate)
            return _listeners.ContainsKey(runId);
    }

    /// <summary>A line is on record, or the end is.</summary>
    /// <param name="seq">The last line.</param>
    public void Grew(string runId, long seq) => Tell(runId, new RunNews(null, seq));

    public void Started(string runId, CallInFlight call) => Tell(runId, new RunNews(call, 0));

    /// <summary>A node has said how far its call is.</summary>
    public void Progressed(string runId, CallInFlight call) =>
        Tell(runId, new RunNews(null, 0, call));

    internal void Forget(RunListener listener)
    {
        lock (_gate)
        {
            if (!_listeners.TryGetValue(listener.RunId, out var all) || !all.Remove(listener))
                return;
            _count--;
            if (all.Count == 0)
                _listeners.Remove(listener.RunId);
        }
    }

    private void Tell(string runId, in RunNews news)
    {
        if (_count == 0)
            return;
        lock (_gate)
        {
            foreach (var listener in _listeners.GetValueOrDefault(runId) ?? [])
                listener.Hear(news);
        }
    }
}

/// <summary>A call that has begun, one that says how far it is, or (both null) the number of the last line on record.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunNews(
    CallInFlight? Started,
    long Seq,
    CallInFlight? Progressed = null
);

/// <summary>One who listens; who is slow misses calls that began or say how far they are, and no line.</summary>
internal sealed class RunListener : IDisposable
{
    private const int Most = 256;

    private readonly RunFeed _feed;
    private readonly Channel<RunNews> _news = Channel.CreateBounded<RunNews>(
        new BoundedChannelOptions(Most)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.DropOldest,
        }
    );

    internal RunListener(RunFeed feed, string runId) => (_feed, RunId) = (feed, runId);

    public string RunId { get; }

    public ChannelReader<RunNews> News => _news.Reader;

    internal void Hear(in RunNews news) => _news.Writer.TryWrite(news);

    /// <summary>Waits for news; false when only time has passed.</summary>
    public async Task<bool> Wait(TimeSpan most, TimeProvider clock, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var news = _news.Reader.WaitToReadAsync(enough.Token).AsTask();
        var first = await Task.WhenAny(news, Task.Delay(most, clock, enough.Token));
        await enough.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return first == news;
    }

    public void Dispose() => _feed.Forget(this);
}
