using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Runs;

/// <summary>Calls a compiled flow, by its name or by a graph's id, or a single node.</summary>
internal static class InvokeCommand
{
    public static Command Define(Terminal terminal)
    {
        var target = new Argument<string>("flow")
        {
            Description =
                "handle/flow for its latest graph, a graph's id, or handle/package/Node@version for a single node",
        };
        var options = new InvokeOptions();
        var command = new Command(
            "invoke",
            "Call a compiled flow, or a single node, and print its output"
        )
        {
            target,
        };
        options.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (await options.Input(session, stop) is not { } input)
                    return Exit.Invalid;
                return InvokeTarget.Parse(session.Value(target)) is { } parsed
                    ? await options.Invoke(session, client, parsed, input, stop)
                    : session.Fail(
                        Exit.Usage,
                        "no_version",
                        "A single node is named with its package's version: handle/package/Node@version.",
                        "The versions: sluice packages list"
                    );
            }
        );
    }
}
