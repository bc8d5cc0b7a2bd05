using Sluice.Server.Identity.Sessions;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>The door of people: the cookie of a session becomes a caller with what the member's role may do now.</summary>
internal sealed class SessionDoor(SessionLookup sessions, SessionCookie cookie, SameOrigin origin)
{
    public const string EnvironmentHeader = "Sluice-Environment";

    /// <summary>Whether the request brings a cookie of ours at all.</summary>
    public bool IsTried(HttpRequest request) => cookie.Read(request) is not null;

    /// <summary>
    /// The caller, or why not. A change must be seen to come from a page of this house, or from a program that says it is none:
    /// a browser sends the cookie whoever asks it to.
    /// </summary>
    public async ValueTask<Outcome<Caller>> Open(HttpContext context)
    {
        if (await sessions.Find(context) is not { } found)
            return DoorRefusals.Unauthorized;
        var changes =
            !HttpMethods.IsGet(context.Request.Method)
            && !HttpMethods.IsHead(context.Request.Method);
        var environment = context.Request.Headers[EnvironmentHeader] switch
        {
            [] => EnvironmentNames.Live,
            [{ } named] when EnvironmentNames.IsKnown(named) => named,
            _ => null,
        };
        var caller = CallerOf(found, environment ?? EnvironmentNames.Live);
        context.Features.Set(new Attempt { Caller = caller });
        if (changes && !origin.IsOwn(context.Request))
            return DoorRefusals.CrossSite;
        if (environment is null)
            return CommonRefusals.EnvironmentMismatch.With(
                $"`{EnvironmentHeader}` names one of the two environments of a tenant, live and test."
            );
        context.Features.Set(found);
        return caller;
    }

    private static Caller CallerOf(FoundSession found, string environment) =>
        new()
        {
            Door = Door.Session,
            TenantId = found.TenantId,
            Handle = found.Handle,
            Environment = environment,
            Scopes = ScopeNames.OfRole(found.Role),
            SessionId = found.Id,
            OwnerKind = OwnerKinds.Member,
            OwnerId = found.MemberId,
            Suspended = found.Suspended,
            OwnerName = found.Email,
        };
}
