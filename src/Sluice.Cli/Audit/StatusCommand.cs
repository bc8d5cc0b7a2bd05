using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

/// <summary>A look at the chain as the server sees it: how long, up to where signed, and whether the newest entries fit together.</summary>
internal static class StatusCommand
{
    public static Command Define(Terminal terminal, Ask ask) =>
        new Command(
            "status",
            "Show how long the ledger is, up to where it is signed, and whether its newest entries hold"
        ).Does(
            terminal,
            (session, stop) => ask(session, async audit => Tell(session, await audit.Chain(stop)))
        );

    private static Exit Tell(Session session, AuditChain chain)
    {
        if (chain.BrokenAt is { } broken)
        {
            if (session.Json)
                session.PrintJson(chain, SluiceJson.Default.AuditChain);
            return session.Fail(
                Exit.Invalid,
                "ledger_broken",
                $"Entry {broken} was changed or is missing.",
                "`sluice audit verify` checks all of it, against checkpoints that you keep."
            );
        }
        session.Print(
            chain,
            SluiceJson.Default.AuditChain,
            (people, found) =>
            {
                people.Good(
                    found.Seq == 0
                        ? "The ledger has no entry yet."
                        : $"The newest {found.Checked} of {found.Seq} entries hold."
                );
                people.Facts(
                    ("Last hash", found.Hash),
                    ("Signed up to", found.SignedSeq?.ToString() ?? "nothing yet"),
                    ("Signed at", found.SignedAt),
                    ("Signed by", found.Kid)
                );
            }
        );
        return Exit.Done;
    }
}
