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

    /// <summary>Keeps decisions of one tenant; those that are there already stay as they are.</summary>
    public static async Task Insert(
        Session session,
        string tenantId,
        IReadOnlyCollection<Decision> decisions
    )
    {
        if (session.Dialect == Dialect.Sqlite)
        {
            foreach (var decision in decisions)
                InsertOne.ExecuteNow(
                    session,
                    [tenantId, decision.RequestId, decision.At, Body(decision)]
                );
            return;
        }
        await session
            .Across("rows of one tenant, by one statement")
            .Execute(
                """
                INSERT INTO decisions (tenant_id, request_id, at, body)
                SELECT @tenantId, each.request, each.at, each.body FROM unnest(@requests, @times, @bodies) AS each(request, at, body)
                ON CONFLICT DO NOTHING
                """,
                new
                {
                    tenantId,
                    requests = decisions.Select(each => each.RequestId).ToArray(),
                    times = decisions.Select(each => each.At).ToArray(),
                    bodies = decisions.Select(Body).ToArray(),
                }
            );
    }

    private static string Body(Decision decision) =>
        JsonSerializer.Serialize(decision, DecisionJson.Default.Decision);

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
