using System.CommandLine;
using System.Text.Json.Nodes;
using Sluice.Cli.Terminals;
using Sluice.Language.Flows;

namespace Sluice.Cli.Graphs;

/// <summary>A line that runs the graph from any shell. The key is in it nowhere: it comes from a file or the environment.</summary>
internal static class CurlCommand
{
    public static Command Define(Terminal terminal)
    {
        var graph = GraphsCommand.Argument();
        var keyFile = new Option<string?>("--key-file")
        {
            Description =
                "A file with the key as a header, from sluice keys create --as-header [default: SLUICE_API_KEY when the line runs]",
            HelpName = "file",
        };
        return new Command("curl", "A line that runs the graph with an example of its input")
        {
            graph,
            keyFile,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    await GraphsCommand.Id(session, client, session.Value(graph), stop)
                    is not { } id
                )
                    return Exit.NotFound;
                var shown = await client.Flows.Graph(id, stop);
                var line = session.Value(keyFile) is { } file
                    ? CurlLine.For(
                        client.Url.ToString(),
                        id,
                        JsonNode.Parse(shown.GetProperty("example_input").GetRawText()),
                        file,
                        stream: shown.GetProperty("mode").GetString() == "pipeline"
                    )
                    : shown.GetProperty("curl").GetString()!;
                session.Print(
                    new CallLine(line),
                    CliJson.Default.CallLine,
                    (_, made) => terminal.Out.WriteLine(Plain.Text(made.Curl))
                );
                return Exit.Done;
            }
        );
    }
}

/// <param name="Curl">For a POSIX shell.</param>
internal sealed record CallLine(string Curl);
