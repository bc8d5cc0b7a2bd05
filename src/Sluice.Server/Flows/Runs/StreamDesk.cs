using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Sluice.Server.Flows.Runs;

/// <summary>What a stream gives its reader, one frame at a time: a reader that does not take it stops the stream.</summary>
internal sealed class StreamOutlet
{
    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateBounded<
        ReadOnlyMemory<byte>
    >(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

    private long _count;

    /// <summary>Frames that were handed over.</summary>
    public long Count => Interlocked.Read(ref _count);

    public ChannelReader<ReadOnlyMemory<byte>> Frames => _frames.Reader;

    /// <summary>Hands a frame over, when the one before it has been taken.</summary>
    /// <param name="frame">A message of the flow's output, serialised.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>False when nobody takes frames any more.</returns>
    public async ValueTask<bool> Write(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        while (!_frames.Writer.TryWrite(frame))
        {
            if (!await _frames.Writer.WaitToWriteAsync(stop))
                return false;
        }
        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Nothing more comes, or is taken.</summary>
    public void Close() => _frames.Writer.TryComplete();
}

/// <summary>
/// Whoever reads a stream, by run, until the run is carried. A run of a flow over streams that finds nobody here has lost
/// its reader with the server that it was accepted by.
/// </summary>
internal sealed class StreamDesk
{
    private readonly ConcurrentDictionary<string, StreamOutlet> _outlets = new();

    public void Add(string runId, StreamOutlet outlet) => _outlets[runId] = outlet;

    public StreamOutlet? Take(string runId) =>
        _outlets.TryRemove(runId, out var outlet) ? outlet : null;
}
