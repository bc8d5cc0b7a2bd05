using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Lets a paused run go on.</summary>
internal static class ResumeCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        return new Command("resume", "Let a paused run go on") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Runs.Resume(session.Value(id), stop),
                    SluiceJson.Default.Run,
                    (people, run) => people.Good($"Run {run.Id} goes on.")
                );
                return Exit.Done;
            }
        );
    }
}
