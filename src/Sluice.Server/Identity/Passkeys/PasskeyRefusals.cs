using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

internal static class PasskeyRefusals
{
    public static readonly Refusal NotFound = new(
        "passkey_not_found",
        404,
        "There is no passkey of yours with this id."
    );
    public static readonly Refusal NotAccepted = new(
        "passkey_not_accepted",
        403,
        "This passkey was not accepted: it is not known here, or its answer does not fit what was asked."
    );
    public static readonly Refusal TooMany = new(
        "too_many_passkeys",
        409,
        "A login has 20 passkeys at most; remove one that is not used any more."
    );
    public static readonly Refusal Unavailable = new(
        "passkeys_unavailable",
        409,
        "A passkey is bound to a name, and this server's public address has none; its operator sets one with `--public-url`."
    );
    public static readonly Refusal OrganizationNeeded = new(
        "organization_needed",
        409,
        "The passkey is right, and its person belongs to several organisations; say in `org_id` which one to sign in to."
    );
}
