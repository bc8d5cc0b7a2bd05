using System.Runtime.InteropServices;
using System.Text;
using Sluice.Runner.Sandbox;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>What arrives from the process. All of it runs on the pipe loop's thread.</summary>
internal sealed partial class Worker
{
    private const int MaxDrain = 32;
    private const int MaxMessage = 4096;
    private const int MaxStack = 64 << 10;

    public override void OnReady(PipeRole role, Span<byte> scratch)
    {
        switch (role)
        {
            case PipeRole.Channel:
                ReadChannel(scratch);
                break;
            case PipeRole.Output:
                ReadOutput(scratch, 1);
                break;
            case PipeRole.Writable:
                SendMore();
                break;
            case PipeRole.Exit:
                Exited(scratch);
                break;
        }
    }

    private unsafe bool ReadChannel(Span<byte> scratch)
    {
        nint count;
        fixed (byte* at = scratch)
            count = Native.read(_fromWorker, at, scratch.Length);
        if (count > 0)
        {
            if (_frames.Feed(scratch[..(int)count], _receive) is { } wrong)
                Violate(wrong);
            return true;
        }
        if (
            count < 0
            && Marshal.GetLastPInvokeError() is var error and (Native.EAGAIN or Native.EINTR)
        )
            return error == Native.EINTR;
        lock (_gate)
        {
            if (_channelClosed)
                return false;
            // Its end of the pipe is closed: it is about to end, or means to go on in silence, which the timer ends.
            _channelClosed = true;
            _ready = false;
            _context.Loop.Unwatch(_fromWorker);
            Arm(_context.Options.Grace);
        }
        return false;
    }

    /// <summary>Reads what was printed, a bounded number of pieces, into the log of the call in flight.</summary>
    private unsafe void ReadOutput(Span<byte> scratch, int pieces)
    {
        for (var i = 0; i < pieces && _output >= 0; i++)
        {
            nint count;
            fixed (byte* at = scratch)
                count = Native.read(_output, at, scratch.Length);
            if (count > 0)
            {
                _lines.Feed(scratch[..(int)count], _call?.Log ?? _startLog);
                continue;
            }
            if (count == 0)
                _context.Loop.Unwatch(_output);
            return;
        }
    }

    private bool Receive(FrameHead head, ReadOnlySpan<byte> payload)
    {
        if (_killed)
            return false;
        switch (head.Kind)
        {
            case FrameKind.Result:
                Finish(head, payload, null);
                break;
            case FrameKind.Error when head.Call != 0:
                if (Messages.ReadError(payload) is { } error)
                    Finish(head, default, error);
                else
                    Violate("it sent an error that cannot be read");
                break;
            case FrameKind.Error:
                var why = Messages.ReadError(payload)?.Message ?? "";
                Kill(
                    NodeOutcomeKind.Unavailable,
                    $"The package could not be started: {Cut(why, MaxMessage)}"
                );
                break;
            case FrameKind.Hello:
                Greet(payload);
                break;
            case FrameKind.SecretGet:
                AskSecret(head, payload);
                break;
            case FrameKind.Log:
                AddLog(head, payload);
                break;
            case FrameKind.Output:
                TakeOutput(head, payload);
                break;
            case FrameKind.InputCredit:
                TakeCredit(head, payload);
                break;
            case FrameKind.Ask:
                AskContext(head, payload);
                break;
            case FrameKind.Note:
                TakeNote(head, payload);
                break;
        }
        return !_killed;
    }

    private void Greet(ReadOnlySpan<byte> payload)
    {
        var hello = Messages.ReadHello(payload);
        lock (_gate)
        {
            if (_ready || hello is not { Protocol: 1 })
            {
                Violate(_ready ? "it greeted twice" : "it does not speak version 1");
                return;
            }
            Greeting = hello;
            if (_verdict is not null)
                return;
            _ready = true;
            _due = long.MaxValue;
        }
        _hello.TrySetResult(null);
    }

    private void Finish(FrameHead head, ReadOnlySpan<byte> output, WorkerError? error)
    {
        PendingCall call;
        (NodeOutcomeKind Kind, string Message)? verdict;
        bool drained;
        lock (_gate)
        {
            if (_call is null || head.Call != _call.Number)
            {
                Violate($"it answered call {head.Call}, which is not in flight");
                return;
            }
            // What goes into a stream may be left unread; what it answers has come before.
            if (_asking || _call.What.Stream is null && _unsent is not null)
            {
                Violate("it answered before it had read what it was sent");
                return;
            }
            if (_call.What.Stream is not null && output.Length > 0)
            {
                Violate("it ended a stream with a result");
                return;
            }
            DrainOutput();
            (call, _call) = (_call, null);
            call.Holder = null;
            _due = long.MaxValue;
            verdict = _verdict;
            if (verdict is not null || error?.Kind == "out_of_memory")
            {
                _killed = true;
                _process.Kill();
            }
            drained = _unsent is null || _killed;
            if (!drained)
                AwaitDrain();
        }
        var bytes = error is null && verdict is null ? output.ToArray() : [];
        if (drained)
            _context.Freed(this);
        if (verdict is var (kind, message))
            call.End(kind, message);
        else if (error is not null)
            EndWithError(call, error);
        else
            call.End(NodeOutcomeKind.Succeeded, null, bytes);
    }

    private static void EndWithError(PendingCall call, WorkerError error)
    {
        if (error.Kind == "out_of_memory")
            call.End(
                NodeOutcomeKind.OutOfMemory,
                $"{call.What.Node} ran out of memory.",
                stack: Cut(error.Stack, MaxStack)
            );
        else
            call.End(
                NodeOutcomeKind.NodeError,
                $"{call.What.Node} failed: {Cut(error.Message, MaxMessage)}",
                stack: Cut(error.Stack, MaxStack)
            );
    }

    private void AddLog(FrameHead head, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (head.Call > _lastNumber)
                Violate($"it logged for call {head.Call}, which was never made");
            else if (_call is { } call && head.Call == call.Number)
            {
                if (call.Log.Full)
                    call.Log.Drop(payload.Length);
                else if (Messages.ReadLog(payload) is { } line)
                    call.Log.Add(line);
                else
                    Violate("it sent a log line that cannot be read");
            }
            // A line for an earlier call comes from a thread that outlived it: nobody is left to read it.
        }
    }

    private void DrainOutput()
    {
        Span<byte> scratch = stackalloc byte[4096];
        ReadOutput(scratch, MaxDrain);
        if (_call is { } call)
            _lines.Flush(call.Log);
    }

    private void Exited(Span<byte> scratch)
    {
        // A result may be on its way still: it counts if it was sent whole.
        for (var i = 0; i < MaxDrain * 8 && !_channelClosed && ReadChannel(scratch); i++) { }
        PendingCall? call;
        int code;
        (NodeOutcomeKind Kind, string Message)? verdict;
        lock (_gate)
        {
            DrainOutput();
            _dead = true;
            _ready = false;
            (call, _call) = (_call, null);
            verdict = _verdict;
            _timer.Dispose();
            _context.Loop.Leave(this);
            foreach (var fd in (ReadOnlySpan<int>)[_fromWorker, _toWorker, _output])
                _ = Native.close(fd);
            (_fromWorker, _toWorker, _output) = (-1, -1, -1);
            code = _process.WaitAndReap();
            Discard();
        }

        var printed = string.Join('\n', _startLog.Close().TakeLast(8).Select(line => line.Text));
        Log.Ended(_context.Log, Key.TenantId, Key.Digest, code, printed);
        var words = ChildProcess.Describe(code);
        _hello.TrySetResult(
            verdict?.Message ?? $"The package could not be started: its process {words}."
        );
        _context.Ended(this);
        if (call is null)
            return;
        call.Holder = null;
        if (verdict is var (kind, message))
            call.End(kind, message);
        else if (_process.RanOutOfMemory || call.Log.Any(_language.RanOutOfMemory))
            call.End(NodeOutcomeKind.OutOfMemory, $"{call.What.Node} ran out of memory.");
        else
            call.End(
                NodeOutcomeKind.Crashed,
                $"{call.What.Node} did not finish: its process {words}."
            );
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
}
