using System.CommandLine;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>When a run has its turn, and where it is to pause.</summary>
internal sealed class DebugOptions
{
    private readonly Option<int?> _priority = new("--priority")
    {
        Description = "0 to 9, the highest first [default: 5]",
        HelpName = "number",
    };
    private readonly Option<string[]> _breakpoints = new("--break")
    {
        Description = "Pause before this placement; repeatable",
        HelpName = "alias",
    };
    private readonly Option<bool> _pauseAtStart = new("--pause-at-start")
    {
        Description = "Pause before the first step",
    };

    public void AddTo(Command command)
    {
        command.Add(_priority);
        command.Add(_breakpoints);
        command.Add(_pauseAtStart);
    }

    public int? Priority(Session session) => session.Value(_priority);

    /// <summary>Null where the run is to pause nowhere.</summary>
    public RunDebug? Wish(Session session)
    {
        var breakpoints = session.Value(_breakpoints) is { Length: > 0 } some ? some : null;
        var pause = session.Value(_pauseAtStart);
        return breakpoints is null && !pause
            ? null
            : new RunDebug(breakpoints, pause ? true : null);
    }
}
