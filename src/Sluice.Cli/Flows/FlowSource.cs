using System.CommandLine;
using System.Globalization;
using Sluice.Language.Flows;

namespace Sluice.Cli.Flows;

/// <summary>A flow that is only looked at: a file, or what is saved under a name.</summary>
/// <param name="Label">As people are told which one it is: the path, or <c>demo/hello@3</c>.</param>
internal sealed record FlowSource(string Label, FlowDocument Flow)
{
    public const string Words =
        "A document, or handle/flow as it is saved; handle/flow@3 for its revision 3";

    public static Argument<string> Argument() =>
        new("flow") { Description = Words, DefaultValueFactory = _ => "flow.yaml" };

    /// <summary>A file needs no server. Without a source the exit code is that of what was said instead.</summary>
    public static async Task<(FlowSource? Source, Exit Exit)> Read(
        Session session,
        string named,
        CancellationToken stop
    )
    {
        if (FlowFile.IsFile(session, named))
            return FlowFile.Read(session, named) is { } file
                ? (new FlowSource(named, file.Flow), Exit.Done)
                : (null, Exit.Invalid);
        var at = named.LastIndexOf('@');
        if (at < 0)
            return await Saved(session, named, null, stop);
        if (
            int.TryParse(
                named.AsSpan(at + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var revision
            )
        )
            return await Saved(session, named[..at], revision, stop);
        var exit = session.Fail(
            Exit.Usage,
            "no_revision",
            $"`{named[(at + 1)..]}` is no revision: they are counted from 1."
        );
        return (null, exit);
    }

    /// <param name="revision">Null: the latest.</param>
    public static async Task<(FlowSource? Source, Exit Exit)> Saved(
        Session session,
        string name,
        int? revision,
        CancellationToken stop
    )
    {
        if (Connection.AsCaller(session) is not { } client)
            return (null, Exit.NotLoggedIn);
        using (client)
        {
            var saved = await client.Flows.Get(name, revision, stop);
            var label = $"{saved.Name}@{saved.Revision}";
            var reading = FlowReader.Read(saved.Document ?? "", label);
            return reading.Ok
                ? (new FlowSource(label, reading.Value), Exit.Done)
                : (null, session.Fail("flow_document", $"{label} has mistakes.", reading.Mistakes));
        }
    }
}
