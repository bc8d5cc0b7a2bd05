using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sluice.Server.Vocabulary;

/// <summary>
/// The limits that all servers of an installation keep together. A request asks the buckets of its own server alone; what was taken is told
/// behind it, and only while there is somebody to tell.
/// </summary>
internal sealed class SharedLimits(TimeProvider clock)
{
    /// <summary>PostgreSQL's channel on which servers say that they have told something; the payload is who.</summary>
    public const string Channel = "sluice_limits";

    private readonly ConcurrentDictionary<string, TokenBuckets> _families = new();
    private volatile bool _isOn;
    private int _wasTold;

    /// <summary>Under which this process tells: what it tells begins at 1 again when it does.</summary>
    public string Me { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Whether other servers are there.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <summary>There is something to hear of another server, or there may be.</summary>
    public void WasTold(string by)
    {
        if (by != Me)
            Volatile.Write(ref _wasTold, 1);
    }

    /// <summary>Whether there is something to hear since this was asked last.</summary>
    public bool TakeWasTold() => Interlocked.Exchange(ref _wasTold, 0) == 1;

    /// <summary>The buckets of a limit; all servers know it by this name.</summary>
    public TokenBuckets Of(string family) =>
        _families.GetOrAdd(family, _ => new TokenBuckets(clock, this));

    /// <summary>What was taken here since this was asked last: of more than can be told, where most of the limit was taken.</summary>
    public IReadOnlyList<TakenTokens> Drain(int most) =>
        [
            .. _families
                .SelectMany(family =>
                    family.Value.Drain().Select(taken => taken with { Family = family.Key })
                )
                .OrderByDescending(taken => Math.Abs(taken.Count) / (taken.Rate + taken.Burst))
                .Take(most),
        ];

    /// <summary>Another server took this.</summary>
    public void Learn(TakenTokens taken) => Of(taken.Family).Learn(taken);
}
