using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;
using Sluice.Language.Flows;
using FlowVerdict = Sluice.Client.FlowVerdict;

namespace Sluice.Cli.Flows;

/// <summary>Says what compiling would say, and keeps nothing; by the server's packages or by those that lie here.</summary>
internal static class ValidateCommand
{
    public static Command Define(Terminal terminal)
    {
        var file = FlowFile.Argument();
        var offline = new Option<bool>("--offline")
        {
            Description = "Ask no server: take the packages in and beside the document's folder",
        };
        var folders = new Option<string[]>("--package")
        {
            Description = "With --offline: a package's folder instead; may be given several times",
            HelpName = "folder",
            DefaultValueFactory = _ => [],
        };
        var flows = new Option<string[]>("--flows")
        {
            Description =
                "With --offline: a folder with documents of subflows, instead of the document's own and those in it; may be given several times",
            HelpName = "folder",
            DefaultValueFactory = _ => [],
        };
        return new Command("validate", "Check the document as compiling would; nothing is kept")
        {
            file,
            offline,
            folders,
            flows,
        }.Does(
            terminal,
            async (session, stop) =>
            {
                var path = session.Value(file);
                if (FlowFile.Text(session, path) is not { } text)
                    return Exit.Invalid;
                var (named, beside) = (session.Value(folders)!, session.Value(flows)!);
                if (named.Length + beside.Length > 0 && !session.Value(offline))
                    return session.Fail(
                        Exit.Usage,
                        "not_offline",
                        named.Length > 0
                            ? "--package is for --offline: a server takes the packages that it has."
                            : "--flows is for --offline: a server takes the flows that it has."
                    );
                var (verdict, exit) = session.Value(offline)
                    ? Here(session, path, text, named, beside)
                    : await There(session, text, stop);
                if (verdict is null)
                    return exit;
                verdict = verdict with
                {
                    Mistakes = [.. verdict.Mistakes.Select(m => m with { File = path })],
                };
                session.Print(
                    verdict,
                    SluiceJson.Default.FlowVerdict,
                    (people, said) => Tell(people, text, said)
                );
                return verdict.Passed ? Exit.Done : Exit.Invalid;
            }
        );
    }

    private static (FlowVerdict? Verdict, Exit Exit) Here(
        Session session,
        string path,
        string text,
        string[] named,
        string[] beside
    )
    {
        var file = session.Terminal.Path(path);
        if (beside.FirstOrDefault(each => !Directory.Exists(session.Terminal.Path(each))) is { } no)
            return (null, session.Fail(Exit.Usage, "no_folder", $"There is no folder {no}."));
        string[] places = [.. beside.Select(session.Terminal.Path)];
        var folders =
            named.Length > 0
                ? named
                : LocalFlows
                    .FoldersOf(file, [])
                    .Concat(places)
                    .SelectMany(LocalPackages.Around)
                    .Distinct();
        return (
            LocalPackages.In(session, folders)?.Judge(text, new LocalFlows(session, file, places)),
            Exit.Invalid
        );
    }

    private static async Task<(FlowVerdict? Verdict, Exit Exit)> There(
        Session session,
        string text,
        CancellationToken stop
    )
    {
        if (Connection.AsCaller(session) is not { } client)
            return (null, Exit.NotLoggedIn);
        using (client)
            return (await client.Flows.Validate(text, stop), Exit.Done);
    }

    private static void Tell(Report people, string text, FlowVerdict verdict)
    {
        foreach (var mistake in verdict.Mistakes)
        {
            var line = Session.Place(mistake) + $"{mistake.Message} ({mistake.Code})";
            if (mistake.Warning)
                people.Careful(line);
            else
                people.Bad(line);
        }
        if (verdict.Passed)
            people.Good($"{FlowReader.Read(text, "flow.yaml").Value?.Name} is sound.");
    }
}
