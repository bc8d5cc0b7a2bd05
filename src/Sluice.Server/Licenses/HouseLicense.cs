using Microsoft.Extensions.Options;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>
/// What this house may do, as its license says: read at the start and, while the server runs, again and again. A source that cannot be
/// asked for a while changes nothing; what it said last holds, and ends when it ends.
/// </summary>
internal sealed partial class HouseLicense(
    Database database,
    LicenseSources sources,
    LicenseReader reader,
    LicenseClock clock,
    TimeProvider timer,
    IOptions<LicenseOptions> options,
    ILogger<HouseLicense> log
) : BackgroundService
{
    // One look at a time: what an earlier one has seen must not replace what a later one has.
    private readonly SemaphoreSlim _turn = new(1);
    private volatile Known _known = new(LicenseSource.None, null, null);

    /// <param name="Source">Its name.</param>
    /// <param name="Terms">What was read; null when there is none, or none that is genuine.</param>
    /// <param name="Fault">Why it is not genuine.</param>
    private sealed record Known(string Source, LicenseTerms? Terms, string? Fault);

    public string Source => _known.Source;

    /// <summary>How it stands now.</summary>
    public LicenseStanding Standing =>
        _known switch
        {
            { Fault: { } fault } => LicenseStanding.NotGenuine(fault),
            { Terms: { } terms } => LicenseStanding.Of(terms, clock.Now),
            _ => LicenseStanding.Community,
        };

    /// <summary>Asks the sources again, and puts on record how late it is.</summary>
    public async Task Refresh(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            await Look(stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Changes what is on record of the license and goes by it at once, while nobody else looks.</summary>
    /// <param name="change">Why it was not done; null when it was.</param>
    public async Task<Refusal?> Change(Func<Session, Task<Refusal?>> change, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var refused = await database.Write(change, stop);
            if (refused is null)
                await Look(stop);
            return refused;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    private async Task Look(CancellationToken stop)
    {
        var outside = await sources.Outside(stop);
        var (source, read) = await database.Write(
            async session =>
            {
                await clock.Note(session);
                var source = outside ?? await LicenseSources.Inside(session);
                return source.Text is null
                    ? (source, null)
                    : (
                        source,
                        (Outcome<LicenseTerms>?)await reader.ReadInstall(session, source.Text)
                    );
            },
            stop
        );
        if (source.Trouble is { } trouble)
        {
            LogTrouble(log, trouble);
            if (_known.Terms is not null)
                return;
        }
        var known = new Known(source.Name, read?.Value, read?.Refusal?.Detail ?? source.Trouble);
        var before = Interlocked.Exchange(ref _known, known);
        if (before.Terms?.Id == known.Terms?.Id && before.Fault == known.Fault)
            return;
        LogRead(log, known.Source, Standing.State, Standing.Tier, Standing.Reason ?? "");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(options.Value.RefreshEvery, timer, stoppingToken);
            try
            {
                await Refresh(stoppingToken);
            }
            catch (StoreUnavailableException error)
            {
                LogLater(log, error);
            }
        }
    }

    [LoggerMessage(1802, LogLevel.Information, "License from {Source}: {State}, {Tier} {Reason}")]
    private static partial void LogRead(
        ILogger log,
        string source,
        LicenseState state,
        string tier,
        string reason
    );

    [LoggerMessage(1803, LogLevel.Warning, "{Trouble} What it said before holds, if anything")]
    private static partial void LogTrouble(ILogger log, string trouble);

    [LoggerMessage(
        1804,
        LogLevel.Warning,
        "The license could not be read again; what it said before holds"
    )]
    private static partial void LogLater(ILogger log, Exception error);
}
