using Npgsql;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Waits for the end of one other server: for the lock that it holds while it lives, in a call that returns when it is
/// had. Nothing is asked meanwhile. Servers watch each other in a ring, so that each costs one connection.
/// </summary>
internal sealed class DeathWatch(
    PostgresDatabase database,
    TimeProvider clock,
    Func<ServerRow, long, CancellationToken, Task> freed
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private ServerRow? _target;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whom to watch from now on; null: nobody.</summary>
    public void Point(ServerRow? target)
    {
        lock (_gate)
        {
            if (_target?.Name == target?.Name)
                return;
            _target = target;
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Watches until stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ServerRow? target;
            Task changed;
            lock (_gate)
                (target, changed) = (_target, _changed.Task);
            if (target is null)
                await changed.WaitAsync(stop);
            else
                await Watch(target, changed, stop);
        }
    }

    private async Task Watch(ServerRow target, Task changed, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var waiting = WaitFor(target, enough.Token);
        if (await Task.WhenAny(waiting, changed) == changed)
            await enough.CancelAsync();
        try
        {
            await waiting;
            // Either it is gone, and whoever knows points elsewhere, or it is back and about to take its lock.
            await changed.WaitAsync(Pause, clock, stop);
        }
        catch (TimeoutException)
        {
            // It lives.
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // There is somebody else to watch.
        }
        catch (Exception error)
            when (error
                    is NpgsqlException
                        or StoreUnavailableException
                        or TimeoutException
                        or IOException
                        or System.Net.Sockets.SocketException
            )
        {
            await Task.Delay(Pause, clock, stop);
        }
    }

    private async Task WaitFor(ServerRow target, CancellationToken stop)
    {
        await using var connection = await database.Kept.OpenConnectionAsync(stop);
        var at = await ServerStore.Take(connection, target.Lock, stop);
        await freed(target, at, stop);
    }
}
