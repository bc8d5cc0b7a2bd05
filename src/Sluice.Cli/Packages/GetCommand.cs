using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Packages;

internal static class GetCommand
{
    public static Command Define(Terminal terminal)
    {
        var reference = PackageArgument.Define();
        var log = new Option<bool>("--log") { Description = "Print the build's log" };
        var messages = new Option<bool>("--messages")
        {
            Description = "Print the messages' proto text",
        };
        return new Command("get", "One package: its nodes and the secrets they read")
        {
            reference,
            log,
            messages,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (PackageArgument.Read(session, session.Value(reference)) is not { } named)
                    return Exit.Usage;
                var package = await client.Packages.Get(named.Name, named.Version, stop);
                session.Print(
                    package,
                    SluiceJson.Default.Package,
                    (people, found) =>
                    {
                        if (session.Value(messages))
                            people.Block(
                                string.Join(
                                    "\n",
                                    (found.Messages ?? new Dictionary<string, string>()).Values
                                )
                            );
                        else if (session.Value(log))
                            people.Block(found.BuildLog ?? "");
                        else
                            Tell(people, found);
                    }
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Package package)
    {
        people.Facts(
            ("Package", $"{package.Name}@{package.Version}"),
            ("Language", package.Language),
            ("Pushed", Show.Time(package.CreatedAt)),
            ("Digest", package.Digest)
        );
        people.Line();
        people.Table(
            ["NODE", "INPUT", "OUTPUT", "SECRETS"],
            (package.Nodes ?? []).Select(node =>
                (IReadOnlyList<string?>)
                    [node.Name, node.Input, node.Output, Show.List(node.RequiredSecrets, "–")]
            )
        );
        if (package.Dependencies is not { Count: > 0 } taken)
            return;
        people.Line();
        people.Table(
            ["DEPENDENCY", "VERSION"],
            taken
                .Where(each => !each.Development)
                .Select(each => (IReadOnlyList<string?>)[each.Name, each.Version])
        );
    }
}
