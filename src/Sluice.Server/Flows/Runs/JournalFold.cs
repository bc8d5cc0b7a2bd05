using Sluice.Language.Flows;

namespace Sluice.Server.Flows.Runs;

/// <summary>Tells the fold what a line of the journal says.</summary>
internal static class JournalFold
{
    public static void Apply(FlowState state, FlowGraph graph, JournalLine line)
    {
        switch (line.Status)
        {
            case JournalLine.Succeeded:
            case JournalLine.Failed:
            case JournalLine.Retrying:
                state.Apply(ResultOf(line, graph));
                break;
            case JournalLine.Given:
                state.Override(line.Alias, line.Output ?? []);
                break;
            case JournalLine.Aborted:
                state.Abort(RunError.Read(line.Error)!.ToFault(graph));
                break;
            default:
                // Calls that were stopped, and what only people want to know.
                break;
        }
    }

    /// <summary>A run as far as its journal tells; for those who look at it.</summary>
    public static FlowState Of(
        FlowPlan plan,
        Run run,
        IReadOnlyDictionary<string, string> config,
        IEnumerable<JournalLine> journal
    )
    {
        var state = new FlowState(plan, run.Id, run.Input, config);
        foreach (var line in journal)
            Apply(state, plan.Graph, line);
        return state;
    }

    private static StepResult ResultOf(JournalLine line, FlowGraph graph) =>
        new()
        {
            Key = line.Key,
            Attempt = (int)line.Attempt,
            Output = line.Status == JournalLine.Succeeded ? line.Output ?? [] : null,
            Fault =
                line.Status == JournalLine.Succeeded
                    ? null
                    : RunError.Read(line.Error)!.ToFault(graph),
            EndedAt = line.EndedAt,
        };
}
