using System.CommandLine;
using Sluice.Cli.Keys;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>Keys that the operator makes for one member, for a time.</summary>
internal static class UserTokenCommand
{
    public static Command Define(Terminal terminal) =>
        new("user-token", "Keys for one member, for a time: make, rotate, revoke")
        {
            Create(terminal),
            Rotate(terminal),
            Revoke(terminal),
        };

    private static Command Create(Terminal terminal)
    {
        var handle = Handle();
        var email = new Argument<string>("email") { Description = "The member's address" };
        var role = new Option<string?>("--role")
        {
            Description = "Whose rights it has, no wider than the member's [default: the member's]",
        };
        role.AcceptOnlyFromAmong("owner", "admin", "policy_admin", "developer", "viewer");
        var environment = new Option<string?>("--environment", "-e")
        {
            Description = "live or test [default: live]",
        };
        environment.AcceptOnlyFromAmong("live", "test");
        var (ttl, saveTo) = (Ttl("How long it lives, up to 365d [default: 30d]"), SaveTo());
        return new Command("create", "Make one; its text is shown once")
        {
            handle,
            email,
            role,
            environment,
            ttl,
            saveTo,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                Give(
                    session,
                    await client.Admin.CreateUserToken(
                        session.Value(handle),
                        new NewUserToken(
                            session.Value(email),
                            session.Value(role),
                            Hours(session.Value(ttl)),
                            session.Value(environment)
                        ),
                        stop
                    ),
                    session.Value(saveTo)
                )
        );
    }

    private static Command Rotate(Terminal terminal)
    {
        var handle = Handle();
        var (jti, email) = Names("The token", "The member, where it has only one");
        var overlap = Spans.Option(
            "--overlap",
            "How long the old one still works; 0 ends it at once [default: 1d]"
        );
        var (ttl, saveTo) = (Ttl("How long the new one lives [default: as the old one]"), SaveTo());
        return new Command("rotate", "Make one's successor; both work for a while")
        {
            handle,
            jti,
            email,
            ttl,
            overlap,
            saveTo,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
                Give(
                    session,
                    await client.Admin.RotateUserToken(
                        session.Value(handle),
                        new UserTokenRotation(
                            session.Value(jti),
                            session.Value(email),
                            Hours(session.Value(ttl)),
                            (long?)session.Value(overlap)?.TotalSeconds
                        ),
                        stop
                    ),
                    session.Value(saveTo)
                )
        );
    }

    private static Command Revoke(Terminal terminal)
    {
        var handle = Handle();
        var (jti, email) = Names("The token", "All of this member");
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for the ledger",
            Required = true,
        };
        var yes = GlobalOptions.Yes();
        return new Command(
            "revoke",
            "End one, or all of a member: they fail on their very next use"
        )
        {
            handle,
            jti,
            email,
            reason,
            yes,
        }.CallsAsOperator(
            terminal,
            async (session, client, stop) =>
            {
                var (one, all) = (session.Value(jti), session.Value(email));
                if (
                    !session.Consents(
                        $"End {(one is null ? $"all user tokens of {all}" : one)}? This cannot be undone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                var revoked = await client.Admin.RevokeUserTokens(
                    session.Value(handle),
                    new UserTokenRevocation(one, all, session.Value(reason)!),
                    stop
                );
                session.Print(
                    revoked,
                    SluiceJson.Default.UserTokensRevoked,
                    (people, ended) =>
                        people.Good(
                            ended.Revoked.Count == 0
                                ? "There was none left to end."
                                : $"Revoked {string.Join(", ", ended.Revoked)}."
                        )
                );
                return Exit.Done;
            }
        );
    }

    private static Exit Give(Session session, UserTokenMade made, string? file)
    {
        if (file is not null)
        {
            KeyFile.Write(session.Terminal.Path(file), made.UserToken.Token, asHeader: false);
            made = made with { UserToken = made.UserToken with { Token = "" } };
        }
        session.Print(
            made,
            SluiceJson.Default.UserTokenMade,
            (people, shown) =>
            {
                var token = shown.UserToken;
                people.Facts([
                    ("Id", token.Jti),
                    ("For", token.UserEmail),
                    ("Environment", token.Environment),
                    ("Scopes", Show.List(token.Scopes, "none")),
                    ("Ends", Show.Time(token.ExpiresAt)),
                    .. token.RotatedFrom is { } old
                        ? [("Successor of", old)]
                        : Array.Empty<(string, string?)>(),
                    ("Token", file is null ? token.Token : $"in {file}"),
                ]);
                if (file is null)
                    people.Careful("Save it now: it is never shown again.");
            }
        );
        return Exit.Done;
    }

    // What is less than an hour is asked for as one, and refused by nobody.
    private static long? Hours(TimeSpan? span) =>
        span is { } some ? (long)Math.Ceiling(some.TotalHours) : null;

    private static Argument<string> Handle() =>
        new("handle") { Description = "As sluice admin orgs list shows it" };

    private static Option<TimeSpan?> Ttl(string description) => Spans.Option("--ttl", description);

    private static Option<string?> SaveTo() =>
        new("--save-to")
        {
            Description = "Write the token to this file (mode 0600) and do not show it",
            HelpName = "file",
        };

    private static (Option<string?> Jti, Option<string?> Email) Names(string one, string all) =>
        (
            new Option<string?>("--jti") { Description = $"{one}, by its id", HelpName = "id" },
            new Option<string?>("--email") { Description = all }
        );
}
