namespace Sluice.Soak;

/// <summary>What a soak is to do.</summary>
internal sealed record SoakOptions
{
    /// <summary>Decides who is killed when and what is called; two soaks with one seed differ by chance only.</summary>
    public required int Seed { get; init; }

    /// <summary>Kills before it stops to look at the record.</summary>
    public required int Kills { get; init; }

    /// <summary>Stops earlier after this time.</summary>
    public TimeSpan AtMost { get; init; } = TimeSpan.FromHours(24);

    /// <summary>An empty database of a PostgreSQL, as Npgsql wants it named, for two servers; null: one on SQLite.</summary>
    public string? Postgres { get; init; }

    /// <summary>How many call at once.</summary>
    public int Callers { get; init; } = 6;

    /// <summary>Further arguments of the servers.</summary>
    public IReadOnlyList<string> ServerArgs { get; init; } = [];

    /// <summary>Hears what goes on, a line at a time.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    public string StoreName => Postgres is null ? "SQLite" : "PostgreSQL";
}

/// <summary>What came of a soak.</summary>
/// <param name="Violations">Promises that were broken; each names its run.</param>
/// <param name="Folder">Everything that was left, when a promise was broken; else it is gone.</param>
internal sealed record SoakReport(
    SoakOptions Options,
    int Kills,
    int Suspensions,
    int Runs,
    int Calls,
    int CallsLost,
    int CallsAgain,
    TimeSpan Took,
    IReadOnlyList<string> Violations,
    string Folder
)
{
    private string Again =>
        Suspensions > 0 ? $" and {CallsAgain} made again by a server that woke" : "";

    public override string ToString()
    {
        var text =
            $"{Options.StoreName}: {Kills} kills and {Suspensions} suspensions in {Took.TotalSeconds:F0} s, {Runs} runs, {Calls} calls of nodes of which {CallsLost} were lost{Again}, seed {Options.Seed}: ";
        if (Violations.Count == 0)
            return text + "every run ended once";
        return text
            + $"{Violations.Count} broken promises ({Folder})\n  "
            + string.Join("\n  ", Violations.Take(20));
    }
}
