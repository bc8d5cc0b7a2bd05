using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.People;

internal static class AccountsCommand
{
    public static Command Define(Terminal terminal) =>
        new("accounts", "Service accounts: callers that belong to no person")
        {
            AccountChangeCommand.DefineCreate(terminal),
            AccountListCommand.Define(terminal),
            AccountChangeCommand.DefineUpdate(terminal),
            AccountRemoveCommand.Define(terminal),
        };
}
