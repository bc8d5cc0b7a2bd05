using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Keys;

internal static class KeysCommand
{
    public static Command Define(Terminal terminal) =>
        new("keys", "API keys: mint, import, list, rotate, bind, check, revoke")
        {
            CreateCommand.Define(terminal),
            ImportCommand.Define(terminal),
            ListCommand.Define(terminal),
            ShowCommand.Define(terminal),
            UpdateCommand.Define(terminal),
            RotateCommand.Define(terminal),
            KeyUsageCommand.Define(terminal),
            VerifyCommand.Define(terminal),
            RevokeCommand.Define(terminal),
        };
}
