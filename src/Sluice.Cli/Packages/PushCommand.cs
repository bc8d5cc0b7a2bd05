using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Uploads the package; the server builds it and runs its tests in the sandbox, and its log streams here.</summary>
internal static class PushCommand
{
    public static Command Define(Terminal terminal)
    {
        var allow = new Option<string[]>("--allow")
        {
            Description =
                "Send this file although it looks like a credential; may be given several times",
            HelpName = "file",
            DefaultValueFactory = _ => [],
        };
        return new Command("push", "Upload the package; the server builds and tests it")
        {
            allow,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    PackageFolder.Find(session) is not { } folder
                    || folder.Source(session) is not { } source
                    || !IsClean(session, source, session.Value(allow)!)
                    || Workbench.Check(session, source, push: true)
                        is not { Manifest: { } manifest }
                )
                    return Exit.Invalid;
                using var archive = new MemoryStream(PackageArchive.Write(source), writable: false);
                session.Remark(
                    $"{manifest.Name}@{manifest.Version}: {source.Files.Count} files, {Show.Size(archive.Length)}"
                );
                var log = new List<string>();
                PushEvent? outcome = null;
                await foreach (var said in client.Packages.Push(archive, stop))
                {
                    if (said.IsOutcome)
                        outcome = said;
                    else if (said.Text is { } text)
                        Follow(session, log, text);
                }
                return Tell(session, outcome!, log);
            }
        );
    }

    /// <summary>False after naming every file that looks like a credential: what was sent once cannot be taken back.</summary>
    private static bool IsClean(Session session, PackageSource source, string[] allowed)
    {
        var found = LyingAround.Find(source, allowed);
        if (found.Count == 0)
            return true;
        session.Fail(
            "package_credentials",
            "Nothing was sent: the package's folder holds what looks like credentials, and all of it would travel.",
            found,
            "Move them out of the folder; nodes read such values as secrets: sluice secrets put NAME < FILE. "
                + "What is meant to travel, such as a key made for tests: sluice push --allow FILE"
        );
        return false;
    }

    private static void Follow(Session session, List<string> log, string text)
    {
        if (session.Json)
            log.Add(text);
        else
            session.People.Faint(text);
    }

    private static Exit Tell(Session session, PushEvent outcome, List<string> log)
    {
        if (session.Json)
            session.PrintJson(PushReport.Of(outcome, log), CliJson.Default.PushReport);
        else if (outcome.Success)
            session.People.Good($"Pushed {outcome.Name}@{outcome.Version}: {NodeNames(outcome)}");
        else
            session.Fail(
                new SluiceException(
                    outcome.Error?.Code ?? "package_build",
                    outcome.Error?.Detail ?? "The package could not be built."
                )
                {
                    Mistakes = outcome.Error?.Mistakes ?? [],
                }
            );
        return outcome.Success ? Exit.Done : Exit.Invalid;
    }

    private static string NodeNames(PushEvent outcome) =>
        Show.List(outcome.Nodes?.Select(node => node.Name), "messages only");
}

/// <summary>A push as programs read it.</summary>
internal sealed record PushReport
{
    public required bool Success { get; init; }
    public string? Name { get; init; }
    public string? Version { get; init; }
    public string? Digest { get; init; }
    public IReadOnlyList<PackageNode>? Nodes { get; init; }
    public PushError? Error { get; init; }
    public required IReadOnlyList<string> BuildLog { get; init; }

    public static PushReport Of(PushEvent outcome, IReadOnlyList<string> log) =>
        new()
        {
            Success = outcome.Success,
            Name = outcome.Name,
            Version = outcome.Version,
            Digest = outcome.Digest,
            Nodes = outcome.Nodes,
            Error = outcome.Error,
            BuildLog = log,
        };
}
