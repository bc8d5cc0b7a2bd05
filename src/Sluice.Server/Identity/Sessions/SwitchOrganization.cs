using Sluice.Language;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>
/// Takes a person who is signed in to another organisation of its own, without showing again who it is: a login is one for all of them.
/// The session that asks is ended; the new one lasts no longer, and counts as proven when that one was.
/// Every session is opened by the login itself: with a password, a passkey or a code. One that an organisation's own provider opened
/// would speak for that organisation alone, and must not leave it.
/// </summary>
internal sealed class SwitchOrganization(
    Database database,
    SessionOpener opener,
    TimeProvider clock
)
{
    private const int LongestHandle = 100;

    internal sealed record Request
    {
        /// <summary>The handle of the organisation to go to.</summary>
        public string? OrgId { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        SwitchOrganization act
    )
    {
        var body = await Body.Read(context, SessionJson.Default.SwitchOrganizationRequest);
        if (body.Refused)
            return body.Refusal;
        if (body.Value.OrgId is not { Length: >= 1 and <= LongestHandle } handle)
            return Wrong("org_id is needed: the organisation's handle");
        var shown = await act.Go(context, origin, handle);
        context.Response.Headers.CacheControl = "no-store";
        return shown.Refused
            ? shown.Refusal
            : TypedResults.Json(shown.Value, SessionJson.Default.SessionShown);
    }

    private sealed record Opened(SessionShown Shown, string Token);

    private async Task<Outcome<SessionShown>> Go(HttpContext context, Origin origin, string handle)
    {
        var former = context.Features.Get<FoundSession>()!;
        var opened = await database.Write(
            session => Switch(session, context, former, origin, handle),
            context.RequestAborted
        );
        if (opened.Refused)
            return opened.Refusal;
        opener.Give(context, opened.Value.Shown, opened.Value.Token);
        return opened.Value.Shown;
    }

    private async Task<Outcome<Opened>> Switch(
        Session session,
        HttpContext context,
        FoundSession former,
        Origin origin,
        string handle
    )
    {
        var tenant = await TenantStore.FindByHandle(session, handle);
        var there = tenant is null
            ? null
            : await OwnerStore.FindMemberByEmail(session, tenant.Id, former.Email);
        if (there is not { CanSignIn: true })
            return IdentityRefusals.NotAMember;
        if (tenant!.SuspendedFor is { } why)
            return Wrong($"the operator of this server has suspended {handle}: {why}");
        await LoginStore.Hold(session, former.Email);
        // Of several that ask at once with one cookie, one goes.
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await SessionStore.End(session, former.TenantId, former.MemberId, former.Id, now) == 0)
            return IdentityRefusals.SessionNotFound;
        // Two ledgers: whoever switches the other way takes them in the same order.
        var leftFirst = string.CompareOrdinal(former.TenantId, tenant.Id) < 0;
        if (leftFirst)
            await Leave();
        var (shown, token) = await opener.Open(session, context, tenant, there, "switch", former);
        if (!leftFirst)
            await Leave();
        return new Opened(shown, token);

        Task Leave() => Audit.Record(session, origin, MemberFacts.SignedOut(former.Id));
    }

    private static Refusal Wrong(string message) =>
        CommonRefusals.InvalidInput.With([new Mistake("org_id", message, Where: "org_id")]);
}
