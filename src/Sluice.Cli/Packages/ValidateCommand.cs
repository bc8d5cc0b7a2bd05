using System.CommandLine;
using System.Text;
using Sluice.Cli.Terminals;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Manifest, messages, handlers; and secrets that are read but not declared, as warnings.</summary>
internal static class ValidateCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("validate", "Check manifest, messages, handlers and secrets").Does(
            terminal,
            (session, _) =>
            {
                if (
                    PackageFolder.Find(session) is not { } folder
                    || folder.Source(session) is not { } source
                )
                    return Task.FromResult(Exit.Invalid);
                var report = PackageValidator.Validate(source);
                if (session.Json)
                    terminal.Out.WriteLine(Plain.Json(Encoding.UTF8.GetString(report.ToJson())));
                else
                    Tell(session.People, report);
                return Task.FromResult(report.Passed ? Exit.Done : Exit.Invalid);
            }
        );

    private static void Tell(Report people, ValidationReport report)
    {
        foreach (var mistake in report.Mistakes)
        {
            if (mistake.Warning)
                people.Careful(Workbench.Told(mistake));
            else
                people.Bad(Workbench.Told(mistake));
        }
        var wrong = report.Mistakes.Count(mistake => !mistake.Warning);
        if (report.Passed)
            people.Good(
                $"{report.Manifest!.Name}@{report.Manifest.Version} is sound: {report.Checks.Count(check => check.Ok)} checks."
            );
        else
            people.Line($"{wrong} {(wrong == 1 ? "mistake" : "mistakes")}.");
    }
}
