using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

/// <summary>How many runs wait for their turn, and for how long.</summary>
internal static class QueueCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("queue", "Runs that wait for their turn").Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Runs.Queue(stop),
                    SluiceJson.Default.RunQueue,
                    (people, queue) =>
                    {
                        if (queue.Depth == 0)
                        {
                            people.Good("No run waits.");
                            return;
                        }
                        people.Table(
                            ["FLOW", "WAITING", "WITH CALLER", "LONGEST"],
                            queue.Flows.Select(flow =>
                                (IReadOnlyList<string?>)
                                    [
                                        flow.Flow,
                                        flow.Depth.ToString(CultureInfo.InvariantCulture),
                                        flow.Interactive.ToString(CultureInfo.InvariantCulture),
                                        Show.Duration(flow.OldestMs),
                                    ]
                            )
                        );
                    }
                );
                return Exit.Done;
            }
        );
}
