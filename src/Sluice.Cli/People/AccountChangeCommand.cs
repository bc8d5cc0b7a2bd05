using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.People;

/// <summary>Makes a service account, or changes one.</summary>
internal static class AccountChangeCommand
{
    public static Command DefineCreate(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "What it is for: deploy, billing" };
        var scopes = Scopes("What its keys may do at most, like runs:write; repeatable");
        scopes.Required = true;
        return new Command("create", "Make a service account") { name, scopes }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                Print(
                    session,
                    await client.People.CreateServiceAccount(
                        new ServiceAccountChange(session.Value(name), session.Value(scopes)),
                        stop
                    )
                );
                return Exit.Done;
            }
        );
    }

    public static Command DefineUpdate(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice accounts list shows it" };
        var name = new Option<string?>("--name") { Description = "Another name" };
        var scopes = Scopes("All of its scopes from now on; repeatable");
        return new Command(
            "update",
            "Rename a service account or change its scopes; its keys follow at once"
        )
        {
            id,
            name,
            scopes,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var wanted = session.Value(scopes) is { Length: > 0 } some ? some : null;
                if (wanted is null && session.Value(name) is null)
                    return session.Fail(
                        Exit.Usage,
                        "nothing_to_change",
                        "Nothing was said to change.",
                        "Give --name, --scope or both."
                    );
                Print(
                    session,
                    await client.People.UpdateServiceAccount(
                        session.Value(id),
                        new ServiceAccountChange(session.Value(name), wanted),
                        stop
                    )
                );
                return Exit.Done;
            }
        );
    }

    private static Option<string[]> Scopes(string description) =>
        new("--scope") { Description = description, AllowMultipleArgumentsPerToken = true };

    private static void Print(Session session, ServiceAccount account) =>
        session.Print(
            account,
            SluiceJson.Default.ServiceAccount,
            (people, shown) =>
            {
                people.Facts(
                    ("Id", shown.Id),
                    ("Name", shown.Name),
                    ("Scopes", Show.List(shown.Scopes, "none"))
                );
                people.Faint(
                    $"A key for it: sluice keys create NAME --service-account {shown.Id} --scope …"
                );
            }
        );
}
