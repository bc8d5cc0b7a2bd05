using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Language.Packages.Dependencies;

/// <summary>
/// What was taken when a package asked for its dependencies: exact versions with their hashes. Kept with the built
/// package, and read again when the same version is built again.
/// </summary>
public sealed record DependencyLock
{
    /// <summary>Of this form. Always 1.</summary>
    public int LockVersion { get; init; } = 1;

    /// <summary>A word of <see cref="DependencyKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>SHA-256 of all that was asked for, lower-case hex: a lock answers the same question only.</summary>
    public required string Asked { get; init; }

    /// <summary>By name and version.</summary>
    public required IReadOnlyList<LockedDependency> Packages { get; init; }

    /// <summary>The text of the tool's own lock file (package-lock.json, go.sum, Cargo.lock); null where there is none.</summary>
    public string? File { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, LockJson.Default.DependencyLock);

    /// <summary>Null for a text that is no lock of this form.</summary>
    public static DependencyLock? Read(string? json)
    {
        if (string.IsNullOrEmpty(json))
            return null;
        try
        {
            return
                JsonSerializer.Deserialize(json, LockJson.Default.DependencyLock)
                    is { LockVersion: 1 } read
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What <see cref="Asked"/> is for these texts, in this order.</summary>
    public static string Digest(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));
}

/// <summary>One package of a lock.</summary>
/// <param name="Name">As its kind names it; a folder within another for a second version of an npm package.</param>
/// <param name="Version">Exact.</param>
/// <param name="Hash"><c>sha256:</c> and hex, or the form that its kind uses.</param>
public sealed record LockedDependency(string Name, string Version, string Hash)
{
    /// <summary>Needed to compile and to test, and not part of the built package.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Development { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(DependencyLock))]
internal sealed partial class LockJson : JsonSerializerContext;
