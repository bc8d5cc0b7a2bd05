using System.Text.RegularExpressions;
using Sluice.Language;
using Sluice.Server.Outbound;

namespace Sluice.Server.Webhooks;

/// <summary>What every act on webhooks of the ledger holds to.</summary>
internal static partial class StreamRules
{
    private const int MostActions = 32;

    /// <summary>The address to keep. One mistake for whatever is wrong with it, so that nothing is learnt of what lies behind.</summary>
    public static string Url(string? given, OutboundHttp outbound, List<Mistake> mistakes)
    {
        if (outbound.Read(Purpose.AuditWebhook, given?.Trim() ?? "") is { } url)
            return url.AbsoluteUri;
        mistakes.Add(
            new Mistake(
                "address_refused",
                $"url is needed: an https address of a public host, without user information or a fragment, of at most {OutboundHttp.LongestAddress} characters",
                Where: "url"
            )
        );
        return "";
    }

    /// <summary>The actions to keep; empty for all.</summary>
    public static string Actions(IReadOnlyList<string>? given, List<Mistake> mistakes)
    {
        if (given is null or [])
            return "";
        if (given.Count > MostActions || given.Any(each => !ActionShape().IsMatch(each ?? "")))
            mistakes.Add(
                new Mistake(
                    "actions",
                    $"actions are at most {MostActions} names such as key.revoke, or key.* for all that begin so",
                    Where: "actions"
                )
            );
        return string.Join(' ', given.Distinct());
    }

    [GeneratedRegex(@"^[a-z_]{1,60}\.(\*|[a-z_]{1,60})\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ActionShape();
}
