using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Asks for a run's end. Steps that have run are not undone.</summary>
internal static class CancelCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        var yes = GlobalOptions.Yes();
        return new Command("cancel", "End a run; what its steps did is not undone")
        {
            id,
            yes,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    !session.Consents(
                        $"Cancel run {session.Value(id)}? What its steps did is not undone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                session.Print(
                    await client.Runs.Cancel(session.Value(id), stop),
                    SluiceJson.Default.Run,
                    (people, run) => people.Good($"Run {run.Id}: {run.Status}.")
                );
                return Exit.Done;
            }
        );
    }
}
