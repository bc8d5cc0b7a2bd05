using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Audit;

/// <summary>Copies the ledger into a file that only its owner reads.</summary>
internal static class ExportCommand
{
    public static Command Define(Terminal terminal, Ask ask)
    {
        var file = new Argument<string>("file") { Description = "Where the copy goes" };
        var csv = new Option<bool>("--csv")
        {
            Description = "For a spreadsheet; JSON lines otherwise, which can be verified",
        };
        var after = new Option<long>("--after")
        {
            Description = "Only entries after this number, to go on from an earlier copy",
        };
        return new Command("export", "Copy the ledger into a file, oldest entry first")
        {
            file,
            csv,
            after,
        }.Does(
            terminal,
            (session, stop) =>
                ask(
                    session,
                    async audit =>
                    {
                        var path = terminal.Path(session.Value(file));
                        // Not in the place of an earlier copy before it is whole.
                        var part = path + ".part";
                        await using (var stream = Create(part))
                            await audit.Export(
                                stream,
                                session.Value(csv),
                                session.Value(after),
                                stop
                            );
                        File.Move(part, path, overwrite: true);
                        session.Print(
                            new Exported(path, new FileInfo(path).Length),
                            CliJson.Default.Exported,
                            (people, copy) =>
                                people.Good(
                                    $"Copied to {session.Value(file)}, {Show.Size(copy.Bytes)}."
                                )
                        );
                        return Exit.Done;
                    }
                )
        );
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}

/// <summary>A copy that was made.</summary>
internal sealed record Exported(string File, long Bytes);
