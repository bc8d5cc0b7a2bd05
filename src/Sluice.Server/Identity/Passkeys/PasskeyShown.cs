using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passkeys;

/// <summary>What a person sees of a passkey.</summary>
internal sealed record PasskeyShown
{
    /// <summary>Most characters of a name.</summary>
    public const int LongestName = 100;

    public required string Id { get; init; }

    /// <summary>What the person calls it.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last sign-in with it; absent: none yet.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Whether it is copied to other devices of the person, as the authenticator says.</summary>
    public required bool Synced { get; init; }

    public static PasskeyShown Of(Passkey passkey) =>
        new()
        {
            Id = passkey.Id,
            Name = passkey.Name,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(passkey.CreatedAt),
            LastUsedAt = passkey.UsedAt is { } used
                ? DateTimeOffset.FromUnixTimeMilliseconds(used)
                : null,
            Synced = passkey.BackedUp == 1,
        };

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static Mistake? WrongName(string? name) =>
        name?.Trim() is { Length: >= 1 and <= LongestName } text && PlainText.Is(text)
            ? null
            : new Mistake(
                "name",
                $"name is needed: 1 to {LongestName} printable characters",
                Where: "name"
            );
}
