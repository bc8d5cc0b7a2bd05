using System.CommandLine;
using Sluice.Client;
using Sluice.Language.Flows;

namespace Sluice.Cli.Flows;

/// <summary>A flow's document on disk.</summary>
/// <param name="Path">As the user named it.</param>
internal sealed record FlowFile(string Path, string Content, FlowDocument Flow)
{
    /// <summary><c>handle/flow</c>.</summary>
    public string Name => Flow.Name;

    public static Argument<string> Argument() =>
        new("file") { Description = "The document", DefaultValueFactory = _ => "flow.yaml" };

    public static Argument<string> NameOrFile() =>
        new("flow")
        {
            Description = "handle/flow as it is saved, or a document, which is saved first",
            DefaultValueFactory = _ => "flow.yaml",
        };

    /// <summary>True for what exists as a file, or is named like one.</summary>
    public static bool IsFile(Session session, string nameOrFile) =>
        File.Exists(session.Terminal.Path(nameOrFile))
        || System.IO.Path.GetExtension(nameOrFile) is ".yaml" or ".yml" or ".json";

    /// <summary>Null after saying that there is no such file.</summary>
    public static string? Text(Session session, string path)
    {
        var full = session.Terminal.Path(path);
        if (File.Exists(full))
            return File.ReadAllText(full);
        session.Fail(Exit.Usage, "no_file", $"There is no file {path}.");
        return null;
    }

    /// <summary>Null after saying what is wrong with the file.</summary>
    public static FlowFile? Read(Session session, string path)
    {
        if (Text(session, path) is not { } text)
            return null;
        var reading = FlowReader.Read(text, path);
        if (reading.Ok)
            return new FlowFile(path, text, reading.Value);
        session.Fail("flow_document", $"{path} has mistakes.", reading.Mistakes);
        return null;
    }

    /// <summary>The name of a flow on the server. When a file is named, it is saved there first.</summary>
    public static async Task<string?> SavedName(
        Session session,
        SluiceClient client,
        string nameOrFile,
        CancellationToken stop
    )
    {
        if (!IsFile(session, nameOrFile))
            return nameOrFile;
        if (Text(session, nameOrFile) is not { } text)
            return null;
        session.Document = nameOrFile;
        if (FlowReader.Read(text, nameOrFile).Value is not { } flow)
        {
            // The server finds what is wrong with the wiring too.
            var verdict = await client.Flows.Validate(text, stop);
            session.Fail("flow_document", $"{nameOrFile} has mistakes.", verdict.Mistakes);
            return null;
        }
        var saved = await client.Flows.Save(flow.Name, text, stop);
        session.Remark($"Saved {saved.Name}, revision {saved.Revision}.");
        return saved.Name;
    }
}
