using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Pauses a run before its next step.</summary>
internal static class PauseCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        return new Command("pause", "Pause a run before its next step") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Runs.Pause(session.Value(id), stop),
                    SluiceJson.Default.Run,
                    (people, run) =>
                        people.Good(
                            run.PauseAskedAt is null
                                ? $"Run {run.Id}: {run.Status}."
                                : $"Run {run.Id} pauses before its next step."
                        )
                );
                return Exit.Done;
            }
        );
    }
}
