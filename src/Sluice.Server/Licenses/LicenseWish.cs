using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>A license that is to be issued, read from a request: every mistake at once.</summary>
internal sealed record LicenseWish
{
    /// <summary>Most days from now to the end.</summary>
    private const int MostDays = 7320;

    private const int DefaultDays = 365;

    public required LicenseTier Tier { get; init; }

    public required LicenseForm Form { get; init; }

    public required int? MaxNodes { get; init; }

    public required IReadOnlyList<string> Features { get; init; }

    public required int? RateLimit { get; init; }

    public required DateOnly End { get; init; }

    /// <summary>When it is issued: the moment that its end was counted from.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    public static Outcome<LicenseWish> Read(IssueLicense.Request request, DateTimeOffset now)
    {
        var mistakes = new List<Mistake>();
        var tier = LicenseTier.Find(request.Tier);
        if (tier is not { Code.Length: > 0 })
            mistakes.Add(Wrong("tier", "tier is one of Professional, Enterprise, Enterprise Plus"));
        LicenseForm? form = request.Form switch
        {
            null or "short" => LicenseForm.Short,
            "signed" => LicenseForm.Signed,
            _ => null,
        };
        if (form is null)
            mistakes.Add(Wrong("form", "form is short (default) or signed"));
        if (request.MaxNodes is < 1 or > 100_000)
            mistakes.Add(Wrong("max_nodes", "max_nodes is 1 to 100000"));
        if (request.RateLimit is < 1 or > 1_000_000)
            mistakes.Add(Wrong("rate_limit", "rate_limit is 1 to 1000000 calls a minute"));
        if (request.OrgId is null == request.Organization is null)
            mistakes.Add(
                Wrong(
                    "org_id",
                    "org_id names a tenant of this house, organization whoever installs the license in another: one of the two"
                )
            );
        if (
            request.Organization is { } organization
            && (organization.Trim().Length is < 1 or > 200 || !PlainText.Is(organization))
        )
            mistakes.Add(Wrong("organization", "organization has 1 to 200 printable characters"));
        var end = ReadEnd(request.Days, request.ExpiresAt, now, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var missing = (request.Features ?? []).Except(tier!.Features).ToList();
        if (missing.Count > 0)
            return LicenseRefusals.FeatureNotAvailable.With(
                $"Feature not available in tier: {tier.Name} has no {string.Join(", ", missing)}; upgrade the license tier, or use available features ({(tier.Features.Count == 0 ? "none" : string.Join(", ", tier.Features))})."
            );
        return new LicenseWish
        {
            Tier = tier,
            Form = form!.Value,
            MaxNodes = request.MaxNodes ?? tier.MaxNodes,
            Features = request.Features ?? tier.Features,
            RateLimit = request.RateLimit ?? tier.RateLimit,
            End = end,
            IssuedAt = now,
        };
    }

    /// <summary>The day at whose beginning it ends: an end within a day is its next midnight, in UTC.</summary>
    public static DateOnly ReadEnd(
        int? days,
        DateTimeOffset? expiresAt,
        DateTimeOffset now,
        List<Mistake> mistakes
    )
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (days is not null && expiresAt is not null)
            mistakes.Add(Wrong("days", "days and expires_at say the same: one of the two"));
        if (expiresAt is { } at)
        {
            if (at <= now || at > now.AddDays(MostDays))
            {
                mistakes.Add(
                    Wrong("expires_at", $"expires_at is later than now, by {MostDays} days at most")
                );
                return today;
            }
            var day = DateOnly.FromDateTime(at.UtcDateTime);
            return at.UtcDateTime.TimeOfDay == TimeSpan.Zero ? day : day.AddDays(1);
        }
        if (days is < 1 or > MostDays)
        {
            mistakes.Add(Wrong("days", $"days is 1 to {MostDays}"));
            return today;
        }
        return today.AddDays(days ?? DefaultDays);
    }

    private static Mistake Wrong(string where, string what) => new(where, what, Where: where);
}
