using System.Text.Json;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>A key that is asked for and free of mistakes.</summary>
internal sealed record KeyWish(string Name, string Environment, string Shape, Scopes? Scopes)
{
    public KeySettings Settings { get; init; } = KeySettings.None;
}

/// <summary>What a key is bound to beside scopes: see the same members of <see cref="Key"/>.</summary>
internal sealed record KeySettings(
    long? ExpiresAt,
    string? AllowedCidrs,
    long? RateLimit,
    long? DailyQuota,
    string? Metadata
)
{
    public static readonly KeySettings None = new(null, null, null, null, null);
}

/// <summary>Reads what is asked of a key, with every mistake named.</summary>
internal static class KeyWishes
{
    public const long HighestRate = 1_000_000;
    public const long HighestQuota = 1_000_000_000_000;
    public const int MostMetadata = 20;

    public static Outcome<KeyWish> Read(
        CreateKey.Request request,
        string environment,
        KeyOptions options,
        DateTimeOffset now
    )
    {
        var mistakes = new List<Mistake>();
        var name = ReadName(request.Name, mistakes);
        var shape = request.Shape ?? "standard";
        if (shape is not ("standard" or "hex" or "client"))
            mistakes.Add(
                new Mistake("shape", "shape is one of standard, hex, client", Where: "shape")
            );
        var wanted = request.Environment ?? environment;
        if (!EnvironmentNames.IsKnown(wanted))
            mistakes.Add(
                new Mistake("environment", "environment is live or test", Where: "environment")
            );
        if (shape == "client" && !KeyText.IsClientName(name))
            mistakes.Add(
                new Mistake(
                    "name",
                    "the name of a client key stands in its text: letters, digits and inner hyphens only",
                    Where: "name"
                )
            );
        if (shape == "hex" && wanted == EnvironmentNames.Test)
            mistakes.Add(
                new Mistake(
                    "environment",
                    "a key of the shape hex carries no environment and is always live",
                    Where: "environment"
                )
            );
        var scopes = ScopeNames.Read(request.Scopes, mistakes);
        var settings = new KeySettings(
            ReadExpiry(request.ExpiresAt, now, mistakes),
            AddressRanges.Read(request.AllowedCidrs, mistakes),
            Within(request.RateLimit, 1, HighestRate, "rate_limit", "calls a second", mistakes),
            Within(request.DailyQuota, 1, HighestQuota, "daily_quota", "calls a day", mistakes),
            ReadMetadata(request.Metadata, mistakes)
        );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        if (shape == "client" && !options.OldCredentials)
            return KeyRefusals.ShapeDisabled;
        return new KeyWish(name, wanted, shape, scopes) { Settings = settings };
    }

    public static string ReadName(string? given, List<Mistake> mistakes)
    {
        var name = given?.Trim() ?? "";
        if (name.Length is < 1 or > 100 || !PlainText.Is(name))
            mistakes.Add(
                new Mistake(
                    "name",
                    "name is needed: 1 to 100 printable characters that say where the key will live",
                    Where: "name"
                )
            );
        return name;
    }

    public static long? ReadExpiry(
        DateTimeOffset? expiry,
        DateTimeOffset now,
        List<Mistake> mistakes
    )
    {
        if (expiry <= now)
            mistakes.Add(
                new Mistake("expires_at", "expires_at lies in the past", Where: "expires_at")
            );
        return expiry?.ToUnixTimeMilliseconds();
    }

    public static long? Within(
        long? value,
        long least,
        long most,
        string where,
        string unit,
        List<Mistake> mistakes
    )
    {
        if (value < least || value > most)
            mistakes.Add(
                new Mistake(
                    "out_of_range",
                    $"{where} is a whole number from {least} to {most}, in {unit}",
                    Where: where
                )
            );
        return value;
    }

    public static string? ReadMetadata(
        IReadOnlyDictionary<string, string>? metadata,
        List<Mistake> mistakes
    )
    {
        if (metadata is null or { Count: 0 })
            return null;
        if (metadata.Count > MostMetadata)
            mistakes.Add(
                new Mistake(
                    "metadata",
                    $"metadata holds at most {MostMetadata} entries",
                    Where: "metadata"
                )
            );
        foreach (var (name, value) in metadata)
        {
            if (name.Length is < 1 or > 64 || value is null or { Length: > 500 })
                mistakes.Add(
                    new Mistake(
                        "metadata",
                        "an entry of metadata has a name of 1 to 64 characters and a text of at most 500",
                        Where: $"metadata.{(name.Length <= 64 ? name : name[..64])}"
                    )
                );
        }
        return JsonSerializer.Serialize(
            new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal),
            KeyJson.Default.SortedDictionaryStringString
        );
    }
}
