using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

/// <summary>Lets a member rest, and wakes it up.</summary>
internal static class MemberActiveCommand
{
    public static Command Deactivate(Terminal terminal)
    {
        var yes = GlobalOptions.Yes();
        return Define(
            terminal,
            new Command(
                "deactivate",
                "Let a member do nothing: sessions end, keys rest until it is activated"
            )
            {
                yes,
            },
            yes,
            active: false
        );
    }

    public static Command Activate(Terminal terminal) =>
        Define(
            terminal,
            new Command("activate", "Let a deactivated member come in again; its keys work again"),
            null,
            active: true
        );

    private static Command Define(
        Terminal terminal,
        Command command,
        Option<bool>? yes,
        bool active
    )
    {
        var id = new Argument<string>("id") { Description = "As sluice members list shows it" };
        command.Add(id);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var member = session.Value(id);
                if (
                    yes is not null
                    && !session.Consents(
                        $"Deactivate {member}? Their sessions end and their keys fail on their very next use.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                session.Print(
                    await client.People.SetActive(member, active, stop),
                    SluiceJson.Default.Member,
                    (people, shown) =>
                        people.Good(
                            $"{shown.Email} is {(shown.Active ? "active" : "inactive")} now."
                        )
                );
                return Exit.Done;
            }
        );
    }
}
