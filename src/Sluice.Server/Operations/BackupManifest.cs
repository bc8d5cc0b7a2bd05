using System.Text.Json.Serialization;

namespace Sluice.Server.Operations;

/// <summary>First entry of a backup: what follows, and what it must hash to.</summary>
internal sealed record BackupManifest
{
    public const string EntryName = "manifest.json";
    public const string StoreName = "sluice.db";
    public const string MasterKeyName = "master.key";

    /// <summary>Number of this layout; a program reads its own and no other.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary>Of the program that made it.</summary>
    public required string Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Names of the master keys without which the secrets in it cannot be read.</summary>
    public required IReadOnlyList<string> MasterKeyIds { get; init; }

    public required IReadOnlyList<BackupFile> Files { get; init; }
}

/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 hexadecimal digits.</param>
internal sealed record BackupFile(string Name, long Size, string Sha256);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;

/// <summary>Why a backup or restore did not happen; the message is for the operator.</summary>
internal sealed class BackupException(string message) : Exception(message);
