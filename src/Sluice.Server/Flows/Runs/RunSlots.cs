using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Sluice.Server.Licenses.Nodes;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// How many runs this server carries at once, in all, for each tenant, and of those that nobody waits for. A run that is
/// taken up again or resumed takes a place without asking; a subflow has its root's.
/// </summary>
internal sealed class RunSlots
{
    /// <summary>While callers wait, what runs in the background is held down to this share of its places.</summary>
    private const int ShareBesideCallers = 8;

    private readonly RunOptions _options;
    private readonly NodeSeat _seat;
    private readonly ConcurrentDictionary<string, int> _byTenant = new();
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private volatile bool _watched;
    private int _all;
    private int _background;

    public RunSlots(IOptions<RunOptions> options, NodeSeat seat)
    {
        (_options, _seat) = (options.Value, seat);
        seat.Taken = Wake;
    }

    /// <summary>False on a node that the license does not allow: it takes no new work, and what it carries comes to its end.</summary>
    public bool TakesWork => _seat.IsHeld;

    /// <summary>Runs that have a place.</summary>
    public int Taken => Volatile.Read(ref _all);

    /// <summary>Whether runs wait for a place, so that the queue is to be looked at when one becomes free.</summary>
    public bool IsWatched
    {
        get => _watched;
        set => _watched = value;
    }

    /// <summary>Takes a place for a new run, if there is one.</summary>
    public bool TryTake(string tenantId, bool interactive)
    {
        lock (_gate)
        {
            if (Free(tenantId, interactive) <= 0)
                return false;
            Take(tenantId, interactive);
            return true;
        }
    }

    /// <summary>Takes a place whether there is one or not.</summary>
    public void Take(string tenantId, bool interactive)
    {
        lock (_gate)
        {
            _all++;
            if (!interactive)
                _background++;
            _byTenant.AddOrUpdate(tenantId, 1, static (_, taken) => taken + 1);
        }
    }

    public void GiveBack(string tenantId, bool interactive)
    {
        lock (_gate)
        {
            _all--;
            if (!interactive)
                _background--;
            if (_byTenant.AddOrUpdate(tenantId, 0, static (_, taken) => taken - 1) == 0)
                _byTenant.TryRemove(tenantId, out _);
        }
        if (IsWatched)
            Wake();
    }

    /// <summary>Has the queue looked at.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits until the queue is to be looked at; false when only time has passed.</summary>
    /// <param name="until">Milliseconds since 1970; null: for ever.</param>
    public async Task<bool> Woken(long? until, TimeProvider clock, CancellationToken stop)
    {
        if (_wake.Reader.TryRead(out _))
            return true;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var woken = _wake.Reader.ReadAsync(enough.Token).AsTask();
        if (until is not { } moment)
            await woken;
        else
        {
            var left = TimeSpan.FromMilliseconds(Math.Max(1, moment - Now(clock)));
            var passed = Task.Delay(left, clock, enough.Token);
            // A clock that was put on between the look at it and the timer makes nobody wait twice.
            if (Now(clock) < moment)
                await Task.WhenAny(woken, passed);
        }
        var first = woken.IsCompletedSuccessfully;
        await enough.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return first;
    }

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Places that a tenant's next runs could have now.</summary>
    public int Free(string tenantId, bool interactive)
    {
        lock (_gate)
        {
            if (!TakesWork)
                return 0;
            var limits = _options;
            var free = Math.Min(
                limits.MaxActive - _all,
                limits.MaxActivePerTenant - _byTenant.GetValueOrDefault(tenantId)
            );
            if (interactive)
                return free;
            var background =
                _all > _background
                    ? Math.Max(1, limits.MaxBackground / ShareBesideCallers)
                    : limits.MaxBackground;
            return Math.Min(free, background - _background);
        }
    }
}
