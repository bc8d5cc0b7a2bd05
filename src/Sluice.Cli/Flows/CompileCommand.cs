using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Flows;

/// <summary>Freezes a flow into a graph. A file is saved first.</summary>
internal static class CompileCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = FlowFile.NameOrFile();
        return new Command("compile", "Freeze a flow into a graph that can be invoked")
        {
            flow,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    await FlowFile.SavedName(session, client, session.Value(flow), stop)
                    is not { } name
                )
                    return Exit.Invalid;
                session.Print(
                    await client.Flows.Compile(name, stop),
                    SluiceJson.Default.CompiledFlow,
                    (people, graph) =>
                    {
                        people.Good($"Compiled {name}, revision {graph.Revision}.");
                        people.Facts(("Graph", graph.GraphId));
                    }
                );
                return Exit.Done;
            }
        );
    }
}
