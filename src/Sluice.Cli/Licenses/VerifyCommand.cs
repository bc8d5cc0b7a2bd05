using System.CommandLine;
using System.Security.Cryptography;
using Sluice.Cli.Terminals;
using Sluice.Seal;

namespace Sluice.Cli.Licenses;

/// <summary>What a license key says, and whether it is genuine: without any server.</summary>
internal sealed record LicenseReport
{
    /// <summary><c>genuine</c>, <c>expired</c>, <c>unknown_issuer</c>, <c>bad_signature</c>, <c>malformed</c> or <c>short</c>.</summary>
    public required string Verdict { get; init; }
    public string? Id { get; init; }
    public string? Issuer { get; init; }

    /// <summary><c>install</c> or <c>tenant</c>.</summary>
    public string? Use { get; init; }
    public string? Organization { get; init; }
    public string? Tier { get; init; }
    public int? MaxNodes { get; init; }
    public IReadOnlyList<string>? Features { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Verifies a signed license offline. The key comes from a prompt or standard input, never from the line.</summary>
internal static class VerifyCommand
{
    private const int GraceDays = 7;

    public static Command Define(Terminal terminal)
    {
        var issuer = new Option<string?>("--issuer")
        {
            Description =
                "File with the issuer's public key, as sluice license issuer --save-to wrote it",
            HelpName = "file",
        };
        var prefix = new Option<string>("--prefix")
        {
            Description = "What license keys of the issuer begin with",
            DefaultValueFactory = _ => "SLC",
        };
        return new Command(
            "verify",
            "Verify a signed license without a server (from a prompt or standard input)"
        )
        {
            issuer,
            prefix,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                using var input = await SecretInput.Read(
                    session,
                    "License key (not shown): ",
                    keepNewline: false,
                    stop
                );
                if (input is null)
                    return Exit.Usage;
                VerifyingKey? key = null;
                if (session.Value(issuer) is { } file && (key = Read(session, file)) is null)
                    return Exit.Usage;
                using (key)
                    return Verify(session, input.Text(), session.Value(prefix)!, key);
            }
        );
    }

    private static VerifyingKey? Read(Session session, string file)
    {
        try
        {
            return VerifyingKey.From(
                Convert.FromBase64String(File.ReadAllText(session.Terminal.Path(file)).Trim())
            );
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            session.Fail(
                Exit.Usage,
                "bad_issuer",
                $"{file} holds no public key of an issuer.",
                "Have it written by: sluice license issuer --save-to FILE"
            );
            return null;
        }
    }

    private static Exit Verify(Session session, string text, string prefix, VerifyingKey? issuer)
    {
        var form = LicenseText.FormOf(text, prefix);
        if (form == LicenseForm.Short)
            return Say(
                session,
                new LicenseReport
                {
                    Verdict = "short",
                    Tier = text.Split('-')[1],
                    ExpiresAt = LicenseText.EndOf(text) is { } day
                        ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
                        : null,
                },
                "A short key only names a license: whether it is genuine is known to the server that issued it (sluice license status)."
            );
        if (form == LicenseForm.None)
            return Say(session, new LicenseReport { Verdict = "malformed" }, Malformed(prefix));
        var (verdict, claims) = SignedLicense.Read(text, issuer is null ? [] : [issuer]);
        var report = new LicenseReport
        {
            Verdict = verdict switch
            {
                LicenseVerdict.Malformed => "malformed",
                LicenseVerdict.UnknownIssuer => "unknown_issuer",
                LicenseVerdict.BadSignature => "bad_signature",
                _ => claims!.ExpiresAt.AddDays(GraceDays) <= TimeProvider.System.GetUtcNow()
                    ? "expired"
                    : "genuine",
            },
            Id = claims?.Id,
            Issuer = claims?.Issuer,
            Use = claims?.Use,
            Organization = claims?.Organization,
            Tier = claims?.Tier,
            MaxNodes = claims?.MaxNodes,
            Features = claims?.Features,
            ExpiresAt = claims?.ExpiresAt,
        };
        return Say(
            session,
            report,
            report.Verdict switch
            {
                "genuine" => null,
                "expired" => "The license has expired; contact whoever sold it for a renewal.",
                "bad_signature" =>
                    "License validation failed: the signature does not hold. Ensure that the key is copied exactly, with no extra spaces or newlines.",
                "unknown_issuer" =>
                    "License validation failed: its issuer is none that --issuer names, so nothing below is proven.",
                _ => Malformed(prefix),
            }
        );
    }

    private static string Malformed(string prefix) =>
        $"Invalid license key: verify that its format is {prefix}-{{TIER}}-{{ID}}-{{TIMESTAMP}}-{{HMAC}}, or that of a signed license, and that it is whole.";

    private static Exit Say(Session session, LicenseReport report, string? trouble)
    {
        session.Print(
            report,
            CliJson.Default.LicenseReport,
            (people, shown) =>
            {
                if (trouble is null)
                    people.Good("Genuine.");
                else
                    people.Bad(trouble);
                if (shown.Tier is null)
                    return;
                people.Facts(
                    ("Id", shown.Id),
                    ("For", shown.Organization),
                    ("Use", shown.Use),
                    ("Tier", shown.Tier),
                    ("Nodes", shown.Use is null ? null : LicenseFacts.Nodes(shown.MaxNodes)),
                    ("Features", shown.Features is null ? null : Show.List(shown.Features, "none")),
                    ("Ends", Show.Date(shown.ExpiresAt)),
                    ("Issuer", shown.Issuer)
                );
            }
        );
        return trouble is null ? Exit.Done : Exit.Refused;
    }
}
