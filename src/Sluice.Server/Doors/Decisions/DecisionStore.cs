using System.Text.Json;
using Sluice.Server.Store;

namespace Sluice.Server.Doors.Decisions;

/// <summary>SQL on <c>decisions</c>.</summary>
internal static class DecisionStore
{
    private static readonly HotStatement InsertOne = new(
        "INSERT INTO decisions (tenant_id, request_id, at, body) VALUES (@tenant, @request, @at, @body) ON CONFLICT DO NOTHING",
        "request",
        "at:number",
        "body"
    );

    public static async Task Insert(Session session, IEnumerable<Decision> decisions)
    {
        foreach (var decision in decisions)
            await InsertOne.Execute(
                session,
                decision.TenantId,
                decision.RequestId,
                decision.At,
                JsonSerializer.Serialize(decision, DecisionJson.Default.Decision)
            );
    }

    public static async Task<Decision?> Find(Session session, string tenantId, string requestId) =>
        await session
            .Of(tenantId)
            .First<string>(
                "SELECT body FROM decisions WHERE tenant_id = @tenant AND request_id = @requestId",
                new { requestId }
            )
            is { } body
            ? JsonSerializer.Deserialize(body, DecisionJson.Default.Decision)
            : null;

    /// <summary>Removes some that were made before a time; answers how many.</summary>
    public static Task<int> Forget(Session session, long before, int limit) =>
        session
            .Across("decisions of all tenants are kept for so many days")
            .Execute(
                """
                DELETE FROM decisions WHERE (tenant_id, request_id) IN
                (SELECT tenant_id, request_id FROM decisions WHERE at < @before LIMIT @limit)
                """,
                new { before, limit }
            );
}
