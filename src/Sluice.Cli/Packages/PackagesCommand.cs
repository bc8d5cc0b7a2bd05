using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

internal static class PackagesCommand
{
    public static Command Define(Terminal terminal) =>
        new("packages", "Packages on the server")
        {
            ListCommand.Define(terminal),
            GetCommand.Define(terminal),
            RemoveCommand.Define(terminal),
        };
}
