using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// SQL on what is asked of a run from outside: cancel, pause, resume, breakpoints. A wish is in the run's row before
/// anyone is told of it, so that it reaches whoever carries the run, also after a crash.
/// </summary>
internal static class RunWishStore
{
    private const string Open = "tenant_id = @tenant AND id = @id AND ended_at IS NULL";

    /// <summary>Asks for the end of a run: one that waits for its turn ends at once, a paused one is this server's from now on.</summary>
    public static async Task<CancelWish> Cancel(
        Session session,
        string tenantId,
        string id,
        string server,
        long now
    ) =>
        new(
            id,
            await QueueStore.CancelQueued(session, tenantId, id, now) == 1,
            await AskCancel(session, tenantId, id, now) == 1,
            await TakePaused(session, tenantId, id, server) == 1
        );

    /// <summary>1 when the run has not ended; asking again keeps the first time.</summary>
    private static Task<int> AskCancel(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                $"UPDATE runs SET cancel_asked_at = COALESCE(cancel_asked_at, @now) WHERE {Open}",
                new { id, now }
            );

    /// <summary>Asks all children that have not ended; answers the ids.</summary>
    public static async Task<IReadOnlyList<string>> AskCancelOfChildren(
        Session session,
        string tenantId,
        string parent,
        long now
    )
    {
        await session
            .Of(tenantId)
            .Execute(
                "UPDATE runs SET cancel_asked_at = COALESCE(cancel_asked_at, @now) WHERE tenant_id = @tenant AND parent_id = @parent AND ended_at IS NULL",
                new { parent, now }
            );
        return await session
            .Of(tenantId)
            .Query<string>(
                "SELECT id FROM runs WHERE tenant_id = @tenant AND parent_id = @parent AND ended_at IS NULL",
                new { parent }
            );
    }

    /// <summary>1 when the run can be paused: it is running or waits for its turn, and is not to be cancelled.</summary>
    public static Task<int> AskPause(Session session, string tenantId, string id, long now) =>
        session
            .Of(tenantId)
            .Execute(
                $"UPDATE runs SET pause_asked_at = COALESCE(pause_asked_at, @now) WHERE {Open} AND status IN ('queued', 'running') AND cancel_asked_at IS NULL",
                new { id, now }
            );

    /// <summary>Takes back a pause that has not come to be; 1 when there was one.</summary>
    public static Task<int> WithdrawPause(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .Execute(
                $"UPDATE runs SET pause_asked_at = NULL WHERE {Open} AND status <> 'paused' AND pause_asked_at IS NOT NULL",
                new { id }
            );

    /// <summary>1 when the run has not ended.</summary>
    public static Task<int> SetBreakpoints(
        Session session,
        string tenantId,
        string id,
        string? breakpoints
    ) =>
        session
            .Of(tenantId)
            .Execute(
                $"UPDATE runs SET breakpoints = @breakpoints WHERE {Open}",
                new { id, breakpoints }
            );

    /// <summary>What is wished of a run that this server carries; null when it does not carry it.</summary>
    public static Task<RunWishes?> Read(
        Session session,
        string tenantId,
        string id,
        string server
    ) =>
        session
            .Of(tenantId)
            .First<RunWishes>(
                $"SELECT cancel_asked_at, pause_asked_at, breakpoints FROM runs WHERE {Open} AND server = @server",
                new { id, server }
            );

    /// <summary>Puts a run away; 0 when something else is wished of it by now, or it is not this server's.</summary>
    public static Task<int> Pause(
        Session session,
        string tenantId,
        string id,
        JournalLine note,
        bool asked,
        string server
    ) =>
        session
            .Of(tenantId)
            .Execute(
                $"""
                UPDATE runs SET status = '{RunStatus.Paused}', paused_at = @EndedAt, pause_asked_at = NULL, server = ''
                WHERE {Open} AND server = @server AND cancel_asked_at IS NULL{(
                    asked ? " AND pause_asked_at IS NOT NULL" : ""
                )}
                """,
                new
                {
                    id,
                    server,
                    note.EndedAt,
                }
            );

    /// <summary>
    /// Takes a paused run up again: it is this server's then, and its deadline has moved by the time that it was paused.
    /// 0 when it is not paused.
    /// </summary>
    public static Task<int> Resume(
        Session session,
        string tenantId,
        string id,
        long now,
        string server
    ) =>
        session
            .Of(tenantId)
            .Execute(
                $"""
                UPDATE runs SET status = '{RunStatus.Running}', server = @server, started_at = COALESCE(started_at, @now),
                    deadline_at = deadline_at + (@now - paused_at), paused_at = NULL
                WHERE {Open} AND status = '{RunStatus.Paused}' AND server = '' AND {ServerStore.MayTake}
                """,
                new
                {
                    id,
                    now,
                    server,
                }
            );

    /// <summary>Takes a paused run up only to end it: it stays paused until it does.</summary>
    private static Task<int> TakePaused(
        Session session,
        string tenantId,
        string id,
        string server
    ) =>
        session
            .Of(tenantId)
            .Execute(
                $"UPDATE runs SET server = @server WHERE {Open} AND status = '{RunStatus.Paused}' AND server = '' AND {ServerStore.MayTake}",
                new { id, server }
            );
}

/// <summary>What became of the wish that a run be cancelled.</summary>
/// <param name="RunId">Of the run.</param>
/// <param name="Ended">It waited for its turn, and has ended.</param>
/// <param name="Asked">It has not ended yet.</param>
/// <param name="Taken">It was paused, and is this server's to end.</param>
internal sealed record CancelWish(string RunId, bool Ended, bool Asked, bool Taken);
