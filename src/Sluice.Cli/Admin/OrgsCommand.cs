using System.CommandLine;
using Sluice.Cli.Packages;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>The organisations of a server, from first to last day.</summary>
internal static class OrgsCommand
{
    public static Command Define(Terminal terminal)
    {
        var command = new Command("orgs", "Organisations: make, list, change, suspend, delete")
        {
            OrgCreateCommand.Define(terminal),
            List(terminal),
            Get(terminal),
            Update(terminal),
            Suspend(terminal),
            Resume(terminal),
            Export(terminal),
            OrgPasswordCommand.Define(terminal),
            UserTokenCommand.Define(terminal),
            Remove(terminal),
        };
        command.Aliases.Add("org");
        return command;
    }

    private static Command List(Terminal terminal) =>
        new Command("list", "All of them, newest first").CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await Pages.All(cursor => client.Admin.Organizations(cursor, stop)),
                    SluiceJson.Default.PageOrganizationState,
                    (people, page) =>
                        people.Table(
                            ["HANDLE", "NAME", "TIER", "STATUS", "CREATED"],
                            page.Data.Select(org =>
                                (IReadOnlyList<string?>)
                                    [
                                        org.OrgId,
                                        org.Name,
                                        org.Tier,
                                        org.Status,
                                        Show.Date(org.CreatedAt),
                                    ]
                            )
                        )
                );
                return Exit.Done;
            }
        );

    private static Command Get(Terminal terminal)
    {
        var handle = Handle();
        return new Command("get", "How one stands, and its license") { handle }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                Tell(session, await client.Admin.GetOrganization(session.Value(handle), stop))
        );
    }

    private static Command Update(Terminal terminal)
    {
        var handle = Handle();
        var name = new Option<string?>("--name");
        var tier = new Option<string?>("--tier");
        return new Command("update", "Change its name or tier")
        {
            handle,
            name,
            tier,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                Tell(
                    session,
                    await client.Admin.UpdateOrganization(
                        session.Value(handle),
                        new OrganizationChange(session.Value(name), session.Value(tier)),
                        stop
                    )
                )
        );
    }

    private static Command Suspend(Terminal terminal)
    {
        var handle = Handle();
        var reason = new Option<string>("--reason")
        {
            Description = "What its people are told",
            Required = true,
        };
        return new Command(
            "suspend",
            "Refuse its calls, from the very next one on; nothing of it is lost"
        )
        {
            handle,
            reason,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                Tell(
                    session,
                    await client.Admin.SuspendOrganization(
                        session.Value(handle),
                        session.Value(reason)!,
                        stop
                    )
                )
        );
    }

    private static Command Resume(Terminal terminal)
    {
        var handle = Handle();
        return new Command("resume", "Let it in again, also while it waits to be deleted")
        {
            handle,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                Tell(session, await client.Admin.ResumeOrganization(session.Value(handle), stop))
        );
    }

    private static Command Export(Terminal terminal)
    {
        var handle = Handle();
        var to = new Option<string>("--to")
        {
            Description = "The file that is written (mode 0600)",
            HelpName = "file",
            Required = true,
        };
        return new Command("export", "What it has made, as JSON lines; no credential, no secret")
        {
            handle,
            to,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var (org, file) = (session.Value(handle), session.Value(to)!);
                var lines = await client.Admin.ExportOrganization(org, stop);
                PrivateFile.Write(session.Terminal.Path(file), lines);
                session.Print(
                    new FilesWritten([file]),
                    CliJson.Default.FilesWritten,
                    (people, _) => people.Good($"Wrote {Show.Size(lines.Length)} to {file}.")
                );
                return Exit.Done;
            }
        );
    }

    private static Command Remove(Terminal terminal)
    {
        var handle = Handle();
        var yes = GlobalOptions.Yes();
        return new Command(
            "rm",
            "Suspend it, and remove everything of it when the waiting time is over"
        )
        {
            handle,
            yes,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var org = session.Value(handle);
                return session.Consents(
                    $"Delete {org}? Its calls are refused at once; it can be resumed until the waiting time is over.",
                    session.Value(yes)
                )
                    ? Tell(session, await client.Admin.DeleteOrganization(org, stop))
                    : Exit.NeedsConsent;
            }
        );
    }

    private static Argument<string> Handle() =>
        new("handle") { Description = "As sluice admin orgs list shows it" };

    private static Exit Tell(Session session, OrganizationState org)
    {
        session.Print(
            org,
            SluiceJson.Default.OrganizationState,
            (people, shown) =>
                people.Facts(
                    ("Handle", shown.OrgId),
                    ("Name", shown.Name),
                    ("Tier", shown.Tier),
                    ("Status", shown.Status),
                    ("Reason", shown.Reason),
                    ("Removed on", Show.Date(shown.DeleteAt)),
                    (
                        "License",
                        shown.License is { } license
                            ? $"{license.Masked}, until {Show.Date(license.ExpiresAt)}{(license.LeakedAt is null ? "" : ", key leaked")}"
                            : "none of its own"
                    ),
                    ("Created", Show.Date(shown.CreatedAt))
                )
        );
        return Exit.Done;
    }
}
