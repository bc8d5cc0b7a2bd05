using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

/// <summary>What a door had found of whom it did not let in: for the record alone, never for an act.</summary>
internal sealed record Attempt
{
    /// <summary>Who it is, where the credential was good and something else was not.</summary>
    public Caller? Caller { get; init; }

    /// <summary>What came of the presented key, where one was presented and not let in.</summary>
    public KeyVerdictGiven? Key { get; init; }

    /// <summary>What was presented might have been a key: the store was asked, and it lets nobody in.</summary>
    public bool IsNoKey =>
        Key?.Finding is KeyFinding.Unknown or KeyFinding.Revoked or KeyFinding.Expired;
}
