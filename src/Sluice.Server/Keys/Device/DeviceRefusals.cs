using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>The errors of OAuth 2.0 (RFC 6749, section 5.2) and of the device grant (RFC 8628, section 3.5): here the code is the word of the standard.</summary>
internal static class DeviceRefusals
{
    public static readonly Refusal InvalidRequest = new(
        "invalid_request",
        400,
        "The form lacks a parameter, or has one twice; it is sent as application/x-www-form-urlencoded."
    );
    public static readonly Refusal InvalidClient = new(
        "invalid_client",
        400,
        "No program with this client_id may ask here; the operator names them in `Device:Clients`."
    );
    public static readonly Refusal InvalidScope = new(
        "invalid_scope",
        400,
        "A scope that was asked for is none; leave scope out for all that the person may do."
    );
    public static readonly Refusal UnsupportedGrant = new(
        "unsupported_grant_type",
        400,
        "The one grant here is urn:ietf:params:oauth:grant-type:device_code."
    );
    public static readonly Refusal InvalidGrant = new(
        "invalid_grant",
        400,
        "This device_code is none of this program's, or was used already; begin anew."
    );
    public static readonly Refusal Pending = new(
        "authorization_pending",
        400,
        "Nobody has decided yet; ask again after the interval."
    );
    public static readonly Refusal SlowDown = new(
        "slow_down",
        400,
        "Asked too soon; from now on wait 5 seconds more between two polls."
    );
    public static readonly Refusal AccessDenied = new(
        "access_denied",
        400,
        "The person said no, or may not come in any more."
    );
    public static readonly Refusal Expired = new(
        "expired_token",
        400,
        "Nobody decided in time; begin anew."
    );
    public static readonly Refusal UnauthorizedClient = new(
        "unauthorized_client",
        400,
        "This key was not given to this program; revoke it with `DELETE /api/v1/keys/{id}`."
    );
    public static readonly Refusal UnknownCode = new(
        "user_code_unknown",
        400,
        "No device waits with this code; look at the device again, it may have asked anew."
    );
}
