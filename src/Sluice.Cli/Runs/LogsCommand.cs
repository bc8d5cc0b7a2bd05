using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Runs;

internal static class LogsCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id");
        return new Command("logs", "What the run's nodes logged") { id }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                session.Print(
                    await client.Runs.Logs(session.Value(id), stop),
                    SluiceJson.Default.PageLogLine,
                    (people, page) =>
                    {
                        foreach (var line in page.Data)
                        {
                            var fields = Show.Json(line.Fields) is { } some and not "{}"
                                ? "  " + some
                                : "";
                            people.Line(
                                $"{Show.ExactTime(line.At)}  {line.Level, -5}  {line.Step}  {line.Text}{fields}"
                            );
                        }
                    }
                );
                return Exit.Done;
            }
        );
    }
}
