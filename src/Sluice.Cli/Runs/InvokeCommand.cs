using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Runs;

/// <summary>Calls a compiled flow, by its name or by a graph's id.</summary>
internal static class InvokeCommand
{
    public static Command Define(Terminal terminal)
    {
        var target = new Argument<string>("flow")
        {
            Description = "handle/flow for its latest graph, or a graph's id",
        };
        var options = new InvokeOptions();
        var command = new Command("invoke", "Call a compiled flow and print its output") { target };
        options.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (await options.Input(session, stop) is not { } input)
                    return Exit.Invalid;
                var named = session.Value(target);
                return named.Contains('/', StringComparison.Ordinal)
                    ? await options.Invoke(session, client, graphId: null, flow: named, input, stop)
                    : await options.Invoke(
                        session,
                        client,
                        graphId: named,
                        flow: null,
                        input,
                        stop
                    );
            }
        );
    }
}
