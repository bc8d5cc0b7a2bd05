using System.Runtime.CompilerServices;
using Sluice.Runner.Sidecar;
using Sluice.Runner.Workers;

namespace Sluice.Runner;

/// <summary>
/// The frames of one call of a pipeline node, in order: what goes in is written, what comes out is read. Neither side
/// gets ahead of the other by more than a window and one frame, so that a slow reader slows the node and a slow node
/// slows the writer. For one call, one writer and one reader.
/// </summary>
public sealed class NodeStream
{
    /// <summary>What may be under way in one direction before anything is taken, in bytes.</summary>
    public const int Window = 64 << 10;

    /// <summary>What a frame costs at least: the many small ones are held too.</summary>
    public const int LeastCost = 1 << 10;

    // Taken after a worker's gate, never before.
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _frames = new();
    private Worker? _worker;
    private PendingCall? _call;
    private long _inputBalance = Window;
    private long _outputBalance = Window;
    private int _outputOwed;
    private bool _inputEnded;
    private bool _ended;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _news;
    private TaskCompletionSource? _idle;
    private long _framesIn;
    private long _framesOut;

    /// <summary>Frames given to the node so far.</summary>
    public long FramesIn => Interlocked.Read(ref _framesIn);

    /// <summary>Frames that the node has given so far, read or not.</summary>
    public long FramesOut => Interlocked.Read(ref _framesOut);

    /// <summary>Gives the node a frame, as soon as it takes one.</summary>
    /// <param name="frame">A serialized message, at most 16 MiB.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>False when the call has ended: nobody takes frames any more.</returns>
    public async ValueTask<bool> Write(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (frame.Length > FrameHead.MaxPayload)
            throw new ArgumentException("A frame has at most 16 MiB.", nameof(frame));
        while (true)
        {
            Task wait;
            Worker? worker = null;
            PendingCall? call;
            lock (_gate)
            {
                if (_ended)
                    return false;
                if (_inputEnded)
                    throw new InvalidOperationException("The input was ended before.");
                call = _call;
                if (_worker is not null && _inputBalance > 0)
                {
                    worker = _worker;
                    _inputBalance -= Cost(frame.Length);
                    wait = Task.CompletedTask;
                }
                else
                    wait = (_room ??= Signal()).Task;
            }
            if (worker is null)
            {
                await wait.WaitAsync(stop);
                continue;
            }
            Interlocked.Increment(ref _framesIn);
            await worker.SendInput(call!, frame).WaitAsync(stop);
            return true;
        }
    }

    /// <summary>Says that no more goes in.</summary>
    public void EndInput()
    {
        Worker? worker;
        PendingCall? call;
        lock (_gate)
        {
            if (_inputEnded)
                return;
            _inputEnded = true;
            (worker, call) = (_worker, _call);
        }
        worker?.SendInputEnd(call!);
    }

    /// <summary>Waits until the node has worked on all that it was given and waits for more, or the call has ended.</summary>
    public Task Idle(CancellationToken stop)
    {
        lock (_gate)
            return _ended || _inputBalance == Window
                ? Task.CompletedTask
                : (_idle ??= Signal()).Task.WaitAsync(stop);
    }

    /// <summary>
    /// What the node gives, to its end; whether it ended well, the call's outcome says. A frame makes room for others when
    /// the next one is asked for.
    /// </summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Read(
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        while (true)
        {
            Task? wait = null;
            ReadOnlyMemory<byte> frame;
            lock (_gate)
            {
                if (!_frames.TryDequeue(out frame))
                {
                    if (_ended)
                        yield break;
                    wait = (_news ??= Signal()).Task;
                }
            }
            if (wait is not null)
            {
                await wait.WaitAsync(stop);
                continue;
            }
            yield return frame;
            MakeRoom(Cost(frame.Length));
        }
    }

    /// <summary>A worker has the call: frames may go. Under its gate.</summary>
    /// <returns>Whether the input has ended already, with nothing in it.</returns>
    internal bool Attach(Worker worker, PendingCall call)
    {
        lock (_gate)
        {
            (_worker, _call) = (worker, call);
            Raise(ref _room);
            return _inputEnded;
        }
    }

    /// <summary>Takes a frame from the node; false when it had no credit for one.</summary>
    internal bool Take(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_outputBalance <= 0)
                return false;
            _outputBalance -= Cost(frame.Length);
            _frames.Enqueue(frame.ToArray());
            Raise(ref _news);
        }
        Interlocked.Increment(ref _framesOut);
        return true;
    }

    /// <summary>The node has taken frames; false when it says of more than it was given.</summary>
    internal bool Credit(uint bytes)
    {
        lock (_gate)
        {
            if (_inputBalance + bytes > Window)
                return false;
            _inputBalance += bytes;
            if (_inputBalance > 0)
                Raise(ref _room);
            if (_inputBalance == Window)
                Raise(ref _idle);
            return true;
        }
    }

    /// <summary>The call has ended; what was read of it can still be read here.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _ended = true;
            (_worker, _call) = (null, null);
            Raise(ref _room);
            Raise(ref _news);
            Raise(ref _idle);
        }
    }

    /// <summary>Whether it is the node's turn: it has something to work on, and room for what it gives.</summary>
    internal bool IsNodesTurn
    {
        get
        {
            lock (_gate)
                return _outputBalance > 0 && (_inputEnded || _inputBalance < Window);
        }
    }

    private static int Cost(int length) => Math.Max(length, LeastCost);

    /// <summary>Gives credit back in halves of the window: what is owed never keeps the node from sending.</summary>
    private void MakeRoom(int cost)
    {
        Worker? worker;
        PendingCall? call;
        int owed;
        lock (_gate)
        {
            _outputOwed += cost;
            if (_ended || _outputOwed < Window / 2)
                return;
            (owed, _outputOwed) = (_outputOwed, 0);
            _outputBalance += owed;
            (worker, call) = (_worker, _call);
        }
        worker?.SendCredit(call!, owed);
    }

    private static TaskCompletionSource Signal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Raise(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }
}
