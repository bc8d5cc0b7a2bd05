using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Leaks;

internal static class LeakRefusals
{
    public static readonly Refusal Off = new(
        "leak_reports_off",
        404,
        "This server takes no reports of leaked keys: its operator has not said whose signatures it trusts (`Leaks:PublicKeys`)."
    );
    public static readonly Refusal NotSigned = new(
        "leak_report_not_signed",
        403,
        "The report is not signed by a key that this server trusts; nothing was changed."
    );
    public static readonly Refusal NoKeys = new(
        "leak_keys_unavailable",
        503,
        "The keys that sign reports cannot be read just now; nothing was changed. Send the report again shortly."
    )
    {
        RetryAfter = 60,
    };
}
