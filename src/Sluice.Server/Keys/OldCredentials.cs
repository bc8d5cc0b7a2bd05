using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Client ids with their secrets, which come by HTTP Basic, and keys <c>client-{name}-{env}-{hash}</c>: taken while the operator has switched
/// old credentials on, so that callers can move to keys and licenses one by one. A pair is a key whose text is <c>id:secret</c>: all that
/// holds for keys holds for it.
/// </summary>
internal static class OldCredentials
{
    public const string Shape = "basic";

    /// <summary>Most characters of an id, and of a secret.</summary>
    public const int LongestPart = 128;
    private const long DayMs = 86_400_000;
    private const int Days = 30;

    internal sealed record Request
    {
        /// <summary>The client id, 1 to 128 characters without a colon.</summary>
        public string? ClientId { get; init; }

        /// <summary>The client secret, 1 to 128 characters. It is hashed here, and kept nowhere.</summary>
        public string? ClientSecret { get; init; }

        /// <summary><c>live</c> (default) or <c>test</c>.</summary>
        public string? Environment { get; init; }

        /// <summary>Names of scopes; absent: all that the organisation's first owner may do.</summary>
        public IReadOnlyList<string>? Scopes { get; init; }

        // The secret must not reach a log by way of a record's printer.
        public override string ToString() => $"Request {{ ClientId = {ClientId} }}";
    }

    /// <param name="OrgId">The organisation's handle.</param>
    /// <param name="Shape"><c>basic</c> or <c>client</c>.</param>
    /// <param name="Calls">Of the last 30 days.</param>
    internal sealed record Shown(
        string OrgId,
        string KeyId,
        string Name,
        string Shape,
        string Masked,
        long Calls,
        DateTimeOffset? LastUsedAt
    );

    /// <param name="SwitchedOn">Whether they are taken at all.</param>
    /// <param name="Until">From then on they are not; null: no end is set.</param>
    internal sealed record Response(
        bool SwitchedOn,
        DateTimeOffset? Until,
        IReadOnlyList<Shown> Data
    );

    /// <summary>What is kept of a pair.</summary>
    /// <param name="Hash">SHA-256 of <c>id:secret</c>.</param>
    /// <param name="OfSecret">HMAC of the secret alone, with a key that is not in the database: it may hold too little that is secret for a hash.</param>
    private sealed record PairText(byte[] Hash, byte[] OfSecret);

    private sealed record Row
    {
        public required string Handle { get; init; }

        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Shape { get; init; }

        public required string Masked { get; init; }

        public required long Calls { get; init; }

        public long? LastUsedAt { get; init; }
    }

    /// <summary>The text <c>id:secret</c> of a header <c>Authorization: Basic</c>; empty when it brings none.</summary>
    public static string PairOf(HttpRequest request)
    {
        if (
            request.Headers.Authorization is not [{ } header]
            || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
        )
            return "";
        var bytes = new byte[3 * LongestPart];
        return
            Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var pair
            && pair.Contains(':', StringComparison.Ordinal)
            ? pair
            : "";
    }

    /// <summary>Says in an answer that the credential is on its way out (RFC 9745), and until when it is taken (RFC 8594).</summary>
    public static void Mark(HttpResponse response, KeyOptions options)
    {
        response.Headers["Deprecation"] =
            $"@{options.OldCredentialsDeprecated.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}";
        if (options.OldCredentialsUntil is { } until)
            response.Headers["Sunset"] = until
                .ToUniversalTime()
                .ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>The operator brings a pair along from the system before.</summary>
    public static async Task<IResult> Import(
        string org,
        HttpContext context,
        Origin origin,
        Database database,
        IOptions<KeyOptions> options,
        LicenseIssuer issuer,
        UlidSource ids
    )
    {
        var body = await Body.Read(context, KeyJson.Default.OldCredentialsRequest);
        if (body.Refused)
            return body.Refusal;
        if (!options.Value.OldCredentials)
            return KeyRefusals.ShapeDisabled;
        var mistakes = new List<Mistake>();
        Check(body.Value.ClientId, "client_id", mistakes);
        Check(body.Value.ClientSecret, "client_secret", mistakes);
        if (body.Value.ClientId?.Contains(':', StringComparison.Ordinal) == true)
            mistakes.Add(new Mistake("client_id", "client_id holds no colon", Where: "client_id"));
        var environment = body.Value.Environment ?? EnvironmentNames.Live;
        if (!EnvironmentNames.IsKnown(environment))
            mistakes.Add(
                new Mistake("environment", "environment is live or test", Where: "environment")
            );
        var scopes = ScopeNames.Read(body.Value.Scopes, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var wish = new KeyWish(body.Value.ClientId!, environment, Shape, scopes);
        var text = new PairText(
            KeyText.Hash($"{body.Value.ClientId}:{body.Value.ClientSecret}"),
            issuer.Key.Fingerprint(body.Value.ClientSecret!)
        );
        var made = await database.Write(
            session => Keep(session, origin, org, wish, text, ids),
            context.RequestAborted
        );
        return made.Refused
            ? made.Refusal
            : TypedResults.Json(
                KeyShown.Of(made.Value),
                KeyJson.Default.KeyShown,
                statusCode: StatusCodes.Status201Created
            );
    }

    /// <summary>Who still uses them.</summary>
    public static async Task<IResult> List(
        Database database,
        IOptions<KeyOptions> options,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var since = clock.GetUtcNow().ToUnixTimeMilliseconds() / DayMs - Days;
        var rows = await database.Read(
            session =>
                session
                    .Across("the operator sees who still uses old credentials, of all tenants")
                    .Query<Row>(
                        """
                        SELECT t.handle, k.id, k.name, k.shape, k.masked, k.last_used_at, CAST(COALESCE(SUM(u.calls), 0) AS BIGINT) AS calls
                        FROM keys k
                        JOIN tenants t ON t.id = k.tenant_id
                        LEFT JOIN key_usage u ON u.tenant_id = k.tenant_id AND u.key_id = k.id AND u.day > @since
                        WHERE k.shape IN ('basic', 'client') AND k.revoked_at IS NULL
                        GROUP BY t.handle, k.id, k.name, k.shape, k.masked, k.last_used_at
                        ORDER BY t.handle, k.id
                        """,
                        new { since }
                    ),
            stop
        );
        return TypedResults.Json(
            new Response(
                options.Value.OldCredentials,
                options.Value.OldCredentialsUntil,
                [
                    .. rows.Select(row => new Shown(
                        row.Handle,
                        row.Id,
                        row.Name,
                        row.Shape,
                        row.Masked,
                        row.Calls,
                        row.LastUsedAt is { } at
                            ? DateTimeOffset.FromUnixTimeMilliseconds(at)
                            : null
                    )),
                ]
            ),
            KeyJson.Default.OldCredentialsResponse
        );
    }

    private static async Task<Outcome<Key>> Keep(
        Session session,
        Origin origin,
        string org,
        KeyWish wish,
        PairText text,
        UlidSource ids
    )
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return KeyRefusals.OrganizationNotFound;
        if (await CreateOrganizationKey.OwnerOf(session, tenant.Id) is not { } owner)
            return KeyRefusals.OrganizationNotFound;
        var key = new Key
        {
            Id = ids.NextText(),
            Environment = wish.Environment,
            Name = wish.Name,
            Shape = Shape,
            Hash = text.Hash,
            SecretFingerprint = text.OfSecret,
            Masked = KeyText.Mask(wish.Name),
            Scopes = wish.Scopes is { } scopes ? (long)scopes : (long?)owner.Scopes,
            OwnerKind = owner.Kind,
            OwnerId = owner.Id,
            CreatedAt = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        if (await KeyStore.IsKept(session, key.Hash))
            return KeyRefusals.PairKnown;
        await KeyStore.Insert(session, tenant.Id, key);
        await Audit.Record(session, origin, KeyFacts.Created(key) with { TenantId = tenant.Id });
        return key;
    }

    private static void Check(string? part, string where, List<Mistake> mistakes)
    {
        if (part is null or "" || part.Length > LongestPart || part.Any(char.IsControl))
            mistakes.Add(
                new Mistake(
                    where,
                    $"{where} is needed: 1 to {LongestPart} printable characters",
                    Where: where
                )
            );
    }
}
