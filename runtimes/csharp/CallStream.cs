#nullable enable
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Threading;

namespace Axiom.Runtime;

/// <summary>A frame was longer than a pipe takes.</summary>
internal sealed class FrameTooLargeException(string message) : Exception(message);

/// <summary>
/// The frames of one call, neither side far ahead of the other. One thread at a time reads the pipe and hands round what
/// it reads, so that others can ask for secrets while the handler waits for a frame.
/// </summary>
internal sealed class CallStream(uint call, Frames pipes) : IFrameStream
{
    private const int MaxPayload = 16 << 20;

    /// <summary>What may be under way in one direction before any of it is taken.</summary>
    private const int Window = 64 << 10;

    /// <summary>What a frame costs at least.</summary>
    private const int LeastCost = 1 << 10;

    // Not the array that every empty frame is.
    private static readonly byte[] End = new byte[1];
    private readonly object gate = new();
    private readonly Queue<byte[]> inbox = new();
    private byte[]? answer;
    private int credit = Window;
    private int held;
    private int owed;
    private bool inputEnded;
    private bool cancelled;
    private bool reading;
    private bool over;

    public byte[]? Take()
    {
        GiveBack();
        var frame = Until(() =>
            inbox.TryDequeue(out var next) ? next
            : inputEnded ? End
            : null
        );
        if (ReferenceEquals(frame, End))
            return null;
        lock (gate)
            held = Cost(frame);
        return frame;
    }

    public void Emit(byte[] frame)
    {
        if (frame.Length > MaxPayload)
            throw new FrameTooLargeException(
                $"a frame has {frame.Length} bytes, more than {MaxPayload}"
            );
        Until(() =>
        {
            if (credit <= 0)
                return null;
            credit -= Cost(frame);
            pipes.Send(Frames.Output, call, frame);
            return frame;
        });
    }

    /// <summary>Sends a question and waits for the frame that answers it. One at a time.</summary>
    public byte[] Ask(byte kind, byte[] question)
    {
        lock (gate)
            answer = null;
        pipes.Send(kind, call, question);
        return Until(() => answer);
    }

    /// <summary>The call is over. True when a thread of the node reads the pipe still, which nobody can stop.</summary>
    public bool Close()
    {
        lock (gate)
        {
            over = true;
            Monitor.PulseAll(gate);
            return reading;
        }
    }

    private static int Cost(byte[] frame) => Math.Max(frame.Length, LeastCost);

    /// <summary>What was taken, before the handler waits for more, or when it is half of the window.</summary>
    private void GiveBack()
    {
        lock (gate)
        {
            owed += held;
            held = 0;
            var waits = inbox.Count == 0 && !inputEnded && (reading || !pipes.HasWhole);
            if (over || owed == 0 || (!waits && owed < Window / 2))
                return;
            var payload = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(payload, owed);
            owed = 0;
            pipes.Send(Frames.InputCredit, call, payload);
        }
    }

    private T Until<T>(Func<T?> ready)
        where T : class
    {
        lock (gate)
        {
            while (true)
            {
                if (cancelled || over)
                    throw new CancelledException();
                if (ready() is { } value)
                    return value;
                if (reading)
                {
                    Monitor.Wait(gate);
                    continue;
                }
                reading = true;
                Monitor.Exit(gate);
                Frame frame;
                try
                {
                    frame = pipes.Receive();
                }
                finally
                {
                    Monitor.Enter(gate);
                    reading = false;
                }
                Hear(frame);
                Monitor.PulseAll(gate);
            }
        }
    }

    private void Hear(Frame frame)
    {
        if (frame.Kind == Frames.Shutdown)
            Frames.Exit();
        if (frame.Number != call)
            return;
        switch (frame.Kind)
        {
            case Frames.Input:
                inbox.Enqueue(frame.Payload);
                break;
            case Frames.InputEnd:
                inputEnded = true;
                break;
            case Frames.OutputCredit:
                credit += BinaryPrimitives.ReadInt32LittleEndian(frame.Payload);
                break;
            case Frames.Cancel:
                cancelled = true;
                break;
            default:
                answer = frame.Payload;
                break;
        }
    }
}
