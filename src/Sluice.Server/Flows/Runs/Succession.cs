using Microsoft.Extensions.Options;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Takes over the runs of a server that is gone. First it is marked, so that it takes no more; then its sessions are
/// ended, so that nothing of it is on its way to the record; then its runs change hands, and whatever it may still write
/// is refused because they are not its own.
/// </summary>
internal sealed partial class Succession(
    Database database,
    IOptions<PresenceOptions> options,
    ILogger<Succession> log
)
{
    /// <param name="other">Who seems to be gone.</param>
    /// <param name="since">The database's time since which it should have said that it lives; null: for as long as its lease.</param>
    /// <param name="heir">Whose the runs are to be.</param>
    /// <param name="stop">Ends the attempt; what has been begun is gone on with by whoever sees the mark.</param>
    /// <returns>How many runs came; null when the server lives, or others were faster.</returns>
    public async Task<int?> From(ServerRow other, long? since, string heir, CancellationToken stop)
    {
        var lease = options.Value.LeaseMs;
        if (await database.Write(s => ServerStore.MarkGone(s, other.Name, since, lease), stop) == 0)
            return null;
        await database.Read(s => ServerStore.EndSessions(s, other.Sessions), stop);
        var runs = await database.Write(
            async session =>
            {
                if (!await ServerStore.Hold(session, heir))
                    return (int?)null;
                var taken = await RunStore.TakeOver(session, other.Name, heir);
                return await ServerStore.Remove(session, other.Name) == 1 ? taken : null;
            },
            stop
        );
        if (runs is { } count)
            LogGone(log, other.Name, count);
        return runs;
    }

    [LoggerMessage(
        1310,
        LogLevel.Warning,
        "Server {Server} is gone; {Runs} of its runs are taken over"
    )]
    private static partial void LogGone(ILogger log, string server, int runs);
}
