using Microsoft.Extensions.Options;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Settings of the section <c>Limits</c>; a rate of 0 lifts a limit.</summary>
internal sealed class LimitOptions
{
    /// <summary>Management calls of a tenant in a second. Default 100.</summary>
    public double TenantPerSecond { get; set; } = 100;

    /// <summary>Most management calls at once. Default 200.</summary>
    public double TenantBurst { get; set; } = 200;

    /// <summary>Invocations of a tenant in a second. Default 1000.</summary>
    public double InvocationsPerSecond { get; set; } = 1000;

    /// <summary>Most invocations at once. Default 2000.</summary>
    public double InvocationsBurst { get; set; } = 2000;
}

/// <summary>
/// How fast a tenant may call: management and invocations each have a bucket, which all servers keep together (<see cref="SharedLimits"/>).
/// </summary>
internal sealed class TenantLimits(SharedLimits shared, IOptions<LimitOptions> options)
{
    private readonly LimitOptions _options = options.Value;
    private readonly TokenBuckets _management = shared.Of("tenant.management");
    private readonly TokenBuckets _invocations = shared.Of("tenant.invocations");

    /// <summary>Counts a call; the refusal when it is one too many.</summary>
    public Refusal? Take(Caller caller, Row row)
    {
        var invocation = row.Dialect == RefusalDialect.Invocations;
        var (rate, burst) = invocation
            ? (_options.InvocationsPerSecond, _options.InvocationsBurst)
            : (_options.TenantPerSecond, _options.TenantBurst);
        if (rate <= 0)
            return null;
        var state = (invocation ? _invocations : _management).Take(
            caller.TenantId,
            rate,
            Math.Max(1, burst)
        );
        if (state.Taken)
            return null;
        return KeyRefusals.RateLimited.With(
            LimitShown.Empty("tenant", burst, Math.Max(1, (long)(burst / rate)), state)
        );
    }
}
