namespace Sluice.Runner.Restores;

/// <summary>What came of asking a source for something.</summary>
internal sealed record Fetched
{
    /// <summary>The content of a document; empty for a file and when there is none.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Where a file lies; null for a document and when there is none.</summary>
    public string? File { get; init; }

    public string ContentType { get; init; } = "";

    /// <summary>The source does not have it.</summary>
    public bool Unknown { get; init; }

    /// <summary>Why it cannot be had, as a public sentence; null when it is here.</summary>
    public string? Why { get; init; }

    public static Fetched No(string why) => new() { Why = why };
}
