using Sluice.Server.Ledger;

namespace Sluice.Server.Keys.Leaks;

/// <summary>A text of a report.</summary>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Url">Where it was found, as the reporter wrote it.</param>
/// <param name="Source">In what it was found, such as <c>content</c> or <c>commit</c>.</param>
internal sealed record ReportedText(string Text, byte[] Hash, string? Url, string? Source)
{
    // The text must not reach a log by way of a record's printer.
    public override string ToString() => "ReportedText";
}

/// <summary>A credential of this house that was found in public, and what came of it.</summary>
internal sealed record Leak
{
    public required ReportedText Text { get; init; }

    /// <summary>Whose it is; null: the operator's.</summary>
    public string? TenantId { get; init; }

    /// <summary>The tenant's.</summary>
    public string Handle { get; init; } = "";

    /// <summary>The member who is told beside the owners and admins; null: nobody.</summary>
    public string? MemberId { get; init; }

    /// <summary>What it is, for a subject: <c>A key</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Which one it is, by name and mask.</summary>
    public required string Which { get; init; }

    /// <summary>Whether it opens nothing from now on; else it must be replaced by those whose it is.</summary>
    public required bool IsEnded { get; init; }

    /// <summary>What came of it and what to do, for people.</summary>
    public required string Advice { get; init; }

    /// <summary>False: an earlier report has done all of it.</summary>
    public required bool IsNew { get; init; }
}

/// <summary>A kind of credential that a report may name: recognises its own, and does at once what can be done.</summary>
internal interface ILeakKind
{
    /// <param name="texts">Each once.</param>
    /// <param name="origin">The reporter.</param>
    /// <returns>What was recognised, also where an earlier report had it.</returns>
    Task<IReadOnlyList<Leak>> Take(IReadOnlyList<ReportedText> texts, Origin origin);
}
