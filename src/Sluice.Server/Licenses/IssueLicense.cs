using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>
/// Issues a license: to a tenant of this house (<c>org_id</c>), or for another house (<c>organization</c>), where it is installed. The text
/// of its key is in the answer and never again.
/// </summary>
internal sealed partial class IssueLicense(
    Database database,
    LicenseIssuer issuer,
    IOptions<LicenseOptions> options,
    UlidSource ids,
    TimeProvider clock,
    ILogger<License> log
)
{
    /// <summary>Short keys have 100000 numbers for each tier and day: when one is taken, another is drawn.</summary>
    private const int MostDraws = 50;

    internal sealed record Request
    {
        /// <summary>Handle of the tenant that has bought it.</summary>
        public string? OrgId { get; init; }

        /// <summary>Who runs the house that it is to be installed in, 1 to 200 characters.</summary>
        public string? Organization { get; init; }

        /// <summary>Professional, Enterprise or Enterprise Plus.</summary>
        public string? Tier { get; init; }

        /// <summary><c>short</c> (default) or <c>signed</c>.</summary>
        public string? Form { get; init; }

        /// <summary>Most nodes; absent: what the tier brings.</summary>
        public int? MaxNodes { get; init; }

        /// <summary>What it opens, of what the tier brings; absent: all of that.</summary>
        public IReadOnlyList<string>? Features { get; init; }

        /// <summary>Calls a minute with the key; absent: what the tier brings.</summary>
        public int? RateLimit { get; init; }

        /// <summary>Days until it ends, 1 to 7320; 365 unless said.</summary>
        public int? Days { get; init; }

        /// <summary>When it ends, in the place of <c>days</c>; rounded up to a midnight in UTC.</summary>
        public DateTimeOffset? ExpiresAt { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Origin origin, IssueLicense act)
    {
        var body = await Body.Read(context, LicenseJson.Default.IssueLicenseRequest);
        if (body.Refused)
            return body.Refusal;
        var made = await act.Issue(body.Value, origin, context.RequestAborted);
        return made.Refused ? made.Refusal : Answer(context, made.Value);
    }

    private async Task<Outcome<MintedLicense>> Issue(
        Request request,
        Origin origin,
        CancellationToken stop
    )
    {
        var wish = LicenseWish.Read(request, clock.GetUtcNow());
        if (wish.Refused)
            return wish.Refusal;
        return await database.Write(
            async session =>
            {
                Tenant? tenant = null;
                if (
                    request.OrgId is { } handle
                    && (tenant = await TenantStore.FindByHandle(session, handle)) is null
                )
                    return LicenseRefusals.NoTenant;
                var minted = await Mint(
                    session,
                    wish.Value,
                    tenant?.Id,
                    tenant?.Handle ?? request.Organization!.Trim(),
                    renews: null
                );
                await Audit.Record(session, origin, LicenseFacts.Issued(minted.License));
                return (Outcome<MintedLicense>)minted;
            },
            stop
        );
    }

    /// <summary>Makes the row and the text, and drops a number that is taken.</summary>
    internal async Task<MintedLicense> Mint(
        Session session,
        LicenseWish wish,
        string? tenantId,
        string organization,
        string? renews
    )
    {
        for (var i = 0; i < MostDraws; i++)
        {
            var minted = Draw(wish, tenantId, organization, renews);
            if (!await LicenseStore.Insert(session, minted.License))
                continue;
            if (tenantId is not null)
                await TenantStore.SetTier(session, tenantId, wish.Tier.Name);
            LogIssued(log, minted.License.Id, organization, wish.Tier.Name, minted.License.Form);
            return minted;
        }
        throw new InvalidOperationException("Every number of this tier and day seems taken.");
    }

    private MintedLicense Draw(
        LicenseWish wish,
        string? tenantId,
        string organization,
        string? renews
    )
    {
        var claims = new LicenseClaims
        {
            Id = ids.Next().ToString(),
            Issuer = issuer.Key.Public.Id,
            Use = tenantId is null ? LicensePurpose.Install : LicensePurpose.Tenant,
            Organization = organization,
            Tier = wish.Tier.Name,
            MaxNodes = wish.MaxNodes,
            Features = wish.Features,
            IssuedAt = wish.IssuedAt,
            ExpiresAt = new DateTimeOffset(wish.End.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        };
        var prefix = options.Value.Prefix;
        var text =
            wish.Form == LicenseForm.Signed
                ? SignedLicense.Mint(issuer.Key, prefix, claims)
                : LicenseText.MintShort(issuer.Key, prefix, wish.Tier.Code, wish.End);
        var license = new License
        {
            Id = claims.Id,
            Purpose = claims.Use,
            Tenant = tenantId,
            Organization = organization,
            Tier = claims.Tier,
            Form = wish.Form == LicenseForm.Signed ? "signed" : "short",
            Issuer = claims.Issuer,
            Fingerprint = issuer.Key.Fingerprint(text),
            Masked = License.Mask(text, wish.Form),
            MaxNodes = wish.MaxNodes,
            Features = string.Join(' ', wish.Features),
            RateLimit = wish.RateLimit,
            IssuedAt = wish.IssuedAt.ToUnixTimeMilliseconds(),
            ExpiresAt = claims.ExpiresAt.ToUnixTimeMilliseconds(),
            RenewedFrom = renews,
        };
        return new MintedLicense(license, text);
    }

    internal static IResult Answer(HttpContext context, MintedLicense minted)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            LicenseShown.Of(minted.License) with
            {
                Key = minted.Text,
            },
            LicenseJson.Default.LicenseShown,
            statusCode: StatusCodes.Status201Created
        );
    }

    [LoggerMessage(
        1805,
        LogLevel.Information,
        "License {LicenseId} issued to {Organization}: {Tier}, {Form}"
    )]
    private static partial void LogIssued(
        ILogger log,
        string licenseId,
        string organization,
        string tier,
        string form
    );
}

/// <summary>A license that was issued just now, and the text of its key, which is kept nowhere.</summary>
internal sealed record MintedLicense(License License, string Text)
{
    // The text must not reach a log by way of a record's printer.
    public override string ToString() => $"MintedLicense {{ Id = {License.Id} }}";
}
