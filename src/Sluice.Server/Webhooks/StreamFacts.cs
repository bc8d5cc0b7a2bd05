using Sluice.Server.Ledger;

namespace Sluice.Server.Webhooks;

/// <summary>What the ledger remembers of its webhooks: their host, since the rest of an address may hold what opens something.</summary>
internal static class StreamFacts
{
    public const string LeakAction = "audit_stream.leak";

    public static Fact Created(AuditStream stream) =>
        Of("audit_stream.create", stream, settings: true);

    public static Fact Updated(AuditStream stream) =>
        Of("audit_stream.update", stream, settings: true);

    public static Fact Removed(AuditStream stream) => Of("audit_stream.remove", stream);

    public static Fact Tested(AuditStream stream) => Of("audit_stream.test", stream);

    public static Fact Disabled(AuditStream stream) =>
        Of("audit_stream.disable", stream) with
        {
            TenantId = stream.TenantId,
        };

    /// <summary>Its secret was found in public; the place as the reporter wrote it.</summary>
    public static Fact Leaked(AuditStream stream, string? url, string? source)
    {
        var fact = Of(LeakAction, stream) with { TenantId = stream.TenantId };
        fact["url"] = url;
        fact["source"] = source;
        return fact;
    }

    private static Fact Of(string action, AuditStream stream, bool settings = false) =>
        new(action, "audit_stream", stream.Id)
        {
            ["host"] = new Uri(stream.Url).Authority,
            ["actions"] = settings && stream.Actions.Length > 0 ? stream.Actions : null,
            ["enabled"] =
                !settings ? null
                : stream.IsOn ? "true"
                : "false",
        };
}
