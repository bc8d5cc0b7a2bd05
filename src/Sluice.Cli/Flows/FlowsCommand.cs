using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Flows;

internal static class FlowsCommand
{
    public static Command Define(Terminal terminal) =>
        new("flow", "Flows: draw, compare, save, validate, compile, run")
        {
            SaveCommand.Define(terminal),
            ValidateCommand.Define(terminal),
            LayoutCommand.Define(terminal),
            PreviewCommand.Define(terminal),
            DiffCommand.Define(terminal),
            CompileCommand.Define(terminal),
            RunCommand.Define(terminal),
            ListCommand.Define(terminal),
            GetCommand.Define(terminal),
            VersionsCommand.Define(terminal),
            RemoveCommand.Define(terminal),
        };
}
