using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Runs;

internal static class RunsCommand
{
    public static Command Define(Terminal terminal) =>
        new("runs", "Runs on record")
        {
            GetCommand.Define(terminal),
            ListCommand.Define(terminal),
            CancelCommand.Define(terminal),
            LogsCommand.Define(terminal),
            EventsCommand.Define(terminal),
            PauseCommand.Define(terminal),
            ResumeCommand.Define(terminal),
            StepCommand.Define(terminal),
            BreakCommand.Define(terminal),
            ReplayCommand.Define(terminal),
            QueueCommand.Define(terminal),
            DeadLettersCommand.Define(terminal),
        };
}
