using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

internal static class KeyRefusals
{
    public static readonly Refusal NotFound = new(
        "key_not_found",
        404,
        "There is no key with this id in this tenant and environment."
    );
    public static readonly Refusal WiderThanCaller = new(
        "key_wider_than_caller",
        403,
        "A key cannot be wider than the key that makes it, nor do more than its owner; leave out what `mistakes` names."
    );
    public static readonly Refusal ScopesNeeded = new(
        "key_scopes_needed",
        400,
        "A key of a service account names its scopes."
    );
    public static readonly Refusal ShapeDisabled = new(
        "key_shape_disabled",
        400,
        "Keys of the shape `client` are minted only while old credentials are switched on (`Keys:OldCredentials`)."
    );
    public static readonly Refusal OrganizationNotFound = new(
        "organization_not_found",
        404,
        "There is no organisation with this id."
    );
    public static readonly Refusal NotActive = new(
        "key_not_active",
        409,
        "This key is revoked or has ended; make a new one instead."
    );
    public static readonly Refusal RotatedAlready = new(
        "key_rotated_already",
        409,
        "This key has a successor already; rotate that one, or revoke this one."
    );
    public static readonly Refusal OthersKeys = new(
        "others_keys",
        403,
        "Making keys for a service account needs the scope `admin`."
    )
    {
        Scope = "admin",
    };
    public static readonly Refusal FormNeeded = new(
        "form_needed",
        415,
        "Introspection takes a form (`application/x-www-form-urlencoded`) with the member `token` (RFC 7662)."
    );
    public static readonly Refusal PairKnown = new(
        "client_credential_known",
        409,
        "This client id with this secret is known already; nothing was changed."
    );
    public static readonly Refusal KnownAlready = new(
        "key_known",
        409,
        "Keys of this import are here already; `mistakes` names them. Nothing was imported: leave them out."
    );
    public static readonly Refusal NotImportable = new(
        "key_not_importable",
        409,
        "This server does not take every text of this import as a key. Nothing was imported: leave out what `mistakes` names, or ask the operator."
    );
    public static readonly Refusal AddressNotAllowed = new(
        "address_not_allowed",
        403,
        "This key may not be used from this address; its ranges are listed with it."
    );
    public static readonly Refusal RateLimited = new(
        "rate_limited",
        429,
        "Too many calls in a short time; wait as long as `Retry-After` says."
    );
    public static readonly Refusal QuotaUsed = new(
        "daily_quota_used",
        429,
        "This key has made all the calls that it may make today; it works again from midnight UTC."
    );
    public static readonly Refusal AddressBarred = new(
        "too_many_bad_keys",
        429,
        "This address presented too many credentials that are none; wait as long as `Retry-After` says, and check the key."
    );
}
