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
        "A key cannot have a scope that its maker does not have; leave out the scopes named in `mistakes`."
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
}
