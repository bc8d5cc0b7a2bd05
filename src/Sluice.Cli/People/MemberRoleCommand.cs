using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

internal static class MemberRoleCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice members list shows it" };
        var role = new Argument<string>("role") { Description = "What the person may do" };
        role.AcceptOnlyFromAmong("owner", "admin", "policy_admin", "developer", "viewer");
        return new Command("role", "Give a member another role; their keys follow at once")
        {
            id,
            role,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.People.SetRole(session.Value(id), session.Value(role), stop),
                    SluiceJson.Default.Member,
                    (people, member) => people.Good($"{member.Email} is {member.Role} now.")
                );
                return Exit.Done;
            }
        );
    }
}
