using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

internal static class RemoveCommand
{
    public static Command Define(Terminal terminal)
    {
        var reference = PackageArgument.Define();
        var yes = GlobalOptions.Yes();
        return new Command("rm", "Delete a version of a package") { reference, yes }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (PackageArgument.Read(session, session.Value(reference)) is not { } named)
                    return Exit.Usage;
                if (
                    !session.Consents(
                        $"Delete {named}? It cannot be brought back.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.Packages.Delete(named.Name, named.Version, stop);
                session.Print(
                    new Deleted($"{named}"),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Deleted {named}.")
                );
                return Exit.Done;
            }
        );
    }
}
