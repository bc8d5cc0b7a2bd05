using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Graphs;

internal static class GraphsCommand
{
    public static Command Define(Terminal terminal) =>
        new("graph", "Graphs: what compiled flows have become")
        {
            ListCommand.Define(terminal),
            GetCommand.Define(terminal),
        };

    public static Argument<string> Id() =>
        new("id") { Description = "As sluice graph list shows it" };
}
