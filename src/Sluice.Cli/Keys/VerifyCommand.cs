using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

/// <summary>Checks a key that somebody showed. Its text comes from a prompt or standard input, never from the line.</summary>
internal static class VerifyCommand
{
    public static Command Define(Terminal terminal)
    {
        var scopes = new Option<string[]>("--scope")
        {
            Description = "Scope that it must have; repeatable",
        };
        var address = new Option<string?>("--address")
        {
            Description = "Where whoever showed it calls from",
            HelpName = "ip",
        };
        return new Command(
            "verify",
            "Check a key (from a prompt or standard input); it counts as a use of it"
        )
        {
            scopes,
            address,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                using var input = await SecretInput.Read(
                    session,
                    "Key to check (not shown): ",
                    keepNewline: false,
                    stop
                );
                if (input is null)
                    return Exit.Usage;
                var verdict = await client.Keys.Verify(
                    new KeyToVerify
                    {
                        Key = input.Text(),
                        Scopes = session.Value(scopes) is { Length: > 0 } some ? some : null,
                        Address = session.Value(address),
                    },
                    stop
                );
                session.Print(verdict, SluiceJson.Default.KeyVerdict, Tell);
                return verdict.Valid ? Exit.Done : Exit.Refused;
            }
        );
    }

    private static void Tell(Report people, KeyVerdict verdict)
    {
        if (verdict.Valid)
            people.Good("A good key of this tenant and environment.");
        else
            people.Bad($"Not good: {verdict.Code.Replace('_', ' ')}.");
        if (verdict.KeyId is null)
            return;
        people.Facts([
            ("Id", verdict.KeyId),
            ("Environment", verdict.Environment),
            ("Scopes", Show.List(verdict.Scopes, "none")),
            .. KeyFacts.Bounds(verdict.ExpiresAt, null, null, null),
        ]);
    }
}
