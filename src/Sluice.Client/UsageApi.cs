namespace Sluice.Client;

/// <summary>What has run.</summary>
public sealed class UsageApi
{
    private readonly Wire _wire;

    internal UsageApi(Wire wire) => _wire = wire;

    /// <param name="days">How many days back, today included.</param>
    public Task<Usage> Get(int days = 30, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/usage", ("days", days.ToString())),
            SluiceJson.Default.Usage,
            stop
        );
}

public sealed record Usage
{
    public int Days { get; init; }
    public long Executions { get; init; }
    public long Succeeded { get; init; }
    public long Failed { get; init; }

    /// <summary>0 to 1; null when nothing has ended.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Milliseconds over completed runs; null when there are none.</summary>
    public double? AvgDurationMs { get; init; }
    public IReadOnlyList<UsageDay> PerDay { get; init; } = [];
    public IReadOnlyList<UsageRow> PerFlow { get; init; } = [];
    public IReadOnlyList<UsageRow> PerKey { get; init; } = [];
}

/// <param name="Date">A day in UTC.</param>
public sealed record UsageDay(DateOnly Date, long Succeeded, long Failed, long Total);

/// <summary>The same counts for one flow or one key.</summary>
public sealed record UsageRow
{
    public string? Flow { get; init; }
    public string? KeyId { get; init; }
    public string? Name { get; init; }
    public long? Executions { get; init; }
    public long? Total { get; init; }
    public long Succeeded { get; init; }
    public long Failed { get; init; }
    public double? AvgDurationMs { get; init; }
}
