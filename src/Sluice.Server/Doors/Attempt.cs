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
}
