using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Flows;

/// <summary>Saves flow.yaml as the flow's next revision.</summary>
internal static class SaveCommand
{
    public static Command Define(Terminal terminal)
    {
        var file = FlowFile.Argument();
        return new Command("save", "Save the document as the flow's next revision") { file }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (FlowFile.Read(session, session.Value(file)) is not { } flow)
                    return Exit.Invalid;
                session.Print(
                    await client.Flows.Save(flow.Name, flow.Content, stop),
                    SluiceJson.Default.SavedFlow,
                    (people, saved) =>
                        people.Good($"Saved {saved.Name}, revision {saved.Revision}.")
                );
                return Exit.Done;
            }
        );
    }
}
