using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>Makes a tenant with its owner and first key. Repeating it changes nothing.</summary>
internal static class OrgCreateCommand
{
    public static Command Define(Terminal terminal)
    {
        var handle = new Argument<string>("handle")
        {
            Description = "The prefix of its package names, like acme",
        };
        var name = new Option<string?>("--name")
        {
            Description = "The name for people [default: the handle]",
        };
        var email = new Option<string?>("--owner-email")
        {
            Description = "The first owner [default: a service account owns the first key]",
        };
        var ownerName = new Option<string?>("--owner-name");
        var tier = new Option<string?>("--tier");
        var saveTo = new Option<string?>("--save-to")
        {
            Description = "Write the first key to this file (mode 0600) and do not show it",
            HelpName = "file",
        };
        return new Command("create", "Make an organisation with its owner and first key")
        {
            handle,
            name,
            email,
            ownerName,
            tier,
            saveTo,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var wanted = new NewOrganization(
                    session.Value(handle),
                    session.Value(name) ?? session.Value(handle),
                    session.Value(email) is { } owner
                        ? new NewOwner(owner, session.Value(ownerName))
                        : null,
                    session.Value(tier)
                );
                var made = await client.Admin.CreateOrganization(wanted, stop);
                var file = session.Value(saveTo);
                if (file is not null && made.Key is { } key)
                {
                    KeyFile.Write(terminal.Path(file), key, asHeader: false);
                    made = made with { Key = null };
                }
                session.Print(
                    made,
                    SluiceJson.Default.Organization,
                    (people, org) => Tell(people, org, file)
                );
                return Exit.Done;
            }
        );
    }

    private static void Tell(Report people, Organization org, string? file)
    {
        if (!org.Created)
        {
            people.Line($"{org.OrgId} exists already; nothing was changed.");
            return;
        }
        people.Good($"Created {org.OrgId}.");
        people.Facts(
            ("Tenant", org.TenantId),
            ("Key id", org.KeyId),
            ("Key", org.Key ?? $"in {file}"),
            ("Invitation", org.Invitation)
        );
        if (org.Key is not null)
            people.Careful("Save it now: it is never shown again.");
        if (org.Invitation is not null)
            people.Faint("The owner sets a password there, within a week; the link works once.");
    }
}
