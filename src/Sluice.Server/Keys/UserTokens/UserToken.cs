using Sluice.Language;
using Sluice.Server.Identity;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.UserTokens;

/// <summary>
/// A key that the operator makes for one member, for a time: owned by that member, so that it ends with the person, and never doing more
/// than the role that it was made with. Its <c>jti</c> is the key's id.
/// </summary>
internal static class UserToken
{
    /// <summary>What such a key is for, in its row.</summary>
    public const string Purpose = "user_token";

    public const int DefaultHours = 720;

    private const int MostHours = 8760;
    private const long HourMs = 3_600_000;

    public static long EndsAt(long now, long hours) => now + hours * HourMs;

    /// <summary>How many hours it lives, where that is said.</summary>
    public static long? ReadHours(long? hours, List<Mistake> mistakes) =>
        KeyWishes.Within(hours, 1, MostHours, "ttl_hours", "hours", mistakes);

    /// <summary>Either an id or a member's address names tokens.</summary>
    /// <returns>The address as it is kept; null where an id names it, or nothing does.</returns>
    public static string? ReadName(string? jti, string? email, List<Mistake> mistakes)
    {
        var address = Email.Read(email);
        if (jti is null == email is null || (email is not null && address is null))
            mistakes.Add(
                new Mistake(
                    "user_token",
                    "either jti or user_email is needed: the token's id, or the member's address",
                    Where: email is null ? "jti" : "user_email"
                )
            );
        return address;
    }

    /// <summary>The tokens that are meant: the one with an id, however it stands, or those of a member that are not revoked.</summary>
    public static async Task<Outcome<UserTokensFound>> Find(
        Session session,
        string org,
        string? jti,
        string? email
    )
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return KeyRefusals.OrganizationNotFound;
        if (jti is not null)
            return await KeyStore.Find(session, tenant.Id, jti) is { Purpose: Purpose } key
                ? new UserTokensFound(tenant, [key])
                : UserTokenRefusals.NotFound;
        return await OwnerStore.FindMemberByEmail(session, tenant.Id, email!) is { } member
            ? new UserTokensFound(
                tenant,
                await KeyStore.OfMember(session, tenant.Id, member.Id, Purpose)
            )
            : IdentityRefusals.MemberNotFound;
    }
}

internal sealed record UserTokensFound(Tenant Tenant, IReadOnlyList<Key> Keys);

/// <summary>A token in the answer that made it.</summary>
internal sealed record UserTokenShown
{
    /// <summary>The text: in this answer and never again.</summary>
    public required string Token { get; init; }

    /// <summary>Its id, by which it is rotated and revoked.</summary>
    public required string Jti { get; init; }

    public required string OrgId { get; init; }

    public required string UserEmail { get; init; }

    public required string Environment { get; init; }

    /// <summary>What it may do at most; it never does more than its member may at that moment.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The token that it succeeds.</summary>
    public required string? RotatedFrom { get; init; }

    // The text must not reach a log by way of a record's printer.
    public override string ToString() => $"UserTokenShown {{ Jti = {Jti} }}";
}

/// <summary>A token as it was just made, with its text, the member's address and the organisation.</summary>
internal sealed record MintedUserToken(Tenant Tenant, string Email, MintedKey Minted)
{
    public override string ToString() => Minted.ToString();
}

/// <param name="Success">Always true: what fails is a refusal.</param>
internal sealed record UserTokenMade(bool Success, UserTokenShown UserToken)
{
    public static IResult Answer(HttpContext context, Outcome<MintedUserToken> made)
    {
        if (made.Refused)
            return made.Refusal;
        context.Response.Headers.CacheControl = "no-store";
        var (tenant, email, minted) = made.Value;
        var key = minted.Key;
        return TypedResults.Json(
            new UserTokenMade(
                true,
                new UserTokenShown
                {
                    Token = minted.Text,
                    Jti = key.Id,
                    OrgId = tenant.Handle,
                    UserEmail = email,
                    Environment = key.Environment,
                    Scopes = ScopeNames.Names((Scopes)key.Scopes!.Value),
                    IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt),
                    ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(key.ExpiresAt!.Value),
                    RotatedFrom = key.RotatedFrom,
                }
            ),
            UserTokenJson.Default.UserTokenMade,
            statusCode: StatusCodes.Status201Created
        );
    }
}
