using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Uploads the package; the server builds it and runs its tests in the sandbox, and its log streams here.</summary>
internal static class PushCommand
{
    public static Command Define(Terminal terminal) =>
        new Command("push", "Upload the package; the server builds and tests it").Calls(
            terminal,
            async (session, client, stop) =>
            {
                if (
                    PackageFolder.Find(session) is not { } folder
                    || folder.Source(session) is not { } source
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
