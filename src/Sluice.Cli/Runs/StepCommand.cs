using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Lets a paused run make one step, and shows what came of it.</summary>
internal static class StepCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        return new Command("step", "Let a paused run make one step, and wait for it") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var run = session.Value(id);
                var before = await client.Runs.Get(run, stop);
                var last = before.Steps?.Max(step => step.Seq) ?? 0;
                await client.Runs.Step(run, stop);
                var (goesOn, status) = (false, "paused");
                await foreach (var happened in client.Runs.Events(run, last, stop))
                {
                    goesOn |= happened.Data.OneStep == true;
                    if (!goesOn || happened.Id is null)
                        continue;
                    EventsCommand.Tell(session, happened);
                    if (happened.Event is "run.paused" or "run.ended")
                    {
                        status = happened.Data.Status ?? status;
                        break;
                    }
                }
                return EventsCommand.ExitOf(status);
            }
        );
    }
}
