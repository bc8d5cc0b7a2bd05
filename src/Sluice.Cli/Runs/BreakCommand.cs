using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>Sets the placements before which a run pauses.</summary>
internal static class BreakCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        var aliases = new Argument<string[]>("alias")
        {
            Description =
                "Placements before which it pauses, in the place of those it had; none: none",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        return new Command("break", "Set a run's breakpoints") { id, aliases }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Runs.SetBreakpoints(
                        session.Value(id),
                        session.Value(aliases),
                        stop
                    ),
                    SluiceJson.Default.Run,
                    (people, run) =>
                        people.Good(
                            $"Run {run.Id} pauses before: {Show.List(run.Breakpoints, "nothing")}."
                        )
                );
                return Exit.Done;
            }
        );
    }
}
