namespace Sluice.Bench;

/// <summary>What is measured, and for how long.</summary>
/// <param name="Parts">Of <see cref="All"/>.</param>
/// <param name="Seconds">Length of one window; every row has several, and its median is shown.</param>
/// <param name="Full">More windows, 100,000 runs for the memory rows and in the queue, a million on record.</param>
/// <param name="Alone">Without the peers, to look at a change; not for a page.</param>
/// <param name="Only">Of the parts <c>keys</c>, <c>invoke</c> and <c>runs</c>, only rows whose name contains this; of <c>runtime</c>, only such languages.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Parts,
    double Seconds,
    bool Full,
    bool Alone,
    string Only
)
{
    public static readonly string[] All =
    [
        "keys",
        "ledger",
        "invoke",
        "runs",
        "drain",
        "growth",
        "cold",
        "runtime",
        "memory",
        "console",
    ];

    /// <summary>Windows of each row.</summary>
    public int Rounds => Full ? 5 : 3;

    public int MemoryRuns => Full ? 100_000 : 5_000;

    /// <summary>Runs that wait while callers are served.</summary>
    public int Queued => Full ? 100_000 : 20_000;

    /// <summary>Runs on record at which the cost of a run is looked at.</summary>
    public IReadOnlyList<int> Stored => Full ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];

    public int ColdTenants => Full ? 20 : 8;

    /// <summary>Null, and a sentence, when the arguments are not understood.</summary>
    public static (BenchOptions? Options, string? Mistake) Read(IReadOnlyList<string> args)
    {
        var parts = new List<string>();
        var (seconds, full, alone, only) = (0d, false, false, "");
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--full")
                full = true;
            else if (args[i] == "--alone")
                alone = true;
            else if (args[i] == "--only" && i + 1 < args.Count)
                only = args[++i];
            else if (args[i] == "--seconds" && i + 1 < args.Count)
            {
                if (!double.TryParse(args[++i], out seconds) || seconds is < 1 or > 600)
                    return (null, "--seconds takes 1 to 600");
            }
            else if (args[i] == "all")
                parts.AddRange(All);
            else if (All.Contains(args[i]))
                parts.Add(args[i]);
            else
                return (null, $"{args[i]} is not understood");
        }
        return (
            new BenchOptions(
                parts.Count > 0 ? [.. parts.Distinct()] : All,
                seconds > 0 ? seconds
                    : full ? 5
                    : 1,
                full,
                alone,
                only
            ),
            null
        );
    }
}
