using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Packages;

/// <summary>Generates, then runs the package's tests on this machine, as the server does in its sandbox.</summary>
internal static class TestCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("test", "Run the package's tests on this machine").Does(
            terminal,
            async (session, stop) =>
            {
                if (
                    PackageFolder.Find(session) is not { } folder
                    || folder.Source(session) is not { } source
                    || Workbench.Check(session, source) is not { } report
                    || Workbench.Generate(session, folder, report) is null
                )
                    return Exit.Invalid;
                return await LocalTests.Run(session, folder, source, report.Manifest!, stop);
            }
        );
}
