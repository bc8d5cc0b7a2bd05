namespace Sluice.Language.Protos.Source;

/// <summary>Which files each file can see: itself, its imports, and what those import publicly.</summary>
internal sealed class ImportGraph
{
    private static readonly string[] Unsupported =
    [
        "google/protobuf/any.proto",
        "google/protobuf/api.proto",
        "google/protobuf/descriptor.proto",
        "google/protobuf/field_mask.proto",
        "google/protobuf/source_context.proto",
        "google/protobuf/type.proto",
    ];

    private readonly Dictionary<string, List<(string Path, bool Public)>> edges = [];

    public ImportGraph(IReadOnlyList<FileSyntax> files, ProtoMistakes mistakes)
    {
        var paths = files.Select(f => f.Path).ToHashSet();
        foreach (var file in files)
        {
            var resolved = edges[file.Path] = [];
            foreach (var import in file.Imports)
            {
                var path = Resolve(import.Path, file.Path, paths);
                if (path is null)
                    mistakes.Add("proto_import", Missing(import.Path), file.Path, import.At);
                else if (resolved.Exists(r => r.Path == path))
                    mistakes.Add(
                        "proto_import",
                        $"\"{path}\" is imported twice.",
                        file.Path,
                        import.At
                    );
                else
                    resolved.Add((path, import.Public));
            }
        }

        foreach (var file in files)
        {
            if (Reaches(file.Path, file.Path))
                mistakes.Add(
                    "proto_import",
                    "The file imports itself, perhaps through others.",
                    file.Path,
                    file.Imports[0].At
                );
        }
    }

    public HashSet<string> VisibleFrom(string path)
    {
        var visible = new HashSet<string> { path };
        var open = new Stack<string>(edges[path].Select(e => e.Path));
        while (open.TryPop(out var next))
        {
            if (visible.Add(next) && edges.TryGetValue(next, out var further))
                further.Where(e => e.Public).ToList().ForEach(e => open.Push(e.Path));
        }

        return visible;
    }

    /// <summary>A path is meant from the package's root or, failing that, from the folder of the importing file.</summary>
    private static string? Resolve(string path, string from, HashSet<string> paths)
    {
        if (paths.Contains(path) || WellKnownTypes.Files.ContainsKey(path))
            return path;
        var beside = from[..(from.LastIndexOf('/') + 1)] + path;
        return paths.Contains(beside) ? beside : null;
    }

    private static string Missing(string path) =>
        Unsupported.Contains(path)
            ? $"\"{path}\" is not supported; timestamp, duration, struct, empty and wrappers are."
            : $"No file \"{ProtoParser.Short(path)}\" is part of this package.";

    private bool Reaches(string start, string target)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([start]);
        while (open.TryPop(out var next))
        {
            foreach (var (path, _) in edges.GetValueOrDefault(next) ?? [])
            {
                if (path == target)
                    return true;
                if (seen.Add(path))
                    open.Push(path);
            }
        }

        return false;
    }
}
