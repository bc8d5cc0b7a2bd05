using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>From the text of a license key to what it says.</summary>
internal sealed class LicenseReader(LicenseIssuer issuer, IOptions<LicenseOptions> options)
{
    private readonly string _prefix = options.Value.Prefix;

    public LicenseForm FormOf(string text) => LicenseText.FormOf(text, _prefix);

    /// <summary>The license of this house's own making that the text is the key of; null: none. Asks the database, every time.</summary>
    public async Task<License?> Find(Session session, string text)
    {
        var form = FormOf(text);
        // Only who has the issuer's key can make a text whose proof holds: others are not looked up.
        return
            form == LicenseForm.None
            || (form == LicenseForm.Short && !LicenseText.ProofHolds(text, issuer.Key))
            ? null
            : await LicenseStore.FindByFingerprint(session, issuer.Key.Fingerprint(text));
    }

    /// <summary>Reads what is to be the license of this house.</summary>
    public async Task<Outcome<LicenseTerms>> ReadInstall(Session session, string text)
    {
        var form = FormOf(text);
        if (form == LicenseForm.None)
            return NotAccepted(LicenseRefusals.InvalidKey.Detail);
        var own = await Find(session, text);
        if (own is { RevokedAt: not null })
            return NotAccepted(LicenseRefusals.ValidationFailed.Detail);
        if (form == LicenseForm.Short)
        {
            return own is { Purpose: LicensePurpose.Install } && issuer.TrustsItself ? own.Terms()
                : own is null ? NotAccepted(LicenseRefusals.ValidationFailed.Detail)
                : NotAccepted(NotForInstall);
        }
        var (verdict, claims) = SignedLicense.Read(text, issuer.Trusted);
        if (verdict == LicenseVerdict.Malformed)
            return NotAccepted(LicenseRefusals.InvalidKey.Detail);
        if (verdict == LicenseVerdict.UnknownIssuer)
            return NotAccepted(
                "License validation failed: its issuer is not among those that this house trusts (`Licenses:Issuers`)."
            );
        if (verdict == LicenseVerdict.BadSignature)
            return NotAccepted(
                "License validation failed: the signature does not hold. Ensure that the key is copied exactly, with no extra spaces or newlines."
            );
        // By its name: a signature can be written in other ways, and another text of it is the same license.
        if (
            claims!.Issuer == issuer.Key.Public.Id
            && await LicenseStore.Find(session, claims.Id) is { RevokedAt: not null }
        )
            return NotAccepted(LicenseRefusals.ValidationFailed.Detail);
        if (claims.Use != LicensePurpose.Install || LicenseTier.Find(claims.Tier) is not { } tier)
            return NotAccepted(NotForInstall);
        return new LicenseTerms
        {
            Id = claims.Id,
            Organization = claims.Organization,
            Tier = tier.Name,
            MaxNodes = claims.MaxNodes,
            Features = claims.Features,
            ExpiresAt = claims.ExpiresAt,
        };
    }

    private const string NotForInstall =
        "Invalid license key: it is a tenant's, or of a tier that this version does not know; a house is installed with a license that was issued for it (`sluice license issue --install`).";

    private static Refusal NotAccepted(string detail) => LicenseRefusals.NotAccepted.With(detail);
}
