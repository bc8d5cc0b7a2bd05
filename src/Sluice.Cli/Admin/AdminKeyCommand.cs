using System.CommandLine;
using Sluice.Cli.Packages;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Admin;

/// <summary>Replaces the operator's own key.</summary>
internal static class AdminKeyCommand
{
    public static Command Define(Terminal terminal)
    {
        var saveTo = new Option<string>("--save-to")
        {
            Description = "Write the new key to this file (mode 0600)",
            HelpName = "file",
            Required = true,
        };
        return new Command("key", "The operator's own key")
        {
            new Command("rotate", "Make another; the one before fails on its very next use")
            {
                saveTo,
            }.CallsAsOperator(
                terminal,
                async (session, client, stop) =>
                {
                    var file = session.Value(saveTo)!;
                    var made = await client.Admin.RotateKey(stop);
                    KeyFile.Write(session.Terminal.Path(file), made.Key, asHeader: false);
                    session.Print(
                        new FilesWritten([file]),
                        CliJson.Default.FilesWritten,
                        (people, _) =>
                            people.Good($"The new admin key is in {file}; the old one is dead.")
                    );
                    return Exit.Done;
                }
            ),
        };
    }
}
