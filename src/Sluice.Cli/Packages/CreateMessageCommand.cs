using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Adds a message to messages.proto, which otherwise keeps every character.</summary>
internal static class CreateMessageCommand
{
    public static Command Define(Terminal terminal)
    {
        var name = new Argument<string>("name")
        {
            Description = "In PascalCase, like GreetRequest",
        };
        var fields = new Option<string>("--fields")
        {
            Description =
                "Like \"name:string; age:int32\", or proto3 fields with or without numbers",
            DefaultValueFactory = _ => "",
        };
        var noGenerate = CreateCommand.NoGenerate();
        return new Command("message", "Add a message to messages.proto")
        {
            name,
            fields,
            noGenerate,
        }.Does(
            terminal,
            (session, _) =>
                Task.FromResult(
                    Create(
                        session,
                        session.Value(name),
                        session.Value(fields)!,
                        session.Value(noGenerate)
                    )
                )
        );
    }

    private static Exit Create(Session session, string name, string fields, bool noGenerate)
    {
        if (
            PackageFolder.Find(session) is not { } folder
            || folder.Source(session) is not { } source
        )
            return Exit.Invalid;
        var protos = source.Protos();
        if (!protos.TryGetValue(PackageFiles.Messages, out var text))
            text =
                $"syntax = \"proto3\";\n\npackage {NameRules.ProtoPackage(folder.Manifest(session)?.Name ?? "")};\n";
        var edited = PackageTemplates.CreateMessage(text, name, fields, protos);
        if (!edited.Ok)
            return session.Fail(
                "package_message",
                $"The message {name} was not added.",
                edited.Mistakes
            );
        var written = PackageWriter.Write(
            folder.Root,
            [new GeneratedFile(PackageFiles.Messages, edited.Value)]
        );
        if (!noGenerate)
            Workbench.GenerateIfSound(session, folder);
        Workbench.Written(session, new FilesWritten(written));
        return Exit.Done;
    }
}
