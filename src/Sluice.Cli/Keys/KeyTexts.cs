using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

/// <summary>Where the text of a new key goes: to the screen once, or to a file and not to the screen at all.</summary>
internal sealed class KeyTexts
{
    private readonly Option<string?> _saveTo = new("--save-to")
    {
        Description = "Write the key to this file (mode 0600) and do not show it",
        HelpName = "file",
    };
    private readonly Option<bool> _asHeader = new("--as-header")
    {
        Description = "With --save-to: as the header line that curl -H @FILE reads",
    };

    public void AddTo(Command command)
    {
        command.Add(_saveTo);
        command.Add(_asHeader);
    }

    public void Give(Session session, MintedKey key)
    {
        var file = session.Value(_saveTo);
        if (file is not null)
        {
            KeyFile.Write(session.Terminal.Path(file), key.Key, session.Value(_asHeader));
            key = key with { Key = "" };
        }
        session.Print(
            key,
            SluiceJson.Default.MintedKey,
            (people, minted) => Tell(people, minted, file)
        );
    }

    private static void Tell(Report people, MintedKey key, string? file)
    {
        people.Facts([
            ("Id", key.Id),
            ("Name", key.Name),
            ("Environment", key.Environment),
            ("Scopes", Show.List(key.Scopes, "all that its owner may do")),
            .. KeyFacts.Bounds(key.ExpiresAt, key.AllowedCidrs, key.RateLimit, key.DailyQuota),
            ("Key", file is null ? key.Key : $"{key.Masked} (in {file})"),
        ]);
        if (file is null)
            people.Careful("Save it now: it is never shown again.");
    }
}

/// <summary>A key's facts as people read them.</summary>
internal static class KeyFacts
{
    /// <summary>Keys of this age are to be rotated (seed 003).</summary>
    private static readonly TimeSpan Old = TimeSpan.FromDays(90);

    /// <summary>Only what it is bound to.</summary>
    public static IEnumerable<(string Name, string? Value)> Bounds(
        DateTimeOffset? expiresAt,
        IReadOnlyList<string>? ranges,
        long? rate,
        long? quota
    )
    {
        if (expiresAt is not null)
            yield return ("Ends", Show.Time(expiresAt));
        if (ranges is { Count: > 0 })
            yield return ("Used from", string.Join(", ", ranges));
        if (rate is not null)
            yield return ("Rate limit", $"{rate} calls a second");
        if (quota is not null)
            yield return ("Daily quota", $"{quota} calls a day");
    }

    public static void Tell(Report people, ApiKey key)
    {
        people.Facts([
            ("Id", key.Id),
            ("Name", key.Name),
            ("Key", key.Masked),
            ("Environment", key.Environment),
            ("Scopes", Show.List(key.Scopes, "all that its owner may do")),
            .. Bounds(key.ExpiresAt, key.AllowedCidrs, key.RateLimit, key.DailyQuota),
            .. (key.Metadata ?? new Dictionary<string, string>()).Select(note =>
                ($"Note {note.Key}", (string?)note.Value)
            ),
            ("Created", Show.Time(key.CreatedAt)),
            ("Last used", Used(key)),
            .. Succession(key),
        ]);
        if (Aging(key) is { } advice)
            people.Careful(advice);
    }

    /// <summary>What to do about a key that has grown old; null for a young, ended or succeeded one.</summary>
    public static string? Aging(ApiKey key)
    {
        var age = TimeProvider.System.GetUtcNow() - key.CreatedAt;
        return
            age >= Old
            && key.RevokedAt is null
            && key.RotatedTo is null
            && !(key.ExpiresAt <= TimeProvider.System.GetUtcNow())
            ? $"{key.Name} is {age.Days} days old: sluice keys rotate {key.Id}"
            : null;
    }

    public static string Used(ApiKey key) =>
        key.RevokedAt is not null ? "revoked"
        : key.ExpiresAt <= TimeProvider.System.GetUtcNow() ? "ended"
        : (Show.Time(key.LastUsedAt) ?? "never");

    private static IEnumerable<(string, string?)> Succession(ApiKey key)
    {
        if (key.LastAddress is not null)
            yield return ("Last address", key.LastAddress);
        if (key.RotatedFrom is not null)
            yield return ("Successor of", key.RotatedFrom);
        if (key.RotatedTo is not null)
            yield return ("Succeeded by", key.RotatedTo);
    }
}
