using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Ledger;

/// <summary>
/// Signs, every hour and when the server stops, each ledger that has grown, and logs what it signed: whoever keeps the log keeps the
/// checkpoints. Removes entries whose time is over.
/// </summary>
internal sealed partial class Notary(
    Database database,
    LedgerSigner signer,
    LedgerPruner pruner,
    TimeProvider clock,
    IOptions<LedgerOptions> options,
    ILogger<Notary> log
) : BackgroundService
{
    /// <summary>Signs what has grown; returns how many.</summary>
    public async Task<int> Round(CancellationToken stop)
    {
        var chains = await database.Read(CheckpointStore.Unsigned, stop);
        foreach (var chain in chains)
        {
            if (await database.Write(session => signer.Sign(session, chain), stop) is { } signed)
                LogSigned(log, Encoding.UTF8.GetString(signed.Line()));
        }
        return chains.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await Task.Delay(options.Value.SignEvery, clock, stoppingToken);
                await pruner.Round(stoppingToken);
                await Round(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (StoreUnavailableException error)
            {
                LogLater(log, error);
            }
        }
        try
        {
            await Round(CancellationToken.None);
        }
        catch (StoreUnavailableException error)
        {
            LogLater(log, error);
        }
    }

    [LoggerMessage(1701, LogLevel.Information, "Ledger signed: {Checkpoint}")]
    private static partial void LogSigned(ILogger log, string checkpoint);

    [LoggerMessage(
        1702,
        LogLevel.Warning,
        "The ledgers could not be signed; it is tried again when the next time comes"
    )]
    private static partial void LogLater(ILogger log, Exception error);
}
