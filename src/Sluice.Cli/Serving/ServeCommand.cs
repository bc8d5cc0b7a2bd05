using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Serving;

/// <summary>Commands that the server program carries out itself: this process becomes it, arguments and all.</summary>
internal static class ServeCommand
{
    public static Command Define(Terminal terminal) =>
        Handing(
            terminal,
            "serve",
            "Run the server: --data FOLDER --urls URL --store sqlite|'Host=…' [--dev]",
            []
        );

    public static Command Backup(Terminal terminal) =>
        Handing(
            terminal,
            "backup",
            "Copy a server's data while it runs: --data FOLDER --to FILE",
            ["backup"]
        );

    public static Command Restore(Terminal terminal) =>
        Handing(
            terminal,
            "restore",
            "Bring a copy back into an empty folder: --from FILE --data FOLDER",
            ["restore"]
        );

    private static Command Handing(Terminal terminal, string name, string what, string[] verb) =>
        new Command(name, what) { TreatUnmatchedTokensAsErrors = false }.Does(
            terminal,
            (session, _) =>
                Task.FromResult(ServerProgram.Become(session, [.. verb, .. session.Unmatched]))
        );
}
