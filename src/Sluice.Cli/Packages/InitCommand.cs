using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>A new package in a folder named after it.</summary>
internal static class InitCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("name")
        {
            Description = "handle/package; the handle is your tenant's",
        };
        var language = new Option<string>("--language", "-l")
        {
            Description = "go, python, rust, java, typescript or csharp",
            DefaultValueFactory = _ => PackageLanguages.Python,
        };
        var description = new Option<string>("--description") { DefaultValueFactory = _ => "" };
        var version = new Option<string>("--package-version")
        {
            Description = "The first version",
            DefaultValueFactory = _ => "0.1.0",
        };
        return new Command("init", "Start a package in a new folder")
        {
            name,
            language,
            description,
            version,
        }.Does(
            terminal,
            (session, _) =>
            {
                var files = PackageTemplates.Init(
                    session.Value(name),
                    session.Value(language)!,
                    session.Value(description)!,
                    session.Value(version)!
                );
                if (!files.Ok)
                    return Task.FromResult(
                        session.Fail(
                            "package_manifest",
                            "That cannot be a package.",
                            files.Mistakes
                        )
                    );
                var folder = session.Value(name).Split('/')[^1];
                var root = terminal.Path(folder);
                if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
                    return Task.FromResult(
                        session.Fail(
                            Exit.Refused,
                            "folder_exists",
                            $"The folder {folder} exists and is not empty."
                        )
                    );
                var written = PackageWriter.Write(root, files.Value);
                Workbench.Written(
                    session,
                    new FilesWritten([.. written.Select(path => $"{folder}/{path}")])
                );
                session.Remark(
                    $"Next: cd {folder}; sluice create message …; sluice create node …; sluice test; sluice push"
                );
                return Task.FromResult(Exit.Done);
            }
        );
    }
}
