using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Flows;
using Sluice.Language.Flows.Layout;

namespace Sluice.Cli.Flows;

/// <summary>Gives every placement its cell in the drawing. The rest of the document stays as its author wrote it.</summary>
internal static class LayoutCommand
{
    public static Command Define(Terminal terminal)
    {
        var file = FlowFile.Argument();
        var target = new Option<string?>("--out")
        {
            Description =
                "Where the document goes; - for standard output [default: the file itself]",
            HelpName = "file",
        };
        return new Command("layout", "Place the flow in a drawing: writes col and row")
        {
            file,
            target,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                if (FlowFile.Read(session, session.Value(file)) is not { } flow)
                    return Exit.Invalid;
                var text = LayoutEdit.Apply(flow.Content, flow.Path, out var kept)!;
                var to = session.Value(target) ?? flow.Path;
                if (to == "-" && !session.Json)
                {
                    terminal.Out.Write(Plain.Text(text));
                    return Exit.Done;
                }
                if (to != "-")
                    await File.WriteAllTextAsync(session.Terminal.Path(to), text, stop);
                session.Print(Answer(flow, to, kept), CliJson.Default.LaidOut, Tell);
                return Exit.Done;
            }
        );
    }

    private static LaidOut Answer(FlowFile flow, string to, bool kept) =>
        new(
            to == "-" ? null : to,
            !kept,
            [
                .. FlowLayout
                    .Of(flow.Flow)
                    .Placements.Select(p => new PlacedAt(p.Key, p.Value.Col, p.Value.Row))
                    .OrderBy(p => p.Col)
                    .ThenBy(p => p.Row),
            ]
        );

    private static void Tell(Report people, LaidOut laid)
    {
        people.Good($"Placed {laid.Placements.Count} in {laid.File}.");
        if (laid.Rewritten)
            people.Careful("The document was written anew, without its comments.");
    }
}

/// <param name="File">Null: it was not written.</param>
/// <param name="Rewritten">True when comments and style could not be kept.</param>
internal sealed record LaidOut(string? File, bool Rewritten, IReadOnlyList<PlacedAt> Placements);

internal sealed record PlacedAt(string Alias, int Col, int Row);
