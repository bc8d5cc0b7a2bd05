using System.Security.Cryptography;
using System.Text;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

/// <summary>SQL on entries and the index of their words.</summary>
internal static class EntryStore
{
    /// <summary>Entries that are looked at more closely for one question.</summary>
    private const int MostLookedAt = 200;

    private const string Columns =
        "e.id, e.environment, e.flow, e.session_id, s.name AS session, e.content, e.importance, e.size, e.origin, e.created_at";

    private const string OfSession =
        "LEFT JOIN memory_sessions s ON s.tenant_id = @tenant AND s.id = e.session_id";

    /// <summary>Marks every entry of a flow.</summary>
    public static string All(MemoryScope scope) => Mark("a", scope, "");

    /// <summary>Marks the entries that are the flow's own.</summary>
    public static string Own(MemoryScope scope) => Mark("f", scope, "");

    /// <summary>Marks the entries of a session.</summary>
    public static string Of(MemoryScope scope, string sessionId) => Mark("s", scope, sessionId);

    public static async Task Insert(Session session, MemoryScope scope, EntryRow row)
    {
        await session
            .Of(scope.TenantId)
            .Execute(
                """
                INSERT INTO memory_entries (tenant_id, id, environment, flow, session_id, content, importance, size, origin, created_at)
                VALUES (@tenant, @Id, @Environment, @Flow, @SessionId, @Content, @Importance, @Size, @Origin, @CreatedAt)
                """,
                row
            );
        string[] marks =
        [
            All(scope),
            row.SessionId is { } of ? Of(scope, of) : Own(scope),
            Entry(row.Id),
        ];
        await MemoryWords.Insert(session, scope.TenantId, row.Id, marks, row.Content);
    }

    public static Task<EntryRow?> EntryOf(Session session, string tenantId, string origin) =>
        session
            .Of(tenantId)
            .First<EntryRow>(
                $"SELECT {Columns} FROM memory_entries e {OfSession} WHERE e.tenant_id = @tenant AND e.origin = @origin",
                new { origin }
            );

    public static Task<EntryRow?> Find(Session session, string tenantId, string id) =>
        session
            .Of(tenantId)
            .First<EntryRow>(
                $"SELECT {Columns} FROM memory_entries e {OfSession} WHERE e.tenant_id = @tenant AND e.id = @id",
                new { id }
            );

    /// <summary>Entries that have one of the marks and one of the words; the order is that of <see cref="Relevance"/>.</summary>
    public static async Task<IReadOnlyList<(EntryRow Entry, double Score)>> Search(
        Session session,
        string tenantId,
        string[] marks,
        List<string> asked,
        int limit
    )
    {
        if (asked.Count == 0)
            return [];
        var found = await session
            .Of(tenantId)
            .Query<EntryRow>(
                $"""
                SELECT {Columns} FROM memory_words
                JOIN memory_entries e ON e.tenant_id = @tenant AND e.id = memory_words.entry_id {OfSession}
                WHERE memory_words.tenant_id = @tenant AND {MemoryWords.Condition(session)}
                ORDER BY {MemoryWords.Order(session)} LIMIT {MostLookedAt}
                """,
                new { match = MemoryWords.Match(session, marks, asked) }
            );
        return [.. Relevance.Order(asked, found).Take(limit)];
    }

    /// <summary>Entries of a flow, newest first, and one more than the page has.</summary>
    public static Task<IReadOnlyList<EntryRow>> List(
        Session session,
        MemoryScope scope,
        string? sessionId,
        Page page
    ) =>
        session
            .Of(scope.TenantId)
            .Query<EntryRow>(
                $"""
                SELECT {Columns} FROM memory_entries e {OfSession}
                WHERE e.tenant_id = @tenant AND e.environment = @environment AND e.flow = @flow
                  AND (CAST(@sessionId AS TEXT) IS NULL OR e.session_id = @sessionId)
                  AND (CAST(@cursor AS TEXT) IS NULL OR e.id < @cursor)
                ORDER BY e.id DESC LIMIT @limit
                """,
                new
                {
                    environment = scope.Environment,
                    flow = scope.Flow,
                    sessionId,
                    cursor = page.Cursor,
                    limit = page.Limit + 1,
                }
            );

    /// <summary>Takes the words of an entry out of the index.</summary>
    public static Task<int> Forget(Session session, string tenantId, string entryId) =>
        ForgetMarked(session, tenantId, Entry(entryId));

    /// <summary>Takes the words of all entries with a mark out of the index.</summary>
    public static Task<int> ForgetMarked(Session session, string tenantId, string mark) =>
        session
            .Of(tenantId)
            .Execute(
                $"DELETE FROM memory_words WHERE tenant_id = @tenant AND {MemoryWords.Condition(session)}",
                new { match = MemoryWords.Match(session, [mark], []) }
            );

    private static string Entry(string id) => "e" + id.ToLowerInvariant();

    private static string Mark(string kind, MemoryScope scope, string session) =>
        kind
        + Convert.ToHexStringLower(
            SHA256
                .HashData(
                    Encoding.UTF8.GetBytes(
                        string.Join('\n', scope.TenantId, scope.Environment, scope.Flow, session)
                    )
                )
                .AsSpan(0, 16)
        );
}
