using System.Globalization;

namespace Sluice.Server.Licenses;

/// <summary>What a license says, wherever it was read.</summary>
internal sealed record LicenseTerms
{
    public required string Id { get; init; }

    public required string Organization { get; init; }

    public required string Tier { get; init; }

    /// <summary>Null: any number.</summary>
    public int? MaxNodes { get; init; }

    public IReadOnlyList<string> Features { get; init; } = [];

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Since when its key opens no door, because it was found in public; known of licenses of this house alone.</summary>
    public DateTimeOffset? KeyLeakedAt { get; init; }
}

/// <summary>How a license stands at a moment; one switch expression says it.</summary>
internal enum LicenseState
{
    /// <summary>There is none: the house is Community.</summary>
    None,
    Valid,

    /// <summary>It has ended, and everything works for seven days more.</summary>
    Grace,

    /// <summary>Changes are refused; runs go on.</summary>
    Expired,

    /// <summary>What is installed is no license of this house; changes are refused, runs go on.</summary>
    Invalid,
}

/// <summary>A license at a moment: what it allows, and what there is to say of it.</summary>
internal sealed record LicenseStanding
{
    /// <summary>Days after its end for which a license still holds.</summary>
    public const int GraceDays = 7;

    public required LicenseState State { get; init; }

    /// <summary>Null where there is no license.</summary>
    public LicenseTerms? Terms { get; init; }

    /// <summary>Why it is not valid, or soon will not be; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    public bool IsValid => State is LicenseState.None or LicenseState.Valid or LicenseState.Grace;

    /// <summary>Whether what changes something is refused.</summary>
    public bool RefusesChanges => State is LicenseState.Expired or LicenseState.Invalid;

    public string Tier => Terms?.Tier ?? LicenseTier.Community.Name;

    public int? MaxNodes => Terms is null ? LicenseTier.Community.MaxNodes : Terms.MaxNodes;

    public IReadOnlyList<string> Features => Terms?.Features ?? LicenseTier.Community.Features;

    public static readonly LicenseStanding Community = new() { State = LicenseState.None };

    public static LicenseStanding NotGenuine(string reason) =>
        new() { State = LicenseState.Invalid, Reason = reason };

    public static LicenseStanding Of(LicenseTerms terms, DateTimeOffset now)
    {
        var state =
            now < terms.ExpiresAt ? LicenseState.Valid
            : now < terms.ExpiresAt.AddDays(GraceDays) ? LicenseState.Grace
            : LicenseState.Expired;
        return new LicenseStanding
        {
            State = state,
            Terms = terms,
            Reason = state switch
            {
                LicenseState.Grace =>
                    $"The license ended on {Day(terms.ExpiresAt)}. Everything works until {Day(terms.ExpiresAt.AddDays(GraceDays))}; renew it before.",
                LicenseState.Expired =>
                    $"The license ended on {Day(terms.ExpiresAt)}, and its {GraceDays} days of grace are over: changes are refused until a renewal is installed. Running flows go on.",
                _ => null,
            },
        };
    }

    internal static string Day(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
