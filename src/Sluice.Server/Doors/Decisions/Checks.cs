using Sluice.Server.Keys;

namespace Sluice.Server.Doors.Decisions;

/// <summary>
/// What the doors check, in their order. The code of a refusal tells which check made it: those before it have passed, and those after
/// it were not reached. So nothing has to be noted while a request is let in.
/// </summary>
internal static class Checks
{
    private const string Credential = "credential";
    private const string Address = "address";
    private const string Limit = "limit";
    private const string Door = "door";
    private const string Page = "page";
    private const string Tenant = "tenant";
    private const string Environment = "environment";
    private const string Scope = "scope";
    private const string License = "license";
    private const string Policy = "policy";
    private const string Act = "act";

    private static readonly string[] Order =
    [
        Credential,
        Address,
        Door,
        Limit,
        Page,
        Tenant,
        Environment,
        Scope,
        License,
        Policy,
        Act,
    ];

    public static IReadOnlyList<ShowDecision.Check> Of(Decision decision)
    {
        var refusing = Array.IndexOf(Order, NameOf(decision.Code));
        return
        [
            .. Order.Select(
                (name, index) =>
                    new ShowDecision.Check(
                        name,
                        index < refusing ? "passed"
                            : index == refusing ? "refused"
                            : "not_reached",
                        index == refusing ? Refused(decision)
                            : index < refusing ? Passed(name, decision)
                            : null
                    )
            ),
        ];
    }

    private static string NameOf(string code) =>
        code switch
        {
            "unauthorized" or "sign_in_failed" => Credential,
            "address_not_allowed" => Address,
            "wrong_door" => Door,
            "rate_limited" or "daily_quota_used" or "too_many_bad_keys" or "too_many_tries" =>
                Limit,
            "cross_site_request" => Page,
            "tenant_mismatch" => Tenant,
            "environment_mismatch" => Environment,
            "missing_scope" => Scope,
            _ when code.StartsWith("license", StringComparison.Ordinal) => License,
            _ when code.StartsWith("policy", StringComparison.Ordinal) => Policy,
            _ => Act,
        };

    private static string Refused(Decision decision) =>
        decision.Finding switch
        {
            KeyFinding.Malformed =>
                "The text is no key of this house: its shape, prefix or checksum is wrong.",
            KeyFinding.Unknown => "The text has the shape of a key, and nobody has such a key.",
            KeyFinding.Revoked => "The key was revoked, or its owner is gone.",
            KeyFinding.Expired => "The key's end has passed.",
            _ => decision.Detail,
        };

    private static string? Passed(string name, Decision decision) =>
        name switch
        {
            Credential when decision.KeyId is not null =>
                $"A good key of {decision.ActorName ?? decision.Actor}.",
            Credential when decision.ActorName is not null =>
                $"{decision.ActorName}, by {Ledger.LedgerEntry.NameOf(decision.Door)}.",
            Environment => decision.Environment,
            Address => decision.Address,
            _ => null,
        };
}
