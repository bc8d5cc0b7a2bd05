using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Sluice.Server.Store;

/// <summary>
/// Refuses, before it is sent, any statement on a tenant's table that does not bind that table's <c>tenant_id</c>
/// to the session's tenant. It reads the text of the statement, so it holds for every dialect; it is a net under
/// the author, not a parser of all of SQL: statements in this house are plain enough for it, or they do not pass.
/// </summary>
internal static partial class TenantGuard
{
    /// <summary>Tables that belong to no tenant, the last one PostgreSQL's own. Every other table has a <c>tenant_id</c>.</summary>
    private static readonly HashSet<string> HouseTables = new(StringComparer.OrdinalIgnoreCase)
    {
        "tenants",
        "device_grants",
        "house_settings",
        "login_keys",
        "logins",
        "passkeys",
        "password_resets",
        "recovery_codes",
        "schema_migrations",
        "servers",
        "sign_in_steps",
        "totp",
        "master_keys",
        "signing_keys",
        "licenses",
        "license_issuers",
        "nodes",
        "limit_notes",
        "pg_stat_activity",
    };

    private static readonly ConcurrentDictionary<(string Sql, bool Tenant), string?> Verdicts =
        new();

    /// <exception cref="InvalidOperationException">The statement is not guarded: a bug in the house.</exception>
    public static void Check(string sql, bool hasTenant)
    {
        var verdict = Verdicts.GetOrAdd((sql, hasTenant), static key => Judge(key.Sql, key.Tenant));
        if (verdict is not null)
            throw new InvalidOperationException($"{verdict}: {sql}");
    }

    /// <summary>Null when the statement is guarded, else what is wrong with it.</summary>
    internal static string? Judge(string sql, bool hasTenant)
    {
        var read = 0;
        foreach (Match match in TableUse().Matches(sql))
        {
            if (HouseTables.Contains(match.Groups["table"].Value))
                continue;
            if (!hasTenant)
                return $"table {match.Groups["table"].Value} belongs to a tenant and the session has none";
            if (match.Groups["verb"].Value.StartsWith("insert", StringComparison.OrdinalIgnoreCase))
            {
                if (!InsertsTenant().IsMatch(sql))
                    return "an insert must list tenant_id first and take it from @tenant";
            }
            else
            {
                read++;
            }
        }
        return BindsTenant().Count(sql) >= read
            ? null
            : "each of a tenant's tables needs its own `tenant_id = @tenant`";
    }

    [GeneratedRegex(
        @"\b(?<verb>insert\s+into|from|join|(?<!\bfor\s+)update(?!\s+set\b))\s+(?<table>[a-z_]+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TableUse();

    [GeneratedRegex(
        @"insert\s+into\s+[a-z_]+\s*\(\s*tenant_id\b[^)]*\)\s*(values\s*\(\s*@tenant\b|select\s+@tenant\b)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex InsertsTenant();

    [GeneratedRegex(@"\btenant_id\s*=\s*@tenant\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex BindsTenant();
}
