using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

internal static class CreateCommand
{
    public static Command Define(Terminal terminal) =>
        new("create", "Add a message or a node to the package")
        {
            CreateMessageCommand.Define(terminal),
            CreateNodeCommand.Define(terminal),
        };

    public static Option<bool> NoGenerate() =>
        new("--no-generate") { Description = "Leave gen/ as it is" };
}
