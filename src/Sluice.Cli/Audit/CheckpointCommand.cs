using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Audit;

/// <summary>A signed word on how long the ledger is: printed as JSON whoever reads it, or kept in a file.</summary>
internal static class CheckpointCommand
{
    public static Command Define(Terminal terminal, Ask ask)
    {
        var saveTo = new Option<string?>("--save-to")
        {
            Description = "Write it to this file",
            HelpName = "file",
        };
        return new Command("checkpoint", "Sign how long the ledger is now; keep it elsewhere")
        {
            saveTo,
        }.Does(
            terminal,
            (session, stop) =>
                ask(
                    session,
                    async audit =>
                    {
                        var signed = await audit.Checkpoint(stop);
                        if (session.Value(saveTo) is not { } file)
                        {
                            session.PrintJson(signed, SluiceJson.Default.AuditCheckpoint);
                            return Exit.Done;
                        }
                        await File.WriteAllBytesAsync(
                            terminal.Path(file),
                            JsonSerializer.SerializeToUtf8Bytes(
                                signed,
                                SluiceJson.Default.AuditCheckpoint
                            ),
                            stop
                        );
                        session.Print(
                            signed,
                            SluiceJson.Default.AuditCheckpoint,
                            (people, kept) =>
                                people.Good($"{kept.Seq} entries, signed by {kept.Kid}: in {file}.")
                        );
                        return Exit.Done;
                    }
                )
        );
    }
}
