using Sluice.Language.Flows;
using Sluice.Language.Packages;

namespace Sluice.Cli.Flows;

/// <summary>Documents of flows as they lie on this machine: what subflows are checked against without a server.</summary>
internal sealed class LocalFlows
{
    private const long Largest = 4 * 1024 * 1024;

    private const string Unchecked = "so what leads to it and from it is not checked";

    private readonly Dictionary<string, Document> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FlowGraph?> _graphs = new(StringComparer.Ordinal);
    private readonly string _places;
    private readonly string? _own;

    private sealed record Document(string Path, string Text);

    /// <param name="session">Knows where the user is, for the names of files.</param>
    /// <param name="file">The document that is judged: naming itself it means a graph that a server has.</param>
    /// <param name="named">Folders, absolute; none: that of the document. Those in each are looked through too, and the first document of a flow counts.</param>
    public LocalFlows(Session session, string file, IReadOnlyList<string> named)
    {
        var here = session.Terminal.Path(".");
        _places =
            named.Count == 0
                ? "beside this one"
                : $"in {string.Join(", ", named.Select(folder => Path.GetRelativePath(here, folder)))}";
        _own = FlowReader.NameOf(File.ReadAllText(file), file);
        foreach (var each in FoldersOf(file, named).SelectMany(Around).SelectMany(Documents))
        {
            var text = File.ReadAllText(each);
            if (FlowReader.NameOf(text, each) is { } name && name != _own)
                _found.TryAdd(name, new Document(Path.GetRelativePath(here, each), text));
        }
    }

    public static IEnumerable<string> FoldersOf(string file, IReadOnlyList<string> named) =>
        named.Count == 0 ? [Path.GetDirectoryName(Path.GetFullPath(file))!] : named;

    /// <summary>A folder and those in it.</summary>
    public static IEnumerable<string> Around(string folder) =>
        Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Prepend(folder);

    /// <summary>What a flow's document compiles to with these packages; null when there is none, or it has mistakes of its own.</summary>
    public FlowGraph? Graph(string name, LocalPackages packages)
    {
        if (_graphs.TryGetValue(name, out var known))
            return known;
        // A flow that lies in itself is none while it is being compiled.
        _graphs[name] = null;
        return _found.TryGetValue(name, out var document)
            ? _graphs[name] = packages.Compile(document.Text, this).Value
            : null;
    }

    /// <summary>A sentence about a subflow without a graph.</summary>
    public string WhyMissing(string subflow) =>
        subflow == _own
            ? $"The graph that `{subflow}` has now is on a server, which is not asked here, {Unchecked}."
        : _found.TryGetValue(subflow, out var document)
            ? $"The flow `{subflow}` has mistakes of its own, {Unchecked}: sluice flow validate {document.Path} --offline"
        : subflow.Contains('/', StringComparison.Ordinal)
            ? $"There is no document of the flow `{subflow}` {_places}, and no server is asked here, {Unchecked}. With --flows another folder is looked through."
        : $"The graph `{subflow}` is on a server, which is not asked here, {Unchecked}. A subflow that is named as `handle/flow-name` is found offline too.";

    private static IEnumerable<string> Documents(string folder) =>
        Directory
            .EnumerateFiles(folder)
            .Where(file =>
                Path.GetExtension(file) is ".yaml" or ".yml" or ".json"
                && !ManifestReader.FileNames.Contains(Path.GetFileName(file))
                && new FileInfo(file).Length <= Largest
            )
            .Order(StringComparer.Ordinal);
}
