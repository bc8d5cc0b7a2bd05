using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.People;

internal static class MembersCommand
{
    public static Command Define(Terminal terminal) =>
        new("members", "The people of the tenant and their roles")
        {
            MemberListCommand.Define(terminal),
            InviteCommand.Define(terminal),
            InvitationsCommand.Define(terminal),
            UninviteCommand.Define(terminal),
            MemberRoleCommand.Define(terminal),
            MemberActiveCommand.Deactivate(terminal),
            MemberActiveCommand.Activate(terminal),
            MemberRemoveCommand.Define(terminal),
        };
}
