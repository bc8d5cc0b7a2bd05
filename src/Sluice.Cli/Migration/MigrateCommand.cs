using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Migration;

internal static class MigrateCommand
{
    public static Command Define(Terminal terminal) =>
        new("migrate", "Move from older ways to present ones")
        {
            ClientCredentialsCommand.Define(terminal),
        };
}
