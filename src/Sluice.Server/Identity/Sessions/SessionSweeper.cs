using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Store;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Removes sessions that ended more than a month ago, and links and steps that ended; once an hour. Several servers may do it at once.</summary>
internal sealed partial class SessionSweeper(
    Database database,
    TimeProvider clock,
    ILogger<SessionSweeper> log
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = clock.GetUtcNow();
                await database.Write(
                    async session =>
                    {
                        await SessionStore.Forget(session, (now - Kept).ToUnixTimeMilliseconds());
                        await ResetStore.ForgetBefore(session, now.ToUnixTimeMilliseconds());
                        await SignInStepStore.ForgetBefore(session, now.ToUnixTimeMilliseconds());
                    },
                    stoppingToken
                );
            }
            catch (StoreUnavailableException error)
            {
                LogLater(log, error);
            }
        }
    }

    [LoggerMessage(
        1137,
        LogLevel.Warning,
        "Sessions that are over could not be removed; the next hour tries again"
    )]
    private static partial void LogLater(ILogger log, Exception error);
}
