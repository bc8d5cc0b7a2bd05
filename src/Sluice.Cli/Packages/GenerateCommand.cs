using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Writes gen/: message classes and context, for the editor and for tests on this machine.</summary>
internal static class GenerateCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("generate", "Write gen/: message classes and the context").Does(
            terminal,
            Generate
        );

    private static async Task<Exit> Generate(Session session, CancellationToken stop)
    {
        if (
            PackageFolder.Find(session) is not { } folder
            || folder.Source(session) is not { } source
        )
            return Exit.Invalid;
        var report = PackageValidator.Validate(source);
        // A handler that does not exist yet is no reason to hold back the classes that it will need.
        if (report is not { Manifest: not null, Schema: not null })
            return session.Fail(
                "package_invalid",
                "The package has mistakes.",
                report.Mistakes.Where(mistake => !mistake.Warning)
            );
        if (Workbench.Generate(session, folder, report) is not { } written)
            return Exit.Invalid;
        Workbench.Written(session, new FilesWritten(written));
        if (written.Count == 0)
            session.Remark("gen/ is up to date.");
        // An editor looks for the dependencies too.
        return await LocalTests.Restore(session, folder, source, report.Manifest, stop)
            ? Exit.Done
            : Exit.Invalid;
    }
}
