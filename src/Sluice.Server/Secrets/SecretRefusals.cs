using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

internal static class SecretRefusals
{
    public static readonly Refusal NotFound = new(
        "secret_not_found",
        404,
        "There is no secret with this name in this tenant and environment."
    );
    public static readonly Refusal Exists = new(
        "secret_exists",
        409,
        "A secret with this name exists, and saving replaces its value: send `replace: true` if that is what you want."
    );
    public static readonly Refusal TooLarge = new(
        "secret_too_large",
        413,
        "A secret's value has at most 65536 bytes of UTF-8."
    );
    public static readonly Refusal TooMany = new(
        "secret_limit",
        409,
        "This environment holds as many secrets as it can; delete one that is no longer read."
    );
    public static readonly Refusal LengthRequired = new(
        "length_required",
        411,
        "Send the body of a secret with a Content-Length, so that it can be read straight into memory that is wiped."
    );
    public static readonly Refusal MasterKeyIsSetOutside = new(
        "master_key_set_outside",
        409,
        "The master key comes from the environment, so it is rotated there: set the new one as SLUICE_MASTER_KEY, add the present one to SLUICE_MASTER_KEYS_OLD, and restart."
    );
}
