using System.CommandLine;
using System.Text;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

/// <summary>Webhooks that the ledger is sent to.</summary>
internal static class StreamCommand
{
    public static Command Define(Terminal terminal) =>
        new("stream", "Webhooks that the ledger is sent to")
        {
            DefineAdd(terminal),
            DefineList(terminal),
            DefineShow(terminal),
            StreamSetCommand.Define(terminal),
            DefineTest(terminal),
            DefineRemove(terminal),
        };

    public static Argument<string> Id() =>
        new("id") { Description = "As sluice audit stream list shows it" };

    public static Option<string[]> Actions(string description) =>
        new("--action") { Description = description, AllowMultipleArgumentsPerToken = true };

    private static Command DefineAdd(Terminal terminal)
    {
        var url = new Argument<string>("url") { Description = "An https address" };
        var actions = Actions("Only these, like key.revoke or 'key.*'; repeatable [default: all]");
        var after = new Option<long?>("--after")
        {
            Description = "What comes after this entry; 0 for all [default: from now on]",
            HelpName = "number",
        };
        var off = new Option<bool>("--off") { Description = "Begin when it is turned on" };
        var saveTo = new Option<string?>("--save-to")
        {
            Description = "Write the secret to this file (mode 0600) and do not show it",
            HelpName = "file",
        };
        return new Command("add", "Send the ledger to a webhook; its secret is shown once")
        {
            url,
            actions,
            after,
            off,
            saveTo,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var made = await client.AuditStreams.Create(
                    new NewAuditStream(
                        session.Value(url),
                        session.Value(actions) is { Length: > 0 } some ? some : null,
                        session.Value(after),
                        session.Value(off) ? false : null
                    ),
                    stop
                );
                var file = session.Value(saveTo);
                if (file is not null)
                {
                    PrivateFile.Write(
                        terminal.Path(file),
                        Encoding.UTF8.GetBytes(made.Secret + "\n")
                    );
                    made = made with { Secret = null };
                }
                session.Print(
                    made,
                    SluiceJson.Default.AuditStream,
                    (people, stream) =>
                    {
                        Tell(people, stream);
                        people.Facts(("Secret", file is null ? stream.Secret : $"in {file}"));
                        if (file is null)
                            people.Careful("Save it now: it is never shown again.");
                    }
                );
                return Exit.Done;
            }
        );
    }

    private static Command DefineList(Terminal terminal) =>
        new Command("list", "Webhooks, and how each stands").Calls(
            terminal,
            async (session, client, stop) =>
            {
                var streams = await client.AuditStreams.List(stop);
                session.Print(
                    new Page<AuditStream> { Data = streams },
                    SluiceJson.Default.PageAuditStream,
                    (people, page) =>
                    {
                        if (page.Data.Count == 0)
                            people.Line("The ledger is sent nowhere.");
                        else
                            people.Table(
                                ["ID", "URL", "STATE", "DELIVERED", "WAITING", "LAST ANSWER"],
                                page.Data.Select(Row)
                            );
                    }
                );
                return Exit.Done;
            }
        );

    private static Command DefineShow(Terminal terminal)
    {
        var id = Id();
        return new Command("show", "A webhook, and how it stands") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.AuditStreams.Get(session.Value(id), stop),
                    SluiceJson.Default.AuditStream,
                    Tell
                );
                return Exit.Done;
            }
        );
    }

    private static Command DefineTest(Terminal terminal)
    {
        var id = Id();
        return new Command("test", "Send a webhook one message that says nothing") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var test = await client.AuditStreams.Test(session.Value(id), stop);
                if (session.Json)
                    session.PrintJson(test, SluiceJson.Default.AuditStreamTest);
                if (!test.Delivered)
                    return session.Fail(
                        Exit.Unreachable,
                        "not_delivered",
                        test.Status is { } status
                            ? $"The webhook answered {status}, which is not 200 to 299."
                            : "The webhook did not answer.",
                        "It must be an https server of the public internet, or one that the operator lists, with a certificate that is trusted, and answer within 10 seconds."
                    );
                if (!session.Json)
                    session.Print(
                        test,
                        SluiceJson.Default.AuditStreamTest,
                        (people, sent) =>
                            people.Good(
                                $"The webhook answered {sent.Status} in {Show.Duration(sent.DurationMs)}."
                            )
                    );
                return Exit.Done;
            }
        );
    }

    private static Command DefineRemove(Terminal terminal)
    {
        var id = Id();
        var yes = GlobalOptions.Yes();
        return new Command("remove", "Send the ledger to a webhook no more") { id, yes }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var stream = session.Value(id);
                if (
                    !session.Consents(
                        $"Remove {stream}? Nothing is sent to it any more, and its secret is gone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                await client.AuditStreams.Remove(stream, stop);
                session.Print(
                    new Deleted(stream),
                    CliJson.Default.Deleted,
                    (people, _) => people.Good($"Removed {stream}.")
                );
                return Exit.Done;
            }
        );
    }

    private static IReadOnlyList<string?> Row(AuditStream stream) =>
        [
            stream.Id,
            stream.Url,
            stream.State,
            stream.LastDelivered?.ToString(),
            stream.Waiting.ToString(),
            Answer(stream),
        ];

    private static string? Answer(AuditStream stream) =>
        stream.LastAttemptAt is null ? null : stream.LastStatus?.ToString() ?? "none";

    public static void Tell(Report people, AuditStream stream) =>
        people.Facts(
            ("Id", stream.Id),
            ("URL", stream.Url),
            ("Actions", Show.List(stream.Actions, "all")),
            (
                "State",
                stream.DisabledReason == "failing" ? "off: it failed for too long" : stream.State
            ),
            (
                "Delivered",
                stream.LastDelivered is { } last
                    ? $"up to {last}, {Show.Time(stream.LastDeliveredAt)}"
                    : "nothing yet"
            ),
            ("Waiting", stream.Waiting == 0 ? "nothing" : $"{stream.Waiting} entries"),
            ("Last answer", Answer(stream)),
            ("Failing since", Show.Time(stream.FailingSince)),
            ("Next try", Show.Time(stream.NextAttemptAt))
        );
}
