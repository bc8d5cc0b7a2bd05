using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Secrets;

internal static class SecretsCommand
{
    public static Command Define(Terminal terminal) =>
        new("secrets", "Secrets that nodes read by name")
        {
            PutCommand.Define(terminal),
            ListCommand.Define(terminal),
            RemoveCommand.Define(terminal),
        };
}
