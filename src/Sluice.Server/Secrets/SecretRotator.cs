using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>
/// Brings what is stored up to the present keys, in small batches behind the requests: at the start, when a rotation wakes it, and every
/// hour. Each row says by which key it is sealed, so it can be stopped anywhere, and several servers can work on it at once.
/// </summary>
internal sealed partial class SecretRotator(
    Database database,
    MasterKeys masters,
    SecretVault vault,
    SecretForgetter forgetter,
    TimeProvider clock,
    IOptions<SecretOptions> options,
    ILogger<SecretRotator> log
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Asks for a round now.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Everything there is to do; returns when nothing is left but what does not open.</summary>
    public async Task Round(CancellationToken stop)
    {
        masters.Refresh();
        while (await WrapSome(stop) > 0)
            LogStep(log, "wrapped");
        await database.Write(session => HouseKeys.OfLedgers.WrapAnew(session, masters), stop);
        await database.Write(session => HouseKeys.OfLicenses.WrapAnew(session, masters), stop);
        while (
            await database.Write(
                session => LoginKeys.WrapAnew(session, masters, options.Value.RotationBatch),
                stop
            ) > 0
        )
            LogStep(log, "wrapped");
        while (await SealSome(stop) > 0)
            LogStep(log, "sealed");
        await forgetter.Forget(stop);
    }

    /// <summary>Wraps one batch of data keys with the current master key; returns how many it could.</summary>
    internal Task<int> WrapSome(CancellationToken stop) =>
        database.Write(
            async session =>
            {
                var master = masters.Ring.Current;
                var done = 0;
                foreach (
                    var old in await DataKeyStore.ToWrap(
                        session,
                        master.Id.ToString(),
                        options.Value.RotationBatch
                    )
                )
                    done += await WrapAnew(session, old, master) ? 1 : 0;
                return done;
            },
            stop
        );

    /// <summary>Seals one batch of values with their tenants' current data keys; returns how many it could.</summary>
    internal Task<int> SealSome(CancellationToken stop) =>
        database.Write(
            async session =>
            {
                var done = 0;
                foreach (
                    var old in await DataKeyStore.ToReseal(session, options.Value.RotationBatch)
                )
                    done += await SealAnew(session, old) ? 1 : 0;
                return done;
            },
            stop
        );

    private async Task<bool> WrapAnew(Session session, WrappedKey old, MasterKey master)
    {
        try
        {
            using var key = masters.Unwrap(old.Wrapped, old.TenantId);
            // Unwrapping may have read the file again and found a newer master key: then this one must not win over it.
            if (masters.Ring.Current.Id != master.Id)
                return true;
            var wrapped = master.Wrap(key, WrappedKey.AssociatedData(old.TenantId));
            return await DataKeyStore.Rewrap(session, old, master.Id.ToString(), wrapped) == 1;
        }
        catch (SealBrokenException broken)
        {
            LogBroken(log, broken.Reason, old.TenantId, $"data key {old.Id}");
            return false;
        }
    }

    private async Task<bool> SealAnew(Session session, RetiredValue old)
    {
        var place = old.Place.AssociatedData(old.Version);
        try
        {
            using var retired = masters.Unwrap(old.Wrapped, old.TenantId);
            using var current = await vault.CurrentKey(
                session,
                old.TenantId,
                clock.GetUtcNow().ToUnixTimeMilliseconds()
            );
            using var plain = new PinnedSecret(Envelope.PlaintextLength(old.Sealed));
            retired.Open(old.Sealed, place, plain.Span);
            return await DataKeyStore.Reseal(
                    session,
                    old,
                    current.Id.ToString(),
                    current.Seal(plain.Span, place)
                ) == 1;
        }
        catch (SealBrokenException broken)
        {
            LogBroken(
                log,
                broken.Reason,
                old.TenantId,
                $"secret {old.Name}, version {old.Version}"
            );
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Pause;
            try
            {
                await Round(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing is half done, and a house whose rotation fails must go on serving.
                LogStuck(log, error);
                pause = PauseAfterFailure;
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(
                _wake.Reader.ReadAsync(limit.Token).AsTask(),
                Task.Delay(pause, clock, limit.Token)
            );
            await limit.CancelAsync();
        }
    }

    [LoggerMessage(1693, LogLevel.Debug, "A batch was {Done} anew")]
    private static partial void LogStep(ILogger log, string done);

    [LoggerMessage(
        1694,
        LogLevel.Error,
        "A rotation cannot go on; what is stored stays as it is and is tried again in a minute"
    )]
    private static partial void LogStuck(ILogger log, Exception error);

    [LoggerMessage(
        1695,
        LogLevel.Error,
        "A rotation leaves out what does not open ({Reason}), tenant {TenantId}: {What}"
    )]
    private static partial void LogBroken(
        ILogger log,
        SealBreak reason,
        string tenantId,
        string what
    );
}
