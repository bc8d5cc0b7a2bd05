using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.UserTokens;

/// <summary>The operator ends one token, or all of a member, at once and on every server. Content when they are revoked already.</summary>
internal static class RevokeUserTokens
{
    private const int LongestReason = 500;

    internal sealed record Request
    {
        /// <summary>The token's id; or <c>user_email</c> for all of a member.</summary>
        public string? Jti { get; init; }

        public string? UserEmail { get; init; }

        /// <summary>Why, for the ledger; 1 to 500 characters.</summary>
        public string? Reason { get; init; }
    }

    /// <param name="Success">Always true: what fails is a refusal.</param>
    /// <param name="Revoked">Ids of the tokens that this call ended.</param>
    internal sealed record Response(bool Success, IReadOnlyList<string> Revoked);

    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Origin origin,
        Database database
    )
    {
        var body = await Body.Read(context, UserTokenJson.Default.RevokeUserTokensRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var email = UserToken.ReadName(body.Value.Jti, body.Value.UserEmail, mistakes);
        var reason = body.Value.Reason?.Trim() ?? "";
        if (reason.Length is < 1 or > LongestReason)
            mistakes.Add(
                new Mistake(
                    "reason",
                    $"reason is needed: 1 to {LongestReason} characters for the ledger",
                    Where: "reason"
                )
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var revoked = await database.Write(
            session => Revoke(session, origin, org, body.Value.Jti, email, reason),
            context.RequestAborted
        );
        return revoked.Refused
            ? revoked.Refusal
            : TypedResults.Json(revoked.Value, UserTokenJson.Default.RevokeUserTokensResponse);
    }

    private static async Task<Outcome<Response>> Revoke(
        Session session,
        Origin origin,
        string org,
        string? jti,
        string? email,
        string reason
    )
    {
        var found = await UserToken.Find(session, org, jti, email);
        if (found.Refused)
            return found.Refusal;
        var tenant = found.Value.Tenant.Id;
        var now = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var revoked = new List<Key>();
        foreach (var key in found.Value.Keys.Where(key => key.IsActive(now)))
        {
            if (await KeyStore.Revoke(session, tenant, key.Id, now) == 1)
                revoked.Add(key);
        }
        foreach (var key in revoked)
        {
            var fact = KeyFacts.Revoked(key) with { TenantId = tenant };
            fact["reason"] = reason;
            await Audit.Record(session, origin, fact);
        }
        return new Response(true, [.. revoked.Select(key => key.Id)]);
    }
}
