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
    string[] Routes,
    Door Doors,
    Scopes Read,
    Scopes Change,
    bool Bound
)
{
    public RefusalDialect Dialect { get; init; } = RefusalDialect.Problem;
}

/// <summary>The one table on authorisation. It says what <c>spec/access.md</c> says; a test compares them.</summary>
internal static class DoorTable
{
    // csharpier-ignore-start
    public static readonly Row[] Rows =
    [
        //  family                   routes                                                     doors                     read          change        bound
        new("public",                ["/health", "/openapi.json", "/errors", "/docs", "GET /"], Door.None,                Scopes.None,  Scopes.None,  false),
        new("own record",            ["/api/v1/whoami"],                                        Key | Session,            Scopes.None,  Scopes.None,  false),
        new("invocations",           ["/invocations/v1"],                                       Key | License | Session,  RunsWrite,    RunsWrite,    true) { Dialect = RefusalDialect.Invocations },
        new("runs",                  ["/api/v1/runs"],                                          Key | Session,            RunsRead,     RunsWrite,    true),
        new("flows",                 ["/api/v1/flows", "/api/v1/graphs", "/api/v1/configs"],    Key | Session,            FlowsRead,    FlowsWrite,   true),
        new("validation",            ["POST /api/v1/flows/validate"],                           Key | Session,            FlowsRead,    FlowsRead,    true),
        new("packages",              ["/api/v1/packages"],                                      Key | Session,            FlowsRead,    FlowsWrite,   false),
        new("secret overrides",      ["/api/v1/configs/{id}/secrets"],                          Key | Session,            FlowsRead,    FlowsWrite | SecretsWrite, true),
        new("secrets",               ["/api/v1/secrets"],                                       Key | Session,            SecretsRead,  SecretsWrite, true),
        new("keys",                  ["/api/v1/keys"],                                          Key | Session,            KeysRead,     KeysWrite,    true),
        new("usage",                 ["/api/v1/usage"],                                         Key | Session,            UsageRead,    UsageRead,    true),
        new("admin",                 ["/api/v1/admin"],                                         Door.Admin,               Scopes.None,  Scopes.None,  false),
        new("metrics",               ["/metrics"],                                              Door.Admin,               Scopes.None,  Scopes.None,  false),
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
