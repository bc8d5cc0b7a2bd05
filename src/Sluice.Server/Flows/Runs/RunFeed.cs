using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Tells those who listen to a run on this server that something has happened in it. It says that, not what: what has
/// happened stands in the journal. Where nobody listens it costs a glance.
/// </summary>
internal sealed class RunFeed
{
    private readonly ConcurrentDictionary<(string Run, RunListener Listener), byte> _listeners =
        new();
    private volatile int _count;

    /// <summary>Begins to listen; to be disposed.</summary>
    public RunListener Listen(string runId)
    {
        var listener = new RunListener(this, runId);
        _listeners[(runId, listener)] = 0;
        Interlocked.Increment(ref _count);
        return listener;
    }

    /// <summary>A line is on record, or the end is.</summary>
    /// <param name="seq">The last line.</param>
    public void Grew(string runId, long seq) => Tell(runId, new RunNews(null, seq));

    public void Started(string runId, CallInFlight call) => Tell(runId, new RunNews(call, 0));

    internal void Forget(RunListener listener)
    {
        if (_listeners.TryRemove((listener.RunId, listener), out _))
            Interlocked.Decrement(ref _count);
    }

    private void Tell(string runId, in RunNews news)
    {
        if (_count == 0)
            return;
        foreach (var (run, listener) in _listeners.Keys)
        {
            if (run == runId)
                listener.Hear(news);
        }
    }
}

/// <summary>A call that has begun, or (null) the number of the last line on record.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunNews(CallInFlight? Started, long Seq);

/// <summary>One who listens; who is slow misses calls that began, and no line.</summary>
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

    public void Dispose() => _feed.Forget(this);
}
