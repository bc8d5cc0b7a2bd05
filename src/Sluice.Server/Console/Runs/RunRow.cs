using Sluice.Server.Flows.Runs;

namespace Sluice.Server.Console.Runs;

/// <summary>A run in a table.</summary>
public sealed class RunRow
{
    private RunRow(RunSummary run) => Run = run;

    internal RunSummary Run { get; }

    internal string Path => $"{RunPages.Root}/{Run.Id}";

    internal static RunRow Of(RunSummary run) => new(run);
}
