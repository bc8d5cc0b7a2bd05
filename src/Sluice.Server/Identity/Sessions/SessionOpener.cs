using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Sessions;

/// <summary>Opens a session for a person who has shown who it is; whatever cookie the request brought is ended with it.</summary>
internal sealed class SessionOpener(
    SessionCookie cookie,
    IOptions<SessionOptions> options,
    UlidSource ids,
    TimeProvider clock
)
{
    private const int LongestAgent = 200;

    /// <summary>Keeps the session, in the caller's write; the token is for <see cref="Give"/> alone.</summary>
    /// <param name="how">With what the person came in, for the ledger.</param>
    /// <param name="former">The session that this one goes on for; null where the person has just shown who it is.</param>
    public async Task<(SessionShown Shown, string Token)> Open(
        Session session,
        HttpContext context,
        Tenant tenant,
        Member member,
        string how,
        FoundSession? former = null
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await EndFormer(session, context, now);
        var token = TokenText.Mint();
        var made = new MemberSession
        {
            Id = ids.Next().ToString(),
            MemberId = member.Id,
            Hash = TokenText.Hash(token),
            Role = member.Role,
            CreatedAt = now,
            ExpiresAt = former?.ExpiresAt ?? now + (long)options.Value.Lifetime.TotalMilliseconds,
            UsedAt = now,
            ProvenAt = former?.ProvenAt ?? now,
            Address = Addresses.Show(context.Connection.RemoteIpAddress),
            Agent = Clip(context.Request.Headers.UserAgent.ToString()),
        };
        await SessionStore.Insert(session, tenant.Id, made);
        await Audit.Record(
            session,
            Origin.Of(context).As(tenant.Id, OwnerKinds.Member, member.Id, member.Email),
            MemberFacts.SignedIn(made.Id, how)
        );
        return (SessionShown.Of(made.Id, tenant.Handle, member, made.ExpiresAt), token);
    }

    /// <summary>Puts the cookie into the answer.</summary>
    public void Give(HttpContext context, SessionShown shown, string token) =>
        cookie.Set(context.Response, token, shown.ExpiresAt, clock.GetUtcNow());

    private async Task EndFormer(Session session, HttpContext context, long now)
    {
        if (
            cookie.Read(context.Request) is { } former
            && TokenText.HasShape(former)
            && await SessionStore.Find(session, TokenText.Hash(former)) is { } found
        )
            await SessionStore.End(session, found.TenantId, found.MemberId, found.Id, now);
    }

    /// <summary>What a program calls itself, short and harmless to look at.</summary>
    internal static string Clip(string agent) => PlainText.Of(agent, LongestAgent);
}
