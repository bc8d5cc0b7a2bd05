using System.Collections.Concurrent;

namespace Sluice.Soak;

/// <summary>What callers asked for and what they were told, kept outside of any server.</summary>
internal sealed class SoakBook
{
    /// <summary>By text.</summary>
    public ConcurrentDictionary<string, Asked> Requests { get; } = new();

    /// <summary>Ends that a caller was told of.</summary>
    public ConcurrentQueue<SeenEnd> Ends { get; } = new();

    /// <summary>Runs that repeat another one, by id.</summary>
    public ConcurrentDictionary<string, SoakTenant> Replays { get; } = new();

    /// <summary>Answers that no caller should get.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();
}

/// <summary>A tenant of the soak.</summary>
/// <param name="Flows">Graphs by the flow's name.</param>
internal sealed record SoakTenant(
    string Id,
    string Handle,
    string Key,
    IReadOnlyDictionary<string, string> Flows
);

/// <summary>A request, sent once or, with a key, until it was answered.</summary>
/// <param name="Text">In the input; no other request has it.</param>
/// <param name="Key">The Idempotency-Key; null: it was sent once.</param>
internal sealed record Asked(SoakTenant Tenant, string Flow, string Text, string? Key)
{
    /// <summary>Ids of runs that the server gave for it.</summary>
    public ConcurrentQueue<string> Answered { get; } = new();
}

/// <summary>An end that a caller was told of.</summary>
/// <param name="Trail">Of the output; null when there was none, or it was not shown.</param>
internal sealed record SeenEnd(string Run, string Status, IReadOnlyList<string>? Trail);
