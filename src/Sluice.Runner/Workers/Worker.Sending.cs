using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Sluice.Runner.Sandbox;
using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>What goes to the process: calls, requests to stop, and secrets that never become text.</summary>
internal sealed partial class Worker
{
    /// <summary>Writes, and leaves what does not fit to the loop. Under the gate; the buffer stays until all is sent.</summary>
    /// <returns>False when nobody reads any more.</returns>
    private bool Send(byte[] buffer, int length)
    {
        _unsent = buffer;
        _unsentFrom = 0;
        _unsentTo = length;
        return Push();
    }

    private unsafe bool Push()
    {
        fixed (byte* at = _unsent)
        {
            while (_unsentFrom < _unsentTo)
            {
                var count = Native.write(_toWorker, at + _unsentFrom, _unsentTo - _unsentFrom);
                if (count > 0)
                {
                    _unsentFrom += (int)count;
                    continue;
                }
                var error = Marshal.GetLastPInvokeError();
                if (error == Native.EINTR)
                    continue;
                if (error == Native.EAGAIN)
                {
                    _context.Loop.AwaitWritable(this, _toWorker);
                    return true;
                }
                Sent();
                return false;
            }
        }
        Sent();
        return true;
    }

    private void Sent()
    {
        _unsent = null;
        _sent?.TrySetResult();
        _sent = null;
        SendNext();
    }

    private void SendMore()
    {
        lock (_gate)
        {
            if (_unsent is not null && !_dead)
                Push();
        }
    }

    /// <summary>A frame without a payload.</summary>
    private void SendSmall(FrameKind kind, uint call)
    {
        if (_toWorker < 0)
            return;
        var frame = new byte[FrameHead.Size];
        new FrameHead(0, kind, call).Write(frame);
        _ = Post(frame, frame.Length);
    }

    private void AskSecret(FrameHead head, ReadOnlySpan<byte> payload)
    {
        PendingCall call;
        CancellationToken stop;
        lock (_gate)
        {
            if (_call is null || head.Call != _call.Number)
            {
                Violate($"it asked for a secret in call {head.Call}, which is not in flight");
                return;
            }
            if (_asking || _call.What.Stream is null && _unsent is not null)
            {
                Violate("it asked for a secret before it had read what it was sent");
                return;
            }
            if (!Utf8.IsValid(payload))
            {
                Violate("it asked for a secret by a name that is not UTF-8");
                return;
            }
            call = _call;
            _asking = true;
            stop = call.Stop;
        }
        var name = Encoding.UTF8.GetString(payload);
        ThreadPool.UnsafeQueueUserWorkItem(
            static ask => _ = ask.Worker.AnswerSecret(ask.Call, ask.Name, ask.Stop),
            (Worker: this, Call: call, Name: name, Stop: stop),
            preferLocal: false
        );
    }

    /// <summary>
    /// Lets the secret be decrypted straight into a pinned frame, writes that frame to the pipe, and zeroes it. Between
    /// decryption and write there is no other copy: no text, no stream, no pooled array.
    /// </summary>
    private async Task AnswerSecret(PendingCall call, string name, CancellationToken stop)
    {
        var buffer = SecretBuffers.Rent();
        try
        {
            var length = call.What.Secrets is { } read
                ? await read(
                    name,
                    buffer.AsMemory(SecretBuffers.ValueAt, FrameHead.MaxSecret),
                    stop
                )
                : -1;
            if (length > FrameHead.MaxSecret)
                throw new InvalidOperationException(
                    "A secret reader reported more bytes than it was given room for."
                );
            buffer[FrameHead.Size] = length < 0 ? (byte)0 : (byte)1;
            var payload = 1 + Math.Max(length, 0);
            new FrameHead(payload, FrameKind.SecretValue, call.Number).Write(buffer);
            await SendAnswer(call, buffer, FrameHead.Size + payload);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The call has ended; nobody waits.
        }
        catch (Exception e)
        {
            Log.SecretFailed(_context.Log, e, Key.TenantId);
            Kill(
                NodeOutcomeKind.Unavailable,
                $"{call.What.Node} did not finish: a secret that it asked for could not be read."
            );
        }
        finally
        {
            SecretBuffers.Return(buffer);
        }
    }

    private Task SendAnswer(PendingCall call, byte[] buffer, int length)
    {
        lock (_gate)
        {
            if (_call != call || _dead || _killed)
                return Task.CompletedTask;
            _asking = false;
            return Post(buffer, length);
        }
    }
}
