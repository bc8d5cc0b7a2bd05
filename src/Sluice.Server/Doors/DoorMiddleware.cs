using System.Collections.Concurrent;
using System.Net;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Takes each routed request through its row of <see cref="DoorTable"/>; the steps are those of the room's README.</summary>
internal sealed class DoorMiddleware(
    RequestDelegate next,
    KeyDoor keys,
    SessionDoor sessions,
    AdminDoor admin,
    SameOrigin origin,
    KeyFields fields,
    TenantLimits limits
)
{
    private static readonly string[] TenantHeaders =
    [
        "X-Tenant-ID",
        "X-Org-ID",
        "X-Organization-ID",
    ];
    private static readonly Caller Operator = new()
    {
        Door = Door.Admin,
        TenantId = "",
        Handle = "",
        Environment = EnvironmentNames.Live,
        Scopes = Scopes.None,
    };

    // No store keeps U+0000 in a text as any other character. In a path the server refuses it by itself.
    private static readonly Refusal NulInQuery = CommonRefusals.InvalidInput.With([
        new Sluice.Language.Mistake(
            "nul",
            "a text cannot hold the character U+0000",
            Where: "query"
        ),
    ]);

    private readonly ConcurrentDictionary<Endpoint, Row> _rows = new();

    /// <summary>Called once all routes are mapped: an endpoint that has no row must not be served.</summary>
    /// <exception cref="InvalidOperationException">An endpoint has no row in the table.</exception>
    public static void CheckAll(IEnumerable<EndpointDataSource> sources)
    {
        foreach (
            var endpoint in sources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        )
            RowOf(endpoint);
    }

    /// <summary>The endpoint's row; its methods must agree on one.</summary>
    internal static Row RowOf(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods
            is { Count: > 0 } named
            ? named
            : ["GET"];
        var pattern = "/" + (endpoint.RoutePattern.RawText ?? "").TrimStart('/');
        var rows = methods.Select(method => DoorTable.Find(method, pattern)).Distinct().ToList();
        return rows is [{ } row]
            ? row
            : throw new InvalidOperationException(
                $"{string.Join(',', methods)} {pattern} has no row in Doors.cs"
            );
    }

    /// <summary>The scope in the cell for an endpoint under one of its methods.</summary>
    internal static Scopes NeededFor(RouteEndpoint endpoint, string method)
    {
        var row = RowOf(endpoint);
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? row.Read : row.Change;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            await Unrouted(context);
            return;
        }
        if (endpoint is not RouteEndpoint)
        {
            // The framework's own endpoint for a path that is here under other methods only.
            await CommonRefusals.MethodNotAllowed.ExecuteAsync(context);
            return;
        }
        var row = _rows.GetOrAdd(endpoint, static found => RowOf((RouteEndpoint)found));
        context.Features.Set(row.Dialect);
        if (context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true)
        {
            await NulInQuery.ExecuteAsync(context);
            return;
        }
        if (row.Doors == Door.None && Changes(context.Request) && origin.IsForeign(context.Request))
        {
            // A page elsewhere must not sign a person in as somebody else, nor ask for links in their name.
            await DoorRefusals.CrossSite.ExecuteAsync(context);
            return;
        }
        if (row.Doors != Door.None)
        {
            var opened = await Open(context, row);
            if (opened.Refused)
            {
                await opened.Refusal.ExecuteAsync(context);
                return;
            }
            context.Features.Set(opened.Value);
        }
        await next(context);
    }

    private async ValueTask<Outcome<Caller>> Open(HttpContext context, Row row)
    {
        // 1. The credential, at the door that it belongs to.
        var known = await Known(context, row);
        if (known.Refused)
            return known.Refusal;
        var caller = known.Value;
        if (Judge(context, row, caller) is not { } refusal)
            return caller;
        context.Features.Set(new Attempt { Caller = caller });
        return refusal;
    }

    /// <summary>What stands against a caller whose credential is good.</summary>
    private Refusal? Judge(HttpContext context, Row row, Caller caller)
    {
        if (!row.Doors.HasFlag(caller.Door))
            return DoorRefusals.WrongDoorFor(row);
        if (caller.Door == Door.Admin)
            return null;
        if (limits.Take(caller, row, context.Response) is { } tooMany)
            return tooMany;

        // 2. What the request claims beside it may only repeat it.
        if (Contradicts(context.Request, caller) is { } contradicted)
            return contradicted;

        // 3. The scope in the cell.
        var needed = Changes(context.Request) ? row.Change : row.Read;
        if ((needed & ~caller.Scopes) is var missing and not Scopes.None)
        {
            var name = ScopeNames.Names(missing)[0];
            return DoorRefusals.MissingScope with
            {
                Scope = name,
                Detail =
                    $"The credential is valid but lacks permissions: it has not the scope {name}, which this call needs; use one that has it.",
            };
        }
        return null;
    }

    /// <summary>Whoever the request's credential is, whatever door it belongs to. Of several the one that a program wrote goes before a cookie.</summary>
    private async ValueTask<Outcome<Caller>> Known(HttpContext context, Row row)
    {
        var bearer = Bearer(context.Request);
        var adminKey = context.Request.Headers[AdminDoor.Header].ToString();
        if (adminKey.Length > 0 && (row.Doors.HasFlag(Door.Admin) || bearer.Length == 0))
            return admin.Opens(adminKey) ? Operator : DoorRefusals.Unauthorized;
        if (bearer.Length > 0)
        {
            var opening = await keys.Open(bearer, Address(context));
            if (!row.Doors.HasFlag(Door.Admin))
                fields.Write(context.Response, opening.Given);
            if (opening.Caller is { } caller)
                return caller;
            context.Features.Set(new Attempt { Key = opening.Given });
            // What else stands against a good key is told where keys are taken.
            return
                row.Doors.HasFlag(Door.Key)
                || opening.Refusal!.Status == StatusCodes.Status429TooManyRequests
                ? opening.Refusal!
                : DoorRefusals.Unauthorized;
        }
        return sessions.IsTried(context.Request)
            ? await sessions.Open(context)
            : DoorRefusals.Unauthorized;
    }

    private static bool Changes(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    private static IPAddress? Address(HttpContext context) => context.Connection.RemoteIpAddress;

    private static Refusal? Contradicts(HttpRequest request, Caller caller)
    {
        foreach (var header in TenantHeaders)
        {
            foreach (var claimed in request.Headers[header])
            {
                if (claimed != caller.TenantId && claimed != caller.Handle)
                    return DoorRefusals.TenantMismatch;
            }
        }
        foreach (var environment in request.Headers["Sluice-Environment"])
        {
            if (environment != caller.Environment)
                return CommonRefusals.EnvironmentMismatch;
        }
        return null;
    }

    private static string Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return
            header.Count == 1
            && header[0] is { } text
            && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? text[7..].Trim()
            : "";
    }

    private static Task Unrouted(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/invocations"))
            context.Features.Set(RefusalDialect.Invocations);
        return CommonRefusals.NotFound.ExecuteAsync(context);
    }
}
