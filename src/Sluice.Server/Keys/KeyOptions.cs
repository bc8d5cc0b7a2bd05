namespace Sluice.Server.Keys;

/// <summary>Settings of the section <c>Keys</c>.</summary>
internal sealed class KeyOptions
{
    /// <summary>What new keys start with: 2 to 10 lower-case letters or digits. Default <c>slc</c>.</summary>
    public string Prefix { get; set; } = "slc";

    /// <summary>Prefixes that keys of this house had before, still accepted at the checksum gate.</summary>
    public IList<string> FormerPrefixes { get; set; } = [];

    /// <summary>Whether old credentials (keys of the shape <c>client-{name}-{env}-{hash}</c>) and client ids with secrets may be used. Default false.</summary>
    public bool OldCredentials { get; set; }

    /// <summary>From then on they are refused, switched on or not; answers say it as <c>Sunset</c>. Null: no end is set.</summary>
    public DateTimeOffset? OldCredentialsUntil { get; set; }

    /// <summary>Since when they are deprecated, as answers say. Default 1 October 2025.</summary>
    public DateTimeOffset OldCredentialsDeprecated { get; set; } =
        new(2025, 10, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Texts with the shape of a key that one address may present in a minute without any being a key, before they are refused without
    /// asking the database; 1 or more. Default 60.
    /// </summary>
    public int BadKeysPerMinute { get; set; } = 60;
}
