using Sluice.Cli.Terminals;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>What the package commands do to the package around them, step by step; each says what it found.</summary>
internal static class Workbench
{
    /// <summary>The three layers. Warnings are shown and stop nothing.</summary>
    /// <param name="push">As strict as the server is.</param>
    public static ValidationReport? Check(Session session, PackageSource source, bool push = false)
    {
        var report = PackageValidator.Validate(source, push);
        if (!report.Passed)
        {
            session.Fail(
                "package_invalid",
                "The package has mistakes.",
                report.Mistakes.Where(mistake => !mistake.Warning)
            );
            return null;
        }
        foreach (var warning in report.Mistakes.Where(mistake => mistake.Warning))
            session.Warn(Told(warning));
        return report;
    }

    /// <summary>Writes <c>gen/</c>. Null after saying why it cannot be written.</summary>
    public static List<string>? Generate(
        Session session,
        PackageFolder folder,
        ValidationReport report
    )
    {
        if (!PackageGenerator.Supports(report.Manifest!.Language))
        {
            session.Fail(
                Exit.Invalid,
                "package_language",
                $"Nothing can be generated for {report.Manifest.Language} yet."
            );
            return null;
        }
        return PackageWriter.Write(
            folder.Root,
            PackageGenerator.Generate(report.Manifest, report.Schema!)
        );
    }

    /// <summary>Generates after an edit, when the package as a whole is sound enough; else says what to do later.</summary>
    public static void GenerateIfSound(Session session, PackageFolder folder)
    {
        if (folder.Source(session) is not { } source)
            return;
        var report = PackageValidator.Validate(source);
        if (
            report is { Manifest: not null, Schema: not null }
            && PackageGenerator.Supports(report.Manifest.Language)
        )
            PackageWriter.Write(
                folder.Root,
                PackageGenerator.Generate(report.Manifest, report.Schema)
            );
        else
            session.Remark(
                "gen/ is as it was: sluice validate says why, sluice generate writes it."
            );
    }

    public static void Written(Session session, FilesWritten files) =>
        session.Print(
            files,
            CliJson.Default.FilesWritten,
            (people, done) =>
            {
                foreach (var path in done.Written)
                    people.Good(path);
            }
        );

    public static string Told(Sluice.Language.Mistake mistake) =>
        Session.Place(
            new(
                mistake.Code,
                mistake.Message,
                mistake.File,
                mistake.Line,
                mistake.Column,
                mistake.Where
            )
        ) + $"{mistake.Message} ({mistake.Code})";
}

/// <summary>Files that a command wrote, by their path in the package.</summary>
internal sealed record FilesWritten(IReadOnlyList<string> Written);
