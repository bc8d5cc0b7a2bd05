using System.CommandLine;
using Sluice.Cli.Runs;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Flows;

/// <summary>Compiles and invokes in one go: what an author does after every edit.</summary>
internal static class RunCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = FlowFile.NameOrFile();
        var options = new InvokeOptions();
        var command = new Command("run", "Compile a flow and invoke it once") { flow };
        options.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (await options.Input(session, stop) is not { } input)
                    return Exit.Invalid;
                if (
                    await FlowFile.SavedName(session, client, session.Value(flow), stop)
                    is not { } name
                )
                    return Exit.Invalid;
                var graph = await client.Flows.Compile(name, stop);
                session.Remark($"Compiled {name}, revision {graph.Revision}: {graph.GraphId}");
                return await options.Invoke(
                    session,
                    client,
                    new InvokeTarget { GraphId = graph.GraphId },
                    input,
                    stop
                );
            }
        );
    }
}
