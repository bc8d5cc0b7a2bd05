using Sluice.Cli.Terminals;
using Sluice.Language;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>A package on disk: the folder that holds its manifest, and the files that belong to it.</summary>
/// <param name="Root">Absolute.</param>
/// <param name="ManifestFile"><c>sluice.yaml</c> or <c>axiom.yaml</c>.</param>
internal sealed record PackageFolder(string Root, string ManifestFile)
{
    private static readonly string[] s_protoFolders = ["messages", "imports"];

    /// <summary>The nearest folder upwards with a manifest; null after saying that there is none.</summary>
    public static PackageFolder? Find(Session session, string? start = null)
    {
        var from = session.Terminal.Path(start ?? ".");
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (
                ManifestReader.FileNames.FirstOrDefault(name =>
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

    /// <summary>Every file that belongs to the package. Null after naming what cannot: links, for what they point to is not
    /// the package's, names that another system could not hold, and more than an archive takes.</summary>
    public PackageSource? Source(Session session)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var wrong = new List<Mistake>();
        var size = 0L;
        foreach (var (path, file) in Walk(new DirectoryInfo(Root), ""))
        {
            var fault = file.LinkTarget is null
                ? PackagePath.Fault(path)
                : "is a link; put the file itself there";
            if (fault is not null)
            {
                wrong.Add(new Mistake("package_path", $"The path {fault}.", path));
                continue;
            }
            size += file.Length;
            if (size > ArchiveLimits.Unpacked || files.Count == ArchiveLimits.Files)
            {
                wrong.Add(
                    new Mistake(
                        "package_size",
                        $"With it the package has more than {ArchiveLimits.Files} files or {Show.Size(ArchiveLimits.Unpacked)}.",
                        path
                    )
                );
                break;
            }
            files[path] = File.ReadAllBytes(file.FullName);
        }
        if (wrong.Count == 0)
            return new PackageSource(files);
        session.Fail("package_files", "Not everything here can be part of a package.", wrong);
        return null;
    }

    /// <summary>The proto files that the package's messages are made of, by path; the rest of the folder is not looked at.</summary>
    public IReadOnlyDictionary<string, string> Protos() =>
        new PackageSource(
            s_protoFolders
                .Select(name => new DirectoryInfo(Path.Combine(Root, name)))
                .Where(folder => folder.Exists)
                .SelectMany(folder => Walk(folder, folder.Name + "/"))
                .Where(file => file.Path.EndsWith(".proto", StringComparison.Ordinal))
                .ToDictionary(file => file.Path, file => File.ReadAllBytes(file.File.FullName))
        ).Protos();

    private static IEnumerable<(string Path, FileInfo File)> Walk(
        DirectoryInfo folder,
        string prefix
    )
    {
        foreach (
            var entry in folder
                .EnumerateFileSystemInfos()
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
        )
        {
            var path = prefix + entry.Name;
            if (IsLeftOut(path))
                continue;
            if (entry is DirectoryInfo inner && entry.LinkTarget is null)
            {
                foreach (var found in Walk(inner, path + "/"))
                    yield return found;
                continue;
            }
            yield return (path, entry as FileInfo ?? new FileInfo(entry.FullName));
        }
    }

    /// <summary>What tools made and can make again. gen/ is among it: the server generates its own.</summary>
    /// <param name="path">Relative, with <c>/</c>.</param>
    public static bool IsLeftOut(string path) =>
        PackageFiles.IsScratch(path)
        || path is "gen"
        || path.StartsWith("gen/", StringComparison.Ordinal)
        || path.Split('/').Any(part => part.StartsWith('.'));
}
