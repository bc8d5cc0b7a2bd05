using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Cli.Terminals;

namespace Sluice.Cli;

/// <summary>What <c>sluice login</c> keeps: per profile a server and the key for it, in a file that only its owner reads.</summary>
internal sealed class Credentials
{
    public const string DefaultProfile = "default";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly SortedDictionary<string, StoredLogin> _profiles;

    private Credentials(string path, SortedDictionary<string, StoredLogin> profiles)
    {
        Path = path;
        _profiles = profiles;
    }

    public string Path { get; }

    /// <summary><c>SLUICE_CREDENTIALS</c>, else <c>~/.sluice/credentials</c>.</summary>
    public static string PathFor(Terminal terminal) =>
        terminal.Variable("SLUICE_CREDENTIALS")
        ?? System.IO.Path.Combine(
            terminal.Variable("HOME")
                ?? Environment.GetFolderPath(
                    Environment.SpecialFolder.UserProfile,
                    Environment.SpecialFolderOption.DoNotVerify
                ),
            ".sluice",
            "credentials"
        );

    /// <summary>Null when the file is there and holds something else; a missing file holds nobody.</summary>
    public static Credentials? Read(Terminal terminal)
    {
        var path = PathFor(terminal);
        if (!File.Exists(path))
            return new Credentials(path, []);
        try
        {
            var file = JsonSerializer.Deserialize(
                File.ReadAllBytes(path),
                CredentialsJson.Default.CredentialsFile
            );
            return file is null ? null : new Credentials(path, new(file.Profiles));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>True when others on this machine can read the file.</summary>
    public bool IsOpenToOthers =>
        !OperatingSystem.IsWindows()
        && File.Exists(Path)
        && (File.GetUnixFileMode(Path) & ~(OwnerOnly | UnixFileMode.UserExecute))
            != UnixFileMode.None;

    public StoredLogin? Find(string profile) => _profiles.GetValueOrDefault(profile);

    public void Save(string profile, StoredLogin login)
    {
        _profiles[profile] = login;
        Write();
    }

    public bool Forget(string profile)
    {
        if (!_profiles.Remove(profile))
            return false;
        Write();
        return true;
    }

    private void Write() =>
        PrivateFile.Write(
            Path,
            JsonSerializer.SerializeToUtf8Bytes(
                new CredentialsFile { Profiles = _profiles },
                CredentialsJson.Default.CredentialsFile
            )
        );
}

/// <summary>A key and the server that it belongs to. It is never sent to another one.</summary>
/// <param name="ByDevice">It was given to this program by a device login, which can give it back.</param>
internal sealed record StoredLogin(string Url, string Key, bool ByDevice = false)
{
    public override string ToString() => $"StoredLogin {{ Url = {Url} }}";
}

internal sealed record CredentialsFile
{
    public SortedDictionary<string, StoredLogin> Profiles { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(CredentialsFile))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
