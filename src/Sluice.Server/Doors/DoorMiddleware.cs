using System.Collections.Concurrent;
using System.Net;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Takes each routed request through its row of <see cref="DoorTable"/>; the steps are those of the room's README.</summary>
internal sealed class DoorMiddleware(
    RequestDelegate next,
    KeyDoor keys,
    AdminDoor admin,
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
        var bearer = Bearer(context.Request);
        var adminKey = context.Request.Headers[AdminDoor.Header].ToString();
        if (row.Doors.HasFlag(Door.Admin))
        {
            if (adminKey.Length > 0)
                return admin.Opens(adminKey) ? Operator : DoorRefusals.Unauthorized;
            var elsewhere = bearer.Length > 0 ? await keys.Open(bearer, Address(context)) : default;
            return elsewhere.Caller is not null ? DoorRefusals.WrongDoorFor(row)
                : elsewhere.Refusal is { Status: StatusCodes.Status429TooManyRequests } slow ? slow
                : DoorRefusals.Unauthorized;
        }
        if (bearer.Length == 0)
            return adminKey.Length > 0 && admin.Opens(adminKey)
                ? DoorRefusals.WrongDoorFor(row)
                : DoorRefusals.Unauthorized;
        var opening = await keys.Open(bearer, Address(context));
        fields.Write(context.Response, opening.Given);
        if (opening.Caller is not { } caller)
            return opening.Refusal!;
        if (limits.Take(caller, row, context.Response) is { } tooMany)
            return tooMany;

        // 2. What the request claims beside it may only repeat it.
        if (Contradicts(context.Request, caller) is { } refusal)
            return refusal;

        // 3. The scope in the cell.
        var needed =
            HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
                ? row.Read
                : row.Change;
        if ((needed & ~caller.Scopes) is var missing and not Scopes.None)
        {
            var name = ScopeNames.Names(missing)[0];
            return DoorRefusals.MissingScope with
            {
                Scope = name,
                Detail =
                    $"The credential lacks the scope {name}, which this call needs; use one that has it.",
            };
        }
        return caller;
    }

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
