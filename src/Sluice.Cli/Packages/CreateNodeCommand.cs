using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Adds a node: handler, test, entry in the manifest. Nothing that exists is replaced.</summary>
internal static class CreateNodeCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "In PascalCase, like Greet" };
        var input = new Option<string?>("--input", "-i")
        {
            Description = "The message that comes in",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The message that goes out",
        };
        var type = new Option<string>("--type") { DefaultValueFactory = _ => "unary" };
        type.AcceptOnlyFromAmong("unary", "pipeline");
        var description = new Option<string>("--description") { DefaultValueFactory = _ => "" };
        var noGenerate = CreateCommand.NoGenerate();
        return new Command("node", "Add a node: its handler, its test, its entry in the manifest")
        {
            name,
            input,
            output,
            type,
            description,
            noGenerate,
        }.Does(
            terminal,
            (session, _) =>
            {
                if (
                    Message(session, session.Value(input), "input") is not { } takes
                    || Message(session, session.Value(output), "output") is not { } gives
                )
                    return Task.FromResult(Exit.Usage);
                var template = new NodeTemplate
                {
                    Name = session.Value(name),
                    Input = takes,
                    Output = gives,
                    Type = session.Value(type) == "pipeline" ? NodeType.Pipeline : NodeType.Unary,
                    Description = session.Value(description)!,
                };
                return Task.FromResult(Create(session, template, session.Value(noGenerate)));
            }
        );
    }

    private static Exit Create(Session session, NodeTemplate template, bool noGenerate)
    {
        if (
            PackageFolder.Find(session) is not { } folder
            || folder.Source(session) is not { } source
        )
            return Exit.Invalid;
        var files = PackageTemplates.CreateNode(source, template);
        if (!files.Ok)
            return session.Fail(
                "package_node",
                $"The node {template.Name} was not added.",
                files.Mistakes
            );
        var written = PackageWriter.Write(folder.Root, files.Value);
        if (!noGenerate)
            Workbench.GenerateIfSound(session, folder);
        Workbench.Written(session, new FilesWritten(written));
        return Exit.Done;
    }

    // Null after saying that it is needed and nobody is there to be asked.
    private static string? Message(Session session, string? given, string side)
    {
        if (given is null && session.Terminal.CanAsk)
            given = session.Terminal.Ask($"Message of the {side}: ")?.Trim();
        if (given is { Length: > 0 })
            return given;
        session.Fail(Exit.Usage, "missing_option", $"A node has an {side} message: --{side} NAME.");
        return null;
    }
}
