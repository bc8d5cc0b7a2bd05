using System.Net.Sockets;

namespace Sluice.Runner.Egress;

/// <summary>Carries bytes both ways between two connections, within bounds of amount and of silence.</summary>
internal sealed class Relay(EgressOptions options, TimeProvider clock, CancellationToken stop)
{
    private long _moved;

    /// <returns>Bytes sent out and bytes received, when both ways have ended.</returns>
    public async Task<(long Sent, long Received)> Run(Socket inner, Socket outer, byte[] first)
    {
        using var idle = new CancellationTokenSource(options.IdleTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stop);
        var sent = Pump(inner, outer, first, idle, both.Token);
        var received = Pump(outer, inner, [], idle, both.Token);
        return (await sent, await received);
    }

    private async Task<long> Pump(
        Socket from,
        Socket to,
        byte[] first,
        CancellationTokenSource idle,
        CancellationToken stop
    )
    {
        var buffer = new byte[16 << 10];
        var total = 0L;
        try
        {
            var piece = first.AsMemory();
            while (true)
            {
                if (piece.Length > 0)
                {
                    if (Interlocked.Add(ref _moved, piece.Length) > options.MaxBytes)
                    {
                        await idle.CancelAsync();
                        return total;
                    }
                    await to.SendAsync(piece, stop);
                    total += piece.Length;
                    idle.CancelAfter(options.IdleTimeout);
                }
                var count = await from.ReceiveAsync(buffer, stop);
                if (count == 0)
                    break;
                piece = buffer.AsMemory(0, count);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // One end is gone, or its time is up: the other way ends as well.
            if (!idle.IsCancellationRequested)
                await idle.CancelAsync();
        }
        return total;
    }
}
