using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Seal;

namespace Sluice.Cli.Audit;

/// <summary>Verifies copies of a ledger without a server, or a fresh copy of the server's; spec/ledger.md says what is checked.</summary>
internal static class VerifyCommand
{
    public static Command Define(Terminal terminal, Ask ask)
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Copies in their order; none: a fresh one from the server",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        var kept = new Option<string[]>("--checkpoint")
        {
            Description = "File with a checkpoint that was kept elsewhere; repeatable",
            HelpName = "file",
        };
        var keys = new Option<string[]>("--key")
        {
            Description = "Id of a key that may sign; repeatable [default: those in the copy]",
            HelpName = "id",
        };
        return new Command("verify", "Check that no entry was changed, moved or taken away")
        {
            files,
            kept,
            keys,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                var verifier = new LedgerVerifier(session.Value(keys));
                foreach (var file in session.Value(kept) ?? [])
                {
                    if (Read(terminal.Path(file)) is not { } checkpoint)
                        return session.Fail(
                            Exit.Usage,
                            "no_checkpoint",
                            $"{file} is no checkpoint.",
                            "It is what `sluice audit checkpoint` printed."
                        );
                    verifier.Keep(checkpoint);
                }
                var pinned = session.Value(keys) is { Length: > 0 };
                return session.Value(files) is { Length: > 0 } paths
                    ? await Verify(
                        session,
                        verifier,
                        pinned,
                        Lines(paths.Select(terminal.Path), stop)
                    )
                    : await ask(
                        session,
                        audit => Verify(session, verifier, pinned, audit.Lines(stop))
                    );
            }
        );
    }

    private static async Task<Exit> Verify(
        Session session,
        LedgerVerifier verifier,
        bool pinned,
        IAsyncEnumerable<string> lines
    )
    {
        await foreach (var line in lines)
        {
            if (line.Length > 0)
                verifier.Read(Encoding.UTF8.GetBytes(line));
        }
        var verdict = verifier.End();
        if (verdict.Problem is { } problem)
        {
            if (session.Json)
                session.PrintJson(verdict, CliJson.Default.LedgerVerdict);
            return session.Fail(
                Exit.Invalid,
                problem.Kind,
                problem.Detail,
                $"The first that is bad or missing is entry {problem.Seq}; the ones before it hold."
            );
        }
        session.Print(
            verdict,
            CliJson.Default.LedgerVerdict,
            (people, found) => Tell(people, found, pinned)
        );
        return Exit.Done;
    }

    private static void Tell(Report people, LedgerVerdict verdict, bool pinned)
    {
        people.Good($"Entries {verdict.First} to {verdict.Last} hold.");
        people.Facts(
            ("Ledger", verdict.Chain),
            ("Last hash", verdict.Hash),
            ("Checkpoints", verdict.Checkpoints.ToString()),
            ("Signed by", Show.List(verdict.Keys, "nobody"))
        );
        if (!pinned)
            people.Careful(
                "The copy brought its own keys: compare with the one that you keep, or name it with --key."
            );
    }

    private static async IAsyncEnumerable<string> Lines(
        IEnumerable<string> paths,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        foreach (var path in paths)
        {
            await foreach (var line in File.ReadLinesAsync(path, Encoding.UTF8, stop))
                yield return line;
        }
    }

    private static Checkpoint? Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return Checkpoint.Read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return null;
        }
    }
}
