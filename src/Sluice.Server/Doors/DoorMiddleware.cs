using System.Collections.Concurrent;
using System.Net;
using Sluice.Server.Doors.Listeners;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Keys;
using Sluice.Server.Licenses;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>Takes each routed request through its row of <see cref="DoorTable"/>; the steps are those of the room's README.</summary>
internal sealed class DoorMiddleware(
    RequestDelegate next,
    KeyDoor keys,
    SessionDoor sessions,
    LicenseDoor licenses,
    LicenseChecks standing,
    AdminDoor admin,
    SameOrigin origin,
    KeyFields fields,
    TenantLimits limits,
    ListenerDoors listeners
)
{
    private static readonly string[] TenantHeaders =
    [
        "X-Tenant-ID",
        "X-Org-ID",
        "X-Organization-ID",
    ];

    // No store keeps U+0000 in a text as any other character. In a path the server refuses it by itself.
    private static readonly Refusal NulInQuery = CommonRefusals.InvalidInput.With([
        new Sluice.Language.Mistake(
            "nul",
            "a text cannot hold the character U+0000",
            Where: "query"
        ),
    ]);

    private readonly ConcurrentDictionary<Endpoint, Routed> _routed = new();

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
            if (listeners.Hide(context, DoorTable.FindPath(context.Request.Path)))
                await Unrouted(context);
            else
                await CommonRefusals.MethodNotAllowed.ExecuteAsync(context);
            return;
        }
        var (row, asksAboutKey) = _routed.GetOrAdd(
            endpoint,
            static found => new Routed(
                RowOf((RouteEndpoint)found),
                found.Metadata.GetMetadata<AsksAboutKey>() is not null
            )
        );
        if (listeners.Hide(context, row))
        {
            await Unrouted(context);
            return;
        }
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
            var even = EvenAnswer.Now;
            var opened = await Open(context, row);
            if (opened.Refused)
            {
                if (context.Features.Get<Attempt>() is { IsNoKey: true })
                    await even.Wait(context.RequestAborted);
                await opened.Refusal.ExecuteAsync(context);
                return;
            }
            context.Features.Set(opened.Value);
            if (asksAboutKey)
                context.Features.Set(even);
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
        if (await Judge(context, row, caller) is not { } refusal)
            return caller;
        context.Features.Set(new Attempt { Caller = caller });
        return refusal;
    }

    /// <summary>What stands against a caller whose credential is good.</summary>
    private async ValueTask<Refusal?> Judge(HttpContext context, Row row, Caller caller)
    {
        if (!row.Doors.HasFlag(caller.Door))
            return DoorRefusals.WrongDoorFor(row);
        if (caller.Door == Door.Admin)
            return null;
        if (caller.Suspended is { } why)
            return DoorRefusals.Suspended.With(
                $"The operator of this server has suspended the organisation {caller.Handle}: {why}"
            );
        if (limits.Take(caller, row) is { } tooMany)
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

        // 4. The license.
        return row.NeedsLicense(context.Request.Method)
            ? await standing.RefuseChange(caller.TenantId, context.RequestAborted)
            : null;
    }

    /// <summary>Whoever the request's credential is, whatever door it belongs to. Of several the one that a program wrote goes before a cookie.</summary>
    private async ValueTask<Outcome<Caller>> Known(HttpContext context, Row row)
    {
        var bearer = Bearer(context.Request);
        var adminKey = context.Request.Headers[AdminDoor.Header].ToString();
        if (adminKey.Length > 0 && (row.Doors.HasFlag(Door.Admin) || bearer.Length == 0))
            return await admin.Open(adminKey, Address(context));
        if (licenses.Presented(context.Request, bearer) is { } license)
            return AtItsDoor(row, Door.License, await licenses.Open(license, context));
        var pair = bearer.Length == 0 ? OldCredentials.PairOf(context.Request) : "";
        if (bearer.Length > 0 || pair.Length > 0)
        {
            var opening =
                pair.Length > 0
                    ? await keys.OpenPair(pair, Address(context))
                    : await keys.Open(bearer, context);
            if (!row.Doors.HasFlag(Door.Admin))
                fields.Write(context.Response, opening);
            if (opening.Caller is null)
                context.Features.Set(new Attempt { Key = opening.Given });
            return AtItsDoor(
                row,
                Door.Key,
                opening.Caller is { } caller ? caller : opening.Refusal!
            );
        }
        return sessions.IsTried(context.Request)
            ? await sessions.Open(context)
            : DoorRefusals.Unauthorized;
    }

    /// <summary>What else stands against a good credential is told where credentials of its kind are taken.</summary>
    private static Outcome<Caller> AtItsDoor(Row row, Door door, Outcome<Caller> opened) =>
        opened.Refused
        && !row.Doors.HasFlag(door)
        && opened.Refusal.Status != StatusCodes.Status429TooManyRequests
            ? DoorRefusals.Unauthorized
            : opened;

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

    /// <summary>What is known of an endpoint.</summary>
    /// <param name="AsksAboutKey">Its answer tells of a key that is not the caller's.</param>
    private sealed record Routed(Row Row, bool AsksAboutKey);
}
