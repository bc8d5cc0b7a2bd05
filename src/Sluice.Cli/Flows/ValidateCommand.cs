using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Flows;

/// <summary>Says what compiling would say, and keeps nothing.</summary>
internal static class ValidateCommand
{
    public static Command Define(Terminal terminal)
    {
        var file = FlowFile.Argument();
        return new Command("validate", "Check the document as compiling would; nothing is kept")
        {
            file,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (FlowFile.Read(session, session.Value(file)) is not { } flow)
                    return Exit.Invalid;
                var verdict = await client.Flows.Validate(flow.Text, stop);
                session.Print(
                    verdict,
                    SluiceJson.Default.FlowVerdict,
                    (people, said) => Tell(people, flow, said)
                );
                return verdict.Passed ? Exit.Done : Exit.Invalid;
            }
        );
    }

    private static void Tell(Report people, FlowFile flow, FlowVerdict verdict)
    {
        foreach (var mistake in verdict.Mistakes)
        {
            var line =
                Session.Place(mistake with { File = flow.Path })
                + $"{mistake.Message} ({mistake.Code})";
            if (mistake.Warning)
                people.Careful(line);
            else
                people.Bad(line);
        }
        if (verdict.Passed)
            people.Good($"{flow.Name} is sound.");
    }
}
