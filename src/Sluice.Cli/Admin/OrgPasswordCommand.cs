using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>A way back in for somebody who has lost it.</summary>
internal static class OrgPasswordCommand
{
    public static Command Define(Terminal terminal)
    {
        var handle = new Argument<string>("handle") { Description = "The organisation" };
        var email = new Option<string?>("--email")
        {
            Description = "The person [default: the owner]",
        };
        return new Command("password", "Make a link that sets a person's password anew")
        {
            handle,
            email,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var made = await client.Admin.MakePasswordLink(
                    session.Value(handle),
                    session.Value(email),
                    stop
                );
                session.Print(
                    made,
                    SluiceJson.Default.PasswordLink,
                    (people, link) =>
                    {
                        people.Facts(
                            ("For", link.Email),
                            ("Link", link.Link),
                            ("Until", Show.Time(link.ExpiresAt))
                        );
                        people.Careful("Whoever has the link can sign in; it works once.");
                    }
                );
                return Exit.Done;
            }
        );
    }
}
