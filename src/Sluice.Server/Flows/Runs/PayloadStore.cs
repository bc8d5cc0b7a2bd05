using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>SQL on <c>run_payloads</c>: what is too large for the rows of runs and journals.</summary>
internal static class PayloadStore
{
    // A run that was not accepted leaves nothing.
    private static readonly HotStatement InsertPayload = new(
        """
        INSERT INTO run_payloads (tenant_id, run_id, id, body)
        SELECT @tenant, @run, @id, @body /*each*/
        WHERE (SELECT r.id FROM runs r WHERE r.tenant_id = @tenant AND r.id = @run) = @run
        """,
        "run",
        "id",
        "body:bytes"
    );

    /// <summary>Adds what a write keeps aside; after its rows.</summary>
    public static void Add(
        HotWrite write,
        string tenantId,
        string runId,
        List<PayloadSealer.Large>? aside
    )
    {
        foreach (var large in aside ?? [])
            write.Add(InsertPayload, tenantId, runId, large.Id.ToString("N"), large.Kept);
    }

    /// <summary>The name that a row has in place of a payload.</summary>
    public static string Id(ReadOnlySpan<byte> kept) => new Guid(kept[1..]).ToString("N");

    public static Task<byte[]?> Find(Session session, string tenantId, string runId, string id) =>
        session
            .Of(tenantId)
            .First<byte[]>(
                "SELECT body FROM run_payloads WHERE tenant_id = @tenant AND run_id = @runId AND id = @id",
                new { runId, id }
            );
}
