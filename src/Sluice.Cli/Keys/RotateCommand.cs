using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Keys;

/// <summary>Makes a key's successor; both work until the overlap is over.</summary>
internal static class RotateCommand
{
    public static Command Define(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "As sluice keys list shows it" };
        var overlap = Spans.Option(
            "--overlap",
            "How long the old key still works; 0 ends it at once [default: 1d]"
        );
        var yes = GlobalOptions.Yes();
        var texts = new KeyTexts();
        var command = new Command(
            "rotate",
            "Make a key's successor with the same settings; the old one works on for a while"
        )
        {
            id,
            overlap,
            yes,
        };
        texts.AddTo(command);
        return command.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var key = session.Value(id);
                var span = session.Value(overlap);
                if (
                    span == TimeSpan.Zero
                    && !session.Consents(
                        $"End {key} at once? Whoever still holds it is shut out; this cannot be undone.",
                        session.Value(yes)
                    )
                )
                    return Exit.NeedsConsent;
                texts.Give(session, await client.Keys.Rotate(key, span, stop));
                return Exit.Done;
            }
        );
    }
}
