using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>A package on disk: the folder that holds its manifest, and the files that belong to it.</summary>
/// <param name="Root">Absolute.</param>
/// <param name="ManifestFile"><c>sluice.yaml</c> or <c>axiom.yaml</c>.</param>
internal sealed record PackageFolder(string Root, string ManifestFile)
{
    private const int MostFiles = 10_000;
    private const long MostBytes = 256L * 1024 * 1024;
    private static readonly string[] s_manifests = ["sluice.yaml", "axiom.yaml"];

    // What tools make and can make again. gen/ is among it: the server generates its own.
    private static readonly HashSet<string> s_madeAtTop =
    [
        "gen",
        "bin",
        "obj",
        "target",
        "venv",
        "dist",
    ];
    private static readonly HashSet<string> s_madeAnywhere = ["__pycache__", "node_modules"];

    /// <summary>The nearest folder upwards with a manifest; null after saying that there is none.</summary>
    public static PackageFolder? Find(Session session, string? start = null)
    {
        var from = session.Terminal.Path(start ?? ".");
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (
                s_manifests.FirstOrDefault(name =>
                    File.Exists(Path.Combine(folder.FullName, name))
                ) is
                { } manifest
            )
                return new PackageFolder(folder.FullName, manifest);
        }
        session.Fail(
            Exit.Usage,
            "no_package",
            $"There is no sluice.yaml in {from}, nor above it.",
            "Go to a package's folder, or make one: sluice init handle/name"
        );
        return null;
    }

    /// <summary>The manifest; null after naming its mistakes.</summary>
    public Manifest? Manifest(Session session)
    {
        var reading = ManifestReader.Read(
            File.ReadAllText(Path.Combine(Root, ManifestFile)),
            ManifestFile
        );
        if (!reading.Ok)
            session.Fail("package_manifest", $"{ManifestFile} has mistakes.", reading.Mistakes);
        return reading.Value;
    }

    /// <summary>Every file that belongs to the package, by its path with <c>/</c>. Null after saying why it cannot be read:
    /// links are refused, for what they point to is not the package's.</summary>
    public SortedDictionary<string, byte[]>? Files(Session session)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var size = 0L;
        var wrong = Walk(new DirectoryInfo(Root), "", files, ref size);
        if (wrong is null)
            return files;
        session.Fail(Exit.Invalid, "package_files", wrong);
        return null;
    }

    private static string? Walk(
        DirectoryInfo folder,
        string prefix,
        SortedDictionary<string, byte[]> files,
        ref long size
    )
    {
        foreach (
            var entry in folder
                .EnumerateFileSystemInfos()
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
        )
        {
            if (IsLeftOut(entry, prefix))
                continue;
            var path = prefix + entry.Name;
            if (entry.LinkTarget is not null)
                return $"{path} is a link. A package holds files only: put the file itself there.";
            if (entry is DirectoryInfo inner)
            {
                if (Walk(inner, path + "/", files, ref size) is { } wrong)
                    return wrong;
                continue;
            }
            size += ((FileInfo)entry).Length;
            if (size > MostBytes || files.Count == MostFiles)
                return $"The package has more than {MostFiles} files or {MostBytes / 1024 / 1024} MiB. What at {path} does not belong to it?";
            files[path] = File.ReadAllBytes(entry.FullName);
        }
        return null;
    }

    private static bool IsLeftOut(FileSystemInfo entry, string prefix) =>
        entry.Name.StartsWith('.')
        || s_madeAnywhere.Contains(entry.Name)
        || (prefix.Length == 0 && entry is DirectoryInfo && s_madeAtTop.Contains(entry.Name));
}
