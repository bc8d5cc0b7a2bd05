using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

internal static class DoorRefusals
{
    public static readonly Refusal Unauthorized = new(
        "unauthorized",
        401,
        "No valid credential came with the request (invalid or missing API key): send `Authorization: Bearer <key>`, and check that the key is whole and not revoked."
    );
    public static readonly Refusal WrongDoor = new(
        "wrong_door",
        401,
        "This credential is not taken here."
    );
    public static readonly Refusal MissingScope = new(
        "missing_scope",
        403,
        "The credential is valid but lacks permissions: a scope that this call needs."
    );
    public static readonly Refusal CrossSite = new(
        "cross_site_request",
        403,
        "A change that is made with a session's cookie must come from a page of this house: nothing in the request says so. Programs send the header `Sluice-Csrf: 1` beside the cookie."
    );
    public static readonly Refusal TenantMismatch = new(
        "tenant_mismatch",
        403,
        "A tenant header names another tenant than the credential does; check that the tenant ID matches your key, and leave the header out or correct it."
    );

    public static readonly Refusal DecisionNotFound = new(
        "decision_not_found",
        404,
        "No refusal of this tenant is on record under this request id; refusals are kept for 7 days."
    );

    public static readonly Refusal AdminKeySetOutside = new(
        "admin_key_set_outside",
        409,
        "The admin key comes from `SLUICE_ADMIN_API_KEY`: change it there, and start the servers anew."
    );
    public static readonly Refusal Suspended = new(
        "organization_suspended",
        403,
        "The operator of this server has suspended the organisation; nothing of it is lost. Contact the operator."
    );

    /// <summary>Names the door that the family takes (seed 001's common mistakes).</summary>
    public static Refusal WrongDoorFor(Row row) =>
        WrongDoor.With(
            row.Doors.HasFlag(Door.Admin)
                ? "This credential is not taken here: these routes take the admin key in `X-Admin-API-Key`."
            : row.Doors.HasFlag(Door.Scim)
                ? "This credential is not taken here: these routes take a SCIM token as bearer."
            : row.Doors.HasFlag(Door.Key)
                ? "This credential is not taken here: these routes take an API key as bearer, or a session."
            : "This credential is not taken here: these routes take a session."
        );
}
