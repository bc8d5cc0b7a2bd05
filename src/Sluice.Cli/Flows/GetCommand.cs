using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Flows;

/// <summary>Prints the document itself, so that <c>sluice flow get demo/hello > flow.yaml</c> is the way back.</summary>
internal static class GetCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("flow") { Description = "handle/flow" };
        var revision = new Option<int?>("--revision")
        {
            Description = "An older one [default: the latest]",
        };
        return new Command("get", "The flow's document") { name, revision }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Flows.Get(session.Value(name), session.Value(revision), stop),
                    SluiceJson.Default.SavedFlow,
                    (_, flow) => terminal.Out.Write(Plain.Text(flow.Document))
                );
                return Exit.Done;
            }
        );
    }
}
