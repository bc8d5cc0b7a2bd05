using Sluice.Server.Console;
using Sluice.Server.Vocabulary;
using static Sluice.Server.Vocabulary.Door;
using static Sluice.Server.Vocabulary.Scopes;

namespace Sluice.Server.Doors;

/// <summary>A row of <c>spec/access.md</c>: a family of routes, the doors it takes, and the scope in the cell.</summary>
/// <param name="Family">What the page calls it.</param>
/// <param name="Routes">Path prefixes; <c>VERB /path</c> narrows to one method. The longest match wins.</param>
/// <param name="Doors">Doors that lead here; none means anybody.</param>
/// <param name="Read">Scope for GET and HEAD.</param>
/// <param name="Change">Scope for everything else.</param>
/// <param name="Bound">Whether what is behind belongs to one environment.</param>
internal sealed record Row(
    string Family,
    Door Doors,
    Scopes Read,
    Scopes Change,
    bool Bound,
    params string[] Routes
)
{
    /// <summary>How the family renders a refusal.</summary>
    public RefusalDialect Dialect { get; init; } = RefusalDialect.Problem;

    /// <summary>
    /// Whether a license that has ended refuses a call: one that changes something and leaves it behind. What is taken away and what runs is
    /// no matter of it, and the ways to a renewal stay open.
    /// </summary>
    public bool NeedsLicense(string method) =>
        !HttpMethods.IsGet(method)
        && !HttpMethods.IsHead(method)
        && !HttpMethods.IsDelete(method)
        && IsLicensed;

    private bool IsLicensed =>
        Doors.HasFlag(Door.Key) && Read != Change && Change != Scopes.RunsWrite
        || Change == Scopes.Admin
        || Change == Scopes.SsoConfigure;
}

/// <summary>The one table on authorisation. It says what <c>spec/access.md</c> says; a test compares them.</summary>
internal static class DoorTable
{
    // csharpier-ignore-start
    public static readonly Row[] Rows =
    [
        //  family              doors                       read            change                          bound   routes
        new("public",           Door.None,                  Scopes.None,    Scopes.None,                    false,  "/health", "/openapi.json", "/.well-known/oauth-authorization-server", "/errors", "/docs", "GET /", "/scim/v2/ServiceProviderConfig", "/scim/v2/Schemas", "/scim/v2/ResourceTypes", "/api/v1/auth/sso/availability"),
        new("sign-in",          Door.None,                  Scopes.None,    Scopes.None,                    false,  "/api/v1/auth/login", "/api/v1/auth/accept-invitation", "/api/v1/auth/forgot-password", "/api/v1/auth/reset-password"),
        new("device login",     Door.None,                  Scopes.None,    Scopes.None,                    false,  "/api/v1/auth/device", "/api/v1/auth/revoke") { Dialect = RefusalDialect.OAuth },
        new("leak reports",     Door.None,                  Scopes.None,    Scopes.None,                    false,  "/api/v1/leaks"),
        new("pages",            Door.None,                  Scopes.None,    Scopes.None,                    false,  "/device", "/invitation", "/reset-password", "/pages"),
        new("own session",      Session,                    Scopes.None,    Scopes.None,                    false,  "/api/v1/auth"),
        new("own record",       Key | Session,              Scopes.None,    Scopes.None,                    false,  "/api/v1/whoami", "/api/v1/profile"),
        new("invocations",      Key | License | Session,    RunsWrite,      RunsWrite,                      true,   "/invocations/v1") { Dialect = RefusalDialect.Invocations },
        new("runs",             Key | Session,              RunsRead,       RunsWrite,                      true,   "/api/v1/runs", "/api/v1/memory", "/api/v1/dead-letters"),
        new("flows",            Key | Session,              FlowsRead,      FlowsWrite,                     true,   "/api/v1/flows", "/api/v1/graphs", "/api/v1/configs"),
        new("validation",       Key | Session,              FlowsRead,      FlowsRead,                      true,   "POST /api/v1/flows/validate"),
        new("packages",         Key | Session,              FlowsRead,      FlowsWrite,                     false,  "/api/v1/packages"),
        new("secret overrides", Key | Session,              FlowsRead,      FlowsWrite | SecretsWrite,      true,   "/api/v1/configs/{id}/secrets"),
        new("secrets",          Key | Session,              SecretsRead,    SecretsWrite,                   true,   "/api/v1/secrets"),
        new("keys",             Key | Session,              KeysRead,       KeysWrite,                      true,   "/api/v1/keys"),
        new("key checks",       Key | Session,              KeysRead,       KeysRead,                       true,   "/api/v1/keys/verify", "/api/v1/keys/introspect"),
        new("usage",            Key | Session,              UsageRead,      UsageRead,                      true,   "/api/v1/usage"),
        new("audit",            Key | Session,              AuditRead,      AuditRead,                      false,  "/api/v1/audit", "/api/v1/decisions"),
        new("audit streams",    Key | Session,              AuditRead,      AuditRead | Scopes.Admin,       false,  "/api/v1/audit/streams"),
        new("people and house", Key | Session,              Scopes.Admin,   Scopes.Admin,                   false,  "/api/v1/members", "/api/v1/invitations", "/api/v1/service-accounts", "/api/v1/settings", "/api/v1/nodes", "/api/v1/license"),
        new("console",          Session,                    Scopes.None,    Scopes.None,                    false,  "/console") { Dialect = PageDialect.Value },
        new("console sign-in",  Door.None,                  Scopes.None,    Scopes.None,                    false,  "/console/sign-in", "/console/assets") { Dialect = PageDialect.Value },
        new("governance",       Key | License | Session,    PoliciesRead,   PoliciesWrite,                  false,  "/api/v1/policies", "/api/v1/static-policies", "/api/v1/dynamic-policies", "/api/v1/llm-providers", "/api/v1/connectors", "/api/v1/hitl"),
        new("sign-on settings", Session,                    SsoConfigure,   SsoConfigure,                   false,  "/api/v1/sso", "/api/v1/scim/tokens"),
        new("provisioning",     Scim,                       ScimWrite,      ScimWrite,                      false,  "/scim/v2"),
        new("admin",            Door.Admin,                 Scopes.None,    Scopes.None,                    false,  "/api/v1/admin"),
        new("metrics",          Door.Admin,                 Scopes.None,    Scopes.None,                    false,  "/metrics"),
    ];
    // csharpier-ignore-end

    /// <summary>The row of an endpoint by its route pattern and method; null when nobody thought of it.</summary>
    public static Row? Find(string method, string pattern)
    {
        Row? best = null;
        var longest = -1;
        foreach (var row in Rows)
        {
            foreach (var route in row.Routes)
            {
                var (verb, path) = Split(route);
                if (
                    (verb is null || verb == method)
                    && Covers(path, pattern)
                    && route.Length > longest
                )
                    (best, longest) = (row, route.Length);
            }
        }
        return best;
    }

    /// <summary>The row that a path belongs to whatever its method; null when no route can have it.</summary>
    public static Row? FindPath(PathString path)
    {
        var segments = path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Rows.SelectMany(row => row.Routes.Select(route => (Row: row, Split(route).Path)))
            .Where(each =>
                Leads(each.Path.Split('/', StringSplitOptions.RemoveEmptyEntries), segments)
            )
            .OrderByDescending(each => each.Path.Length)
            .FirstOrDefault()
            .Row;
    }

    private static bool Leads(string[] route, string[] path) =>
        route.Length <= path.Length
        && (route.Length > 0 || path.Length == 0)
        && route
            .Zip(path)
            .All(pair =>
                pair.First.StartsWith('{')
                || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)
            );

    private static (string? Verb, string Path) Split(string route) =>
        route.Split(' ') is [var verb, var path] ? (verb, path) : (null, route);

    // A prefix ends where a path segment ends: /api/v1/keys covers /api/v1/keys/{id}, not /api/v1/keysmith.
    private static bool Covers(string path, string pattern) =>
        pattern == path
        || (
            path != "/"
            && pattern.StartsWith(path, StringComparison.Ordinal)
            && pattern[path.Length] == '/'
        );
}
