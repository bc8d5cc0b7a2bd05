using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>The frames of a pipeline node, and what waits to be written while the pipe is full.</summary>
internal sealed partial class Worker
{
    /// <summary>At most a frame of the stream, a secret, a cancel and a shutdown: credits are added up.</summary>
    private readonly Queue<Outgoing> _outbox = new();

    private int _creditWaiting;
    private bool _draining;

    /// <summary>Writes a frame of the stream; done when all of it is in the pipe, or the call has ended.</summary>
    public Task SendInput(PendingCall call, ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            if (!CanSend(call))
                return Task.CompletedTask;
            var buffer = new byte[FrameHead.Size + frame.Length];
            new FrameHead(frame.Length, FrameKind.Input, call.Number).Write(buffer);
            frame.Span.CopyTo(buffer.AsSpan(FrameHead.Size));
            var sent = Post(buffer, buffer.Length);
            ArmStream(call);
            return sent;
        }
    }

    public void SendInputEnd(PendingCall call)
    {
        lock (_gate)
        {
            if (!CanSend(call))
                return;
            SendSmall(FrameKind.InputEnd, call.Number);
            ArmStream(call);
        }
    }

    /// <summary>Lets the node send more.</summary>
    public void SendCredit(PendingCall call, int bytes)
    {
        lock (_gate)
        {
            if (!CanSend(call))
                return;
            if (_unsent is null)
                PostCredit(call.Number, bytes);
            else
                _creditWaiting += bytes;
            ArmStream(call);
        }
    }

    private bool CanSend(PendingCall call) => _call == call && !_dead && !_killed;

    /// <summary>The call has been sent; frames may follow. Under the gate.</summary>
    private void Open(PendingCall call, NodeStream stream)
    {
        if (stream.Attach(this, call))
            SendSmall(FrameKind.InputEnd, call.Number);
        ArmStream(call);
    }

    /// <summary>The node's time counts while it is its turn, from its last sign of life or ours. Under the gate.</summary>
    private void ArmStream(PendingCall call)
    {
        if (_verdict is not null || _channelClosed)
            return;
        if (call.What.Stream!.IsNodesTurn)
            Arm(call.What.Timeout);
        else
            _due = long.MaxValue;
    }

    private void TakeOutput(FrameHead head, ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (StreamOf(head, "sent a frame of a stream") is not { } call)
                return;
            if (!call.What.Stream!.Take(frame))
                Violate("it sent a frame of its stream without room for it");
            else
                ArmStream(call);
        }
    }

    private void TakeCredit(FrameHead head, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (StreamOf(head, "gave credit") is not { } call)
                return;
            if (payload.Length != FrameHead.CreditSize)
                Violate("it gave a credit that cannot be read");
            else if (!call.What.Stream!.Credit(BinaryPrimitives.ReadUInt32LittleEndian(payload)))
                Violate("it gave back more credit than it had taken");
            else
                ArmStream(call);
        }
    }

    private PendingCall? StreamOf(FrameHead head, string what)
    {
        if (_call is { What.Stream: not null } call && head.Call == call.Number)
            return call;
        Violate($"it {what} in call {head.Call}, which is no stream in flight");
        return null;
    }

    /// <summary>Writes after what is being written; done when it is in the pipe, or the process is gone. Under the gate.</summary>
    private Task Post(byte[] buffer, int length)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_unsent is not null)
        {
            _outbox.Enqueue(new Outgoing(buffer, length, done));
            return done.Task;
        }
        Send(buffer, length);
        if (_unsent is null)
            return Task.CompletedTask;
        _sent = done;
        return done.Task;
    }

    private void PostCredit(uint call, int bytes)
    {
        var frame = new byte[FrameHead.Size + FrameHead.CreditSize];
        new FrameHead(FrameHead.CreditSize, FrameKind.OutputCredit, call).Write(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(FrameHead.Size), bytes);
        _ = Post(frame, frame.Length);
    }

    /// <summary>The pipe has room again. Under the gate.</summary>
    private void SendNext()
    {
        if (_outbox.TryDequeue(out var next))
        {
            _sent = next.Done;
            Send(next.Buffer, next.Length);
            return;
        }
        if (_creditWaiting > 0)
        {
            var bytes = _creditWaiting;
            _creditWaiting = 0;
            if (_call is { } call)
                PostCredit(call.Number, bytes);
            return;
        }
        if (!_draining)
            return;
        _draining = false;
        _due = long.MaxValue;
        ThreadPool.UnsafeQueueUserWorkItem(
            static worker => worker._context.Freed(worker),
            this,
            preferLocal: false
        );
    }

    /// <summary>The node ended its stream with a frame half read: the next call comes when the pipe is empty, or never. Under the gate.</summary>
    private void AwaitDrain()
    {
        _draining = true;
        _creditWaiting = 0;
        Arm(_context.Options.Grace);
    }

    /// <summary>Nobody reads any more. Under the gate.</summary>
    private void Discard()
    {
        _unsent = null;
        _sent?.TrySetResult();
        _sent = null;
        while (_outbox.TryDequeue(out var never))
            never.Done.TrySetResult();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Outgoing(byte[] Buffer, int Length, TaskCompletionSource Done);
}
