using System.Buffers;
using System.Text.Json;
using Sluice.Server.Keys;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;

namespace Sluice.Server.Operations.Organizations;

/// <summary>
/// What an organisation has made and what is on record of it, as JSON lines <c>{"kind", …}</c>. Never in it: the text or hash of a credential,
/// a secret's value, and what runs kept of inputs and outputs, which is sealed.
/// </summary>
internal static class ExportOrganization
{
    private const int AtOnce = 200;

    /// <summary>
    /// What is exported, by name and column: what a later table holds is not exported until somebody has looked whether it may be. The last
    /// column of the first list orders the rows.
    /// </summary>
    private static readonly (string Kind, string Table, string Columns, string Key)[] Parts =
    [
        ("member", "members", "id, email, name, role, time_zone, created_at, removed_at", "id"),
        ("service_account", "service_accounts", "id, name, created_at, removed_at", "id"),
        (
            "key",
            "keys",
            "id, environment, name, shape, masked, owner_kind, owner_id, created_at, expires_at, allowed_cidrs, rate_limit, daily_quota, metadata, last_used_at, revoked_at",
            "id"
        ),
        ("setting", "tenant_settings", "settings, updated_at", "settings"),
        (
            "config",
            "configs",
            "id, environment, flow, name, node_timeout_seconds, created_at, updated_at",
            "id"
        ),
        (
            "package",
            "packages",
            "name, version, language, digest, manifest, protos, created_at, deleted_at",
            "name || '@' || version"
        ),
        (
            "flow_revision",
            "flow_revisions",
            "environment, name, revision, document, created_at",
            "environment || '/' || name || '/' || revision"
        ),
        (
            "secret_name",
            "secret_values",
            "environment, holder, name, version, created_at, ended_at",
            "environment || '/' || holder || '/' || name || '/' || version"
        ),
        (
            "run",
            "runs",
            "id, environment, flow, graph_id, status, key_id, created_at, started_at, ended_at",
            "id"
        ),
    ];

    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Origin origin,
        Database database,
        CancellationToken stop
    )
    {
        var shown = await database.Write(session => Begin(session, origin, org), stop);
        if (shown is null)
            return KeyRefusals.OrganizationNotFound;
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition =
            $"attachment; filename=\"{shown.OrgId}.jsonl\"";
        await Line(
            context,
            json =>
            {
                json.WriteString("kind", "organization");
                json.WriteString("org_id", shown.OrgId);
                json.WriteString("tenant_id", shown.TenantId);
                json.WriteString("name", shown.Name);
                json.WriteString("tier", shown.Tier);
                json.WriteString("created_at", shown.CreatedAt);
            }
        );
        foreach (var (kind, table, columns, key) in Parts)
            await Part(context, database, shown.TenantId, kind, table, columns, key, stop);
        return TypedResults.Empty;
    }

    /// <summary>On record before the first line leaves.</summary>
    private static async Task<OrganizationShown?> Begin(Session session, Origin origin, string org)
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return null;
        await Audit.Record(
            session,
            origin,
            new Fact("tenant.export", "tenant", tenant.Id) { TenantId = tenant.Id }
        );
        return OrganizationShown.Of(tenant);
    }

    private static async Task Part(
        HttpContext context,
        Database database,
        string tenantId,
        string kind,
        string table,
        string columns,
        string key,
        CancellationToken stop
    )
    {
        var after = "";
        while (true)
        {
            var rows = await database.Read(
                session =>
                    session
                        .Of(tenantId)
                        .Query<dynamic>(
                            $"SELECT {columns}, {key} AS export_key FROM {table} WHERE tenant_id = @tenant AND {key} > @after ORDER BY {key} LIMIT @limit",
                            new { after, limit = (long)AtOnce }
                        ),
                stop
            );
            foreach (IDictionary<string, object?> row in rows)
            {
                after = (string)row["export_key"]!;
                await Line(context, json => Row(json, kind, row));
            }
            if (rows.Count < AtOnce)
                return;
        }
    }

    private static void Row(Utf8JsonWriter json, string kind, IDictionary<string, object?> row)
    {
        json.WriteString("kind", kind);
        foreach (var (name, value) in row)
        {
            if (name == "export_key" || value is null)
                continue;
            if (value is long number && name.EndsWith("_at", StringComparison.Ordinal))
                json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(number));
            else if (value is long whole)
                json.WriteNumber(name, whole);
            else
                json.WriteString(name, (string)value);
        }
    }

    private static async Task Line(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>(512);
        await using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        await context.Response.BodyWriter.WriteAsync(line.WrittenMemory, context.RequestAborted);
    }
}
