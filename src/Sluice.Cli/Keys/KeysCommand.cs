using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Keys;

internal static class KeysCommand
{
    public static Command Define(Terminal terminal) =>
        new("keys", "API keys: mint, list, revoke")
        {
            CreateCommand.Define(terminal),
            ListCommand.Define(terminal),
            RevokeCommand.Define(terminal),
        };
}
