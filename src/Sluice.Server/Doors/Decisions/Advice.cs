using Sluice.Server.Keys;

namespace Sluice.Server.Doors.Decisions;

/// <summary>What to do about a refusal, in the order in which it is worth trying (seed 000, common authentication issues).</summary>
internal static class Advice
{
    public static IReadOnlyList<string> On(Decision decision) =>
        decision.Code switch
        {
            "unauthorized" => Unauthorized(decision.Finding),
            "sign_in_failed" =>
            [
                "Check the organisation, the address and the password.",
                "Ask for a new password, or ask an admin whether you are still a member.",
            ],
            "wrong_door" => [decision.Detail],
            "address_not_allowed" =>
            [
                $"The request came from {decision.Address}: call from an address that the key allows.",
                "Or change the key's ranges: `sluice keys update ID --cidr RANGE`.",
            ],
            "rate_limited" or "too_many_bad_keys" or "too_many_tries" =>
            [
                "Wait as long as `Retry-After` says.",
                "If it goes on: use fewer calls, or ask for a higher limit.",
            ],
            "daily_quota_used" =>
            [
                "Wait until midnight UTC, or raise the key's quota: `sluice keys update ID --daily-quota N`.",
            ],
            "tenant_mismatch" =>
            [
                "Check that the tenant ID matches your key: leave `X-Tenant-ID`, `X-Org-ID` and `X-Organization-ID` out, or correct them.",
            ],
            "environment_mismatch" =>
            [
                "Use a key of the environment that the thing belongs to: a test key never opens what is live, nor the reverse.",
            ],
            "missing_scope" =>
            [
                $"Use a credential that has the scope {decision.Scope}.",
                "A key never has more than its owner: check the owner's role or scopes.",
            ],
            _ when decision.Code.StartsWith("license", StringComparison.Ordinal) =>
            [
                "Verify that the license tier supports the feature.",
                "Upgrade or renew the license.",
            ],
            _ => [decision.Detail],
        };

    private static IReadOnlyList<string> Unauthorized(KeyFinding? finding) =>
        finding switch
        {
            KeyFinding.Revoked =>
            [
                "Make another key: this one was revoked, or its owner was removed.",
                "If you did not expect it: `sluice audit search --target KEY_ID` says who did it.",
            ],
            KeyFinding.Expired => ["Rotate or make another key: this one has ended."],
            _ =>
            [
                "Invalid or missing API key: check that it is set, and sent as `Authorization: Bearer <key>`.",
                "Verify its format: whole, with its prefix, and no blank or line break at its end.",
            ],
        };
}
