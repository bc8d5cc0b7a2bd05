using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Licenses;

/// <summary>Licenses as people read them.</summary>
internal static class LicenseFacts
{
    /// <summary>From this many days before the end on, a person is told.</summary>
    private const int Soon = 30;

    public static Option<string?> SaveTo() =>
        new("--save-to")
        {
            Description = "Write the license key to this file (mode 0600) and do not show it",
            HelpName = "file",
        };

    public static Option<int?> Days() =>
        new("--days")
        {
            Description = "Days from now until it ends [default: 365]",
            HelpName = "days",
        };

    /// <summary>Shows a license that was made just now, and where its key went.</summary>
    public static Exit Give(Session session, IssuedLicense license, string? file)
    {
        if (file is not null && license.Key is { } key)
        {
            KeyFile.Write(session.Terminal.Path(file), key, asHeader: false);
            license = license with { Key = null };
        }
        session.Print(
            license,
            SluiceJson.Default.IssuedLicense,
            (people, made) =>
            {
                people.Facts(
                    ("Id", made.Id),
                    ("For", Whom(made)),
                    ("Tier", made.Tier),
                    ("Nodes", Nodes(made.MaxNodes)),
                    ("Ends", Show.Date(made.ExpiresAt)),
                    ("Key", file is null ? made.Key : $"{made.Masked} (in {file})")
                );
                if (file is null)
                    people.Careful("Save it now: it is never shown again.");
            }
        );
        return Exit.Done;
    }

    public static string Whom(IssuedLicense license) =>
        license.Purpose == "tenant"
            ? $"organisation {license.Organization}"
            : $"the installation of {license.Organization}";

    public static string Nodes(int? most) => most?.ToString() ?? "any number";

    public static Exit Tell(Session session, LicenseStatus status)
    {
        session.Print(
            status,
            SluiceJson.Default.LicenseStatus,
            (people, shown) =>
            {
                people.Facts(
                    ("License", shown.State ?? (shown.Valid ? "valid" : "not valid")),
                    ("Tier", shown.Tier is { Length: > 0 } tier ? tier : "none"),
                    ("Nodes", Nodes(shown.MaxNodes)),
                    ("Ends", Show.Date(shown.ExpiresAt)),
                    ("For", shown.Organization),
                    ("Features", shown.Features is null ? null : Show.List(shown.Features, "none")),
                    ("From", shown.Source)
                );
                if (shown.Reason is { } reason)
                    people.Careful(reason);
                else if (Left(shown.ExpiresAt) is { } days and <= Soon)
                    people.Careful($"It ends in {days} days: have it renewed.");
                if (shown.KeyLeakedAt is { } leaked)
                    people.Careful(
                        $"Its key was found in public on {Show.Date(leaked)} and opens no door any more; what was bought stays in force. Have it renewed, and use the key of that."
                    );
                if (shown.ClockSetBackFrom is { } from)
                    people.Careful(
                        $"The server's clock was turned back; licenses go by {Show.Time(from)} until it has caught up."
                    );
            }
        );
        return status.Valid ? Exit.Done : Exit.Refused;
    }

    private static int? Left(DateTimeOffset? end) =>
        end is { } at ? (int)(at - TimeProvider.System.GetUtcNow()).TotalDays : null;
}
