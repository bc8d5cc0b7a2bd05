using System.Text;

namespace Sluice.Language.Packages;

/// <summary>The files of a package, wherever they came from: a folder, an archive, a template.</summary>
/// <param name="files">Content by path; paths are relative and use <c>/</c> (<see cref="PackagePath"/>).</param>
public sealed class PackageSource(IReadOnlyDictionary<string, byte[]> files)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public IReadOnlyDictionary<string, byte[]> Files { get; } = files;

    /// <summary>The paths in ordinal order.</summary>
    public IEnumerable<string> Paths => Files.Keys.Order(StringComparer.Ordinal);

    /// <summary>The path of the manifest, <c>sluice.yaml</c> before <c>axiom.yaml</c>; null when there is none.</summary>
    public string? ManifestPath => ManifestReader.FileNames.FirstOrDefault(Files.ContainsKey);

    public bool Has(string path) => Files.ContainsKey(path);

    /// <summary>A file as text; null when it is absent or no valid UTF-8.</summary>
    public string? Text(string path)
    {
        if (!Files.TryGetValue(path, out var bytes))
            return null;
        try
        {
            return Strict.GetString(
                bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes
            );
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The proto files that the package's messages are made of: <c>messages/</c> and <c>imports/</c>, by path.</summary>
    public IReadOnlyDictionary<string, string> Protos() =>
        Paths
            .Where(p =>
                p.EndsWith(".proto", StringComparison.Ordinal)
                && p.Split('/')[0] is "messages" or "imports"
            )
            .Select(p => (Path: p, Text: Text(p)))
            .Where(p => p.Text is not null)
            .ToDictionary(p => p.Path, p => p.Text!, StringComparer.Ordinal);

    /// <summary>The same package with some files added or replaced.</summary>
    public PackageSource With(IEnumerable<GeneratedFile> files)
    {
        var all = new Dictionary<string, byte[]>(Files, StringComparer.Ordinal);
        foreach (var file in files)
            all[file.Path] = Encoding.UTF8.GetBytes(file.Content);
        return new PackageSource(all);
    }
}
