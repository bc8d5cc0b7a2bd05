using System.Buffers.Text;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Leaks;

/// <summary>
/// Takes signed reports of texts that were found in public, in the shape of GitHub's secret scanning partner programme, and ends what is a
/// credential of this house, whosever it is, at once and on every server; what cannot be ended is put on record, and its people are told.
/// The same report again changes nothing.
/// </summary>
internal sealed partial class ReportLeaks(
    LeakKeys keys,
    IEnumerable<ILeakKind> kinds,
    LeakLetters letters,
    Database database,
    SharedLimits shared,
    IOptions<LeakOptions> options,
    ILogger<ReportLeaks> log
)
{
    public const string IdentifierHeader = "Github-Public-Key-Identifier";
    public const string SignatureHeader = "Github-Public-Key-Signature";

    /// <summary>Most findings of one report.</summary>
    public const int Most = 1000;

    private const int LongestIdentifier = 200;

    // A signature of P-256 in DER has at most 72 bytes.
    private const int LongestSignature = 72;

    private readonly TokenBuckets _addresses = shared.Of("leaks.address");

    internal sealed record Finding
    {
        /// <summary>The text that was found.</summary>
        public string? Token { get; init; }

        /// <summary>The reporter's name of the kind of text; comes back with the answer.</summary>
        public string? Type { get; init; }

        /// <summary>Where it was found.</summary>
        public string? Url { get; init; }

        /// <summary>In what it was found, such as <c>content</c> or <c>commit</c>.</summary>
        public string? Source { get; init; }

        // The text must not reach a log by way of a record's printer.
        public override string ToString() => $"Finding {{ Type = {Type} }}";
    }

    /// <param name="TokenHash">SHA-256 of the text, in base64.</param>
    /// <param name="Label"><c>true_positive</c>: it is a credential of this server, ended by now where it can be; <c>false_positive</c>: it is none.</param>
    internal sealed record Judgement(string TokenHash, string? TokenType, string Label);

    public static async Task<IResult> Handle(HttpContext context, Origin origin, ReportLeaks act)
    {
        var (bytes, tooLarge) = await Body.ReadAll(context, Body.ManagementLimit);
        if (tooLarge is not null)
            return tooLarge;
        if (await act.Distrust(context, bytes) is { } refusal)
            return refusal;
        var findings = Body.Parse(bytes.Span, LeakJson.Default.LeakFindings);
        if (findings.Refused)
            return findings.Refusal;
        if (Check(findings.Value) is { Count: > 0 } mistakes)
            return CommonRefusals.InvalidInput.With(mistakes);
        var reporter = context.Request.Headers[IdentifierHeader].ToString();
        return TypedResults.Json(
            await act.Take(
                findings.Value,
                origin with
                {
                    ActorKind = Origin.Reporter,
                    ActorName = reporter,
                }
            ),
            LeakJson.Default.LeakLabels
        );
    }

    /// <summary>Why the report is not believed; null when it is.</summary>
    private async Task<Refusal?> Distrust(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (!keys.IsOn)
            return LeakRefusals.Off;
        var perMinute = options.Value.PerMinute;
        var state = _addresses.Take(
            Addresses.Name(context.Connection.RemoteIpAddress),
            perMinute / 60.0,
            perMinute
        );
        if (!state.Taken)
            return KeyRefusals.RateLimited with { RetryAfter = state.RetryAfter };
        var identifier = context.Request.Headers[IdentifierHeader].ToString();
        if (
            identifier.Length is < 1 or > LongestIdentifier
            || ReadSignature(context.Request.Headers[SignatureHeader].ToString())
                is not { } signature
        )
            return LeakRefusals.NotSigned;
        var (key, known) = await keys.Find(identifier, context.RequestAborted);
        if (!known)
            return LeakRefusals.NoKeys;
        return key?.Signed(body.Span, signature) == true ? null : LeakRefusals.NotSigned;
    }

    private static byte[]? ReadSignature(string text)
    {
        if (text.Length is < 1 or > 100 || !Base64.IsValid(text))
            return null;
        var signature = Convert.FromBase64String(text);
        return signature.Length <= LongestSignature ? signature : null;
    }

    private static List<Mistake> Check(IReadOnlyList<Finding?> findings)
    {
        var mistakes = new List<Mistake>();
        if (findings.Count > Most)
            mistakes.Add(new Mistake("report", $"a report has at most {Most} findings"));
        for (var i = 0; i < Math.Min(findings.Count, Most); i++)
        {
            if (findings[i]?.Token is not { Length: > 0 })
                mistakes.Add(
                    new Mistake("token", "token is needed: the text", Where: $"[{i}].token")
                );
        }
        return mistakes;
    }

    private async Task<List<Judgement>> Take(IReadOnlyList<Finding?> findings, Origin origin)
    {
        var texts = findings
            .Select(finding => new ReportedText(
                finding!.Token!,
                KeyText.Hash(finding.Token),
                finding.Url,
                finding.Source
            ))
            .ToList();
        var leaks = new List<Leak>();
        List<ReportedText> each = [.. texts.DistinctBy(text => Convert.ToHexString(text.Hash))];
        foreach (var kind in kinds)
            leaks.AddRange(await kind.Take(each, origin));
        List<Leak> news = [.. leaks.Where(leak => leak.IsNew)];
        if (news.Count > 0)
        {
            var ended = news.Count(leak => leak.IsEnded);
            await Record(ended, news.Count - ended, findings.Count, origin);
            LogTaken(log, ended, news.Count - ended, findings.Count);
            await letters.Write(news);
        }
        var ours = leaks.Select(leak => Convert.ToHexString(leak.Text.Hash)).ToHashSet();
        return
        [
            .. texts.Select(
                (text, i) =>
                    new Judgement(
                        Convert.ToBase64String(text.Hash),
                        findings[i]!.Type,
                        ours.Contains(Convert.ToHexString(text.Hash))
                            ? "true_positive"
                            : "false_positive"
                    )
            ),
        ];
    }

    private Task Record(int ended, int told, int findings, Origin origin) =>
        database.Write(session =>
            Audit.Record(
                session,
                origin,
                new Fact("leak.report", "report", origin.ActorName!)
                {
                    TenantId = Audit.House,
                    ["revoked"] = ended.ToString(),
                    ["told"] = told.ToString(),
                    ["findings"] = findings.ToString(),
                }
            )
        );

    [LoggerMessage(
        1107,
        LogLevel.Warning,
        "{Ended} leaked credentials were ended and {Told} put on record that cannot be, of {Findings} texts that were reported"
    )]
    private static partial void LogTaken(ILogger log, int ended, int told, int findings);
}
