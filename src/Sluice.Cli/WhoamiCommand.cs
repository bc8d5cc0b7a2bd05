using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>Prints the Email and Tenant that the key resolves to.</summary>
internal static class WhoamiCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("whoami", "Who the key belongs to").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Identity.Whoami(stop),
                    SluiceJson.Default.Whoami,
                    (people, who) =>
                        people.Facts(
                            ("Email", who.Email ?? $"none ({Name(who)})"),
                            ("Tenant", who.Tenant),
                            ("Environment", who.Environment),
                            ("Scopes", Show.List(who.Scopes, "all that the owner may do"))
                        )
                );
                return Exit.Done;
            }
        );

    /// <summary>The person's address, or the service account's name.</summary>
    public static string Name(Whoami who) =>
        who.Email
        ?? (who.Owner is { Name: { } name } ? $"service account {name}" : "a service account");
}
