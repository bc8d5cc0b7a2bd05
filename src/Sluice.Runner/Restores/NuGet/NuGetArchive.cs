using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace Sluice.Runner.Restores.NuGet;

/// <summary>What another package is needed for.</summary>
internal sealed record NuGetNeed(string Id, NuGetRange Range);

/// <summary>
/// A <c>.nupkg</c>, which is hostile until proven otherwise: only its description and the assemblies and libraries that
/// .NET 10 on Linux takes are read, each under a name of ours, within a bound. Its scripts, targets and analysers are not.
/// </summary>
internal sealed class NuGetArchive : IDisposable
{
    private const int MaxDescription = 1 << 20;
    private const int MaxEntries = 20_000;

    // The most particular first.
    private static readonly string[] s_machines = ["linux-x64", "linux", "unix-x64", "unix", "any"];

    private readonly ZipArchive _zip;

    private NuGetArchive(ZipArchive zip, IReadOnlyList<NuGetNeed> needs) =>
        (_zip, Needs) = (zip, needs);

    public IReadOnlyList<NuGetNeed> Needs { get; }

    public void Dispose() => _zip.Dispose();

    /// <returns>The archive, or what is wrong as the rest of a sentence that begins with its name.</returns>
    public static (NuGetArchive? Archive, string? Wrong) Open(string path)
    {
        ZipArchive? zip = null;
        try
        {
            zip = ZipFile.OpenRead(path);
            if (zip.Entries.Count > MaxEntries)
                return Bad("has too many files");
            var description = zip.Entries.FirstOrDefault(entry =>
                !entry.FullName.Contains('/', StringComparison.Ordinal)
                && entry.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase)
            );
            if (description is null || Read(description, MaxDescription) is not { } text)
                return Bad("has no description that can be read");
            return Needed(text) is { } needs
                ? (new NuGetArchive(zip, needs), null)
                : Bad("has a description that is not of the form that NuGet writes");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return Bad("is not an archive that can be read");
        }

        (NuGetArchive?, string) Bad(string why)
        {
            zip?.Dispose();
            return (null, why);
        }
    }

    /// <summary>Its assemblies to compile against, and those (and libraries) to run with, by file name.</summary>
    /// <param name="left">Bytes that may still be unpacked; counted down.</param>
    /// <returns>Null when they are more than that, or not readable.</returns>
    public (Dictionary<string, byte[]> Compile, Dictionary<string, byte[]> Run)? Take(ref long left)
    {
        var run = new Dictionary<string, ZipArchiveEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, entry) in Below("lib/"))
            run[name] = entry;
        foreach (var machine in s_machines.Reverse())
        {
            foreach (var (name, entry) in Below($"runtimes/{machine}/lib/"))
                run[name] = entry;
            foreach (var (name, entry) in Inside($"runtimes/{machine}/native/"))
                run[name] = entry;
        }
        var compile = Below("ref/")
            .ToDictionary(
                found => found.Name,
                found => found.Entry,
                StringComparer.OrdinalIgnoreCase
            );
        if (compile.Count == 0)
            compile = Below("lib/")
                .ToDictionary(
                    found => found.Name,
                    found => found.Entry,
                    StringComparer.OrdinalIgnoreCase
                );
        return Unpack(compile, ref left) is { } first && Unpack(run, ref left) is { } second
            ? (first, second)
            : null;
    }

    private static Dictionary<string, byte[]>? Unpack(
        Dictionary<string, ZipArchiveEntry> entries,
        ref long left
    )
    {
        Dictionary<string, byte[]> files = [];
        foreach (var (name, entry) in entries)
        {
            if (Read(entry, left) is not { } content)
                return null;
            left -= content.Length;
            files[name] = content;
        }
        return files;
    }

    /// <summary>The assemblies of the framework below a folder that fits best.</summary>
    private IEnumerable<(string Name, ZipArchiveEntry Entry)> Below(string folder)
    {
        var best = NuGetFramework.Best(
            _zip.Entries.Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal))
                .Select(entry => entry.FullName[folder.Length..].Split('/'))
                .Where(parts => parts.Length > 1)
                .Select(parts => parts[0])
        );
        return best is null
            ? []
            : Inside($"{folder}{best}/")
                .Where(found => found.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The files right inside a folder, whose names are names of files and nothing more.</summary>
    private IEnumerable<(string Name, ZipArchiveEntry Entry)> Inside(string folder) =>
        _zip
            .Entries.Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal))
            .Select(entry => (Name: entry.FullName[folder.Length..], Entry: entry))
            .Where(found =>
                found.Name.Length is > 0 and < 200
                && found.Name.All(c =>
                    char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+'
                )
                && found.Name[0] != '.'
            )
            .DistinctBy(found => found.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What an entry says of its own size is not believed.</summary>
    private static byte[]? Read(ZipArchiveEntry entry, long most)
    {
        using var from = entry.Open();
        using var to = new MemoryStream();
        var buffer = new byte[1 << 16];
        int count;
        while ((count = from.Read(buffer)) > 0)
        {
            if (to.Length + count > most)
                return null;
            to.Write(buffer, 0, count);
        }
        return to.ToArray();
    }

    private static List<NuGetNeed>? Needed(byte[] description)
    {
        try
        {
            using var text = new MemoryStream(description);
            using var reader = XmlReader.Create(
                text,
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }
            );
            var dependencies = XDocument
                .Load(reader)
                .Root?.Elements()
                .FirstOrDefault(each => each.Name.LocalName == "metadata")
                ?.Elements()
                .FirstOrDefault(each => each.Name.LocalName == "dependencies");
            if (dependencies is null)
                return [];
            var groups = dependencies
                .Elements()
                .Where(each => each.Name.LocalName == "group")
                .ToList();
            var best = NuGetFramework.Best(groups.Select(Framework));
            var chosen =
                groups.Count == 0
                    ? dependencies
                    : groups.FirstOrDefault(group => best is not null && Framework(group) == best);
            List<NuGetNeed> needs = [];
            foreach (
                var each in chosen?.Elements().Where(e => e.Name.LocalName == "dependency") ?? []
            )
            {
                if (
                    each.Attribute("id")?.Value is not { } id
                    || NuGetRange.Parse(each.Attribute("version")?.Value ?? "") is not { } range
                )
                    return null;
                needs.Add(new NuGetNeed(id, range));
            }
            return needs;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Framework(XElement group) =>
        group.Attribute("targetFramework")?.Value ?? "";
}
