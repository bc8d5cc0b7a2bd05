using System.Text.Json;
using Sluice.Language.Flows;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Decides whether a run may make its next call, or pauses first: because it was asked to, before a placement with a
/// breakpoint, or after the one call of a single step. What was ready when it was resumed passes its breakpoints.
/// </summary>
internal sealed class BreakpointGate(ActiveRun run)
{
    private HashSet<StepKey>? _passed;

    /// <summary>Calls before the next pause; -1: any number.</summary>
    private int _left = -1;

    /// <summary>A breakpoint, or the end of a single step: nobody can take this pause back.</summary>
    public bool Stopped { get; private set; }

    public bool Holds => Stopped || run.PauseAsked;

    /// <summary>Whether a call may be made now; once it says no, it goes on to say so.</summary>
    public bool Admits(PendingCall call)
    {
        if (Holds)
            return false;
        if (
            _left == 0
            || (
                _left < 0
                && call.Attempt == 1
                && run.Breakpoints.Contains(call.Node.Alias)
                && _passed?.Contains(call.Key) != true
            )
        )
        {
            Stopped = true;
            return false;
        }
        if (_left > 0)
            _left--;
        return true;
    }

    /// <summary>After something else was wished of the run.</summary>
    public void LookAgain() => Stopped = false;

    /// <summary>Takes in a line of the journal; what was resumed there is not stopped again after a crash.</summary>
    /// <param name="ready">Gets the calls that were ready then.</param>
    public void Pass(JournalLine line, FlowState state, List<PendingCall> ready)
    {
        switch (line.Status)
        {
            case JournalLine.Resumed when line.Alias == JournalLine.OfRun:
                _left = -1;
                ready.AddRange(state.TakeReady());
                (_passed ??= []).UnionWith(ready.Select(call => call.Key));
                break;
            case JournalLine.Stepped when line.Alias == JournalLine.OfRun:
                _left = 1;
                break;
            case JournalLine.Paused:
                _left = -1;
                break;
            default:
                if (_left == 1 && line.IsStep)
                    _left = 0;
                break;
        }
    }

    /// <summary>As the run's row keeps them; null for none.</summary>
    public static string? Write(IReadOnlyList<string>? aliases) =>
        aliases is { Count: > 0 }
            ? JsonSerializer.Serialize([.. aliases], RunJson.Default.StringArray)
            : null;

    /// <summary>Whether a call that was ready at an earlier line has no line of its own.</summary>
    public static bool StillOpen(PendingCall call, IReadOnlyList<JournalLine> journal) =>
        !journal.Any(line => line.IsStep && line.Key == call.Key && line.Attempt >= call.Attempt);
}
