using Sluice.Server.Vocabulary;

namespace Sluice.Server.Licenses;

/// <summary>The sentences begin as seed 000's "common migration issues" name them.</summary>
internal static class LicenseRefusals
{
    public static readonly Refusal InvalidKey = new(
        "invalid_license_key",
        401,
        "Invalid license key: its format is {PREFIX}-{TIER}-{ID}-{TIMESTAMP}-{HMAC}, or a signed license; check that it is whole."
    );
    public static readonly Refusal ValidationFailed = new(
        "license_validation_failed",
        401,
        "License validation failed: the key is none of this server's, or is revoked. Ensure that it is copied exactly, with no extra spaces or newlines."
    );
    public static readonly Refusal Expired = new(
        "license_expired",
        403,
        "The license has expired; contact whoever sold it for a renewal, and install that."
    );
    public static readonly Refusal NotAccepted = new(
        "license_not_accepted",
        400,
        "The license cannot be installed here."
    );
    public static readonly Refusal SetOutside = new(
        "license_set_outside",
        409,
        "The license of this server comes from its environment, a file or a key service: replace it there; the server reads it again by itself."
    );
    public static readonly Refusal FeatureNotAvailable = new(
        "feature_not_available",
        403,
        "Feature not available in tier: upgrade the license tier, or use available features."
    );
    public static readonly Refusal NotFound = new(
        "license_not_found",
        404,
        "There is no license with this id."
    );
    public static readonly Refusal NotActive = new(
        "license_not_active",
        409,
        "This license is revoked, or has a successor already; renew that one, or issue a new one."
    );
    public static readonly Refusal NoTenant = new(
        "license_tenant_not_found",
        404,
        "There is no organisation with this id to give a license to."
    );
}
