using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.People;

internal static class MemberRemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice members list shows it" };
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Remove a member; their keys fail on their very next use")
        {
            id,
            yes,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var member = session.Value(id);
                if (
                    !session.Consents(
                        $"Remove {member}? All their keys fail on their very next use; service accounts' keys go on.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.People.RemoveMember(member, stop);
                session.Print(
                    new Deleted(member),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Removed {member} with their keys.")
                );
                return Exit.Done;
            }
        );
    }
}
