using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Flows.Layout;

namespace Sluice.Cli.Flows;

/// <summary>Shows a flow: as text on the terminal, as a picture in a file.</summary>
internal static class PreviewCommand
{
    public static Command Define(Terminal terminal)
    {
        var flow = FlowSource.Argument();
        var svg = new Option<bool>("--svg") { Description = "A picture instead of text" };
        var target = new Option<string?>("--out")
        {
            Description = "A file; one that ends in .svg gets the picture",
            HelpName = "file",
        };
        return new Command("preview", "Show the flow as text, or draw it as SVG")
        {
            flow,
            svg,
            target,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                var (source, exit) = await FlowSource.Read(session, session.Value(flow), stop);
                if (source is null)
                    return exit;
                var to = session.Value(target);
                var isPicture =
                    session.Value(svg)
                    || to?.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) == true;
                var shown = isPicture ? FlowSvg.Of(source.Flow) : FlowText.Of(source.Flow);
                if (to is not null)
                    await File.WriteAllTextAsync(session.Terminal.Path(to), shown, stop);
                session.Print(
                    new Preview(
                        source.Label,
                        isPicture ? "svg" : "text",
                        to,
                        to is null ? shown : null
                    ),
                    CliJson.Default.Preview,
                    (people, preview) =>
                    {
                        if (preview.File is { } file)
                            people.Good(file);
                        else
                            terminal.Out.Write(Plain.Text(shown));
                    }
                );
                return Exit.Done;
            }
        );
    }
}

/// <param name="Format"><c>svg</c> or <c>text</c>.</param>
/// <param name="File">Where it was written; null: it is here.</param>
/// <param name="Shown">Null when it was written to a file.</param>
internal sealed record Preview(string Flow, string Format, string? File, string? Shown);
