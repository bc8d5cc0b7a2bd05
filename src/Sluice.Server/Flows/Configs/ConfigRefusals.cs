using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Configs;

internal static class ConfigRefusals
{
    public static readonly Refusal NotFound = new(
        "config_not_found",
        404,
        "There is no config with this id in this tenant and environment, or it belongs to another flow."
    );
    public static readonly Refusal OverrideNotFound = new(
        "config_override_not_found",
        404,
        "This config does not override a secret of this name."
    );
    public static readonly Refusal OverrideNeedsFlow = new(
        "config_override_needs_flow",
        409,
        "The tenant's default has no overrides: what all flows shall read is the secret itself; save it under /api/v1/secrets."
    );
    public static readonly Refusal TooMany = new(
        "config_limit",
        409,
        "This environment holds as many configs as it can; delete one that is no longer used."
    );
}
