using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.People;

internal static class MembersCommand
{
    public static Command Define(Terminal terminal) =>
        new("members", "The people of the tenant and their roles")
        {
            MemberListCommand.Define(terminal),
            MemberRoleCommand.Define(terminal),
            MemberRemoveCommand.Define(terminal),
        };
}
