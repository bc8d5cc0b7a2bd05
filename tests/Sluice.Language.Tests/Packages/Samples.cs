using System.Runtime.CompilerServices;
using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Language.Tests.Packages;

/// <summary>Packages to test with.</summary>
internal static class Samples
{
    /// <summary>The folder <c>samples/greeter</c> of this repository, as it is.</summary>
    public static PackageSource Greeter([CallerFilePath] string here = "")
    {
        var root = Path.GetFullPath(Path.Combine(here, "../../../../samples/greeter"));
        return new PackageSource(
            Directory
                .EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Select(f => (Path: Path.GetRelativePath(root, f), Bytes: File.ReadAllBytes(f)))
                .Where(f => !PackageFiles.IsScratch(f.Path) && !f.Path.StartsWith("gen/"))
                .ToDictionary(f => f.Path, f => f.Bytes)
        );
    }

    public static PackageSource With(this PackageSource source, string path, string content) =>
        source.With([new GeneratedFile(path, content)]);

    public static PackageSource Without(this PackageSource source, string path) =>
        new(source.Files.Where(f => f.Key != path).ToDictionary(f => f.Key, f => f.Value));

    /// <summary>Replaces a text in a file, which must be there.</summary>
    public static PackageSource Edit(
        this PackageSource source,
        string path,
        string old,
        string replacement
    )
    {
        var text = Encoding.UTF8.GetString(source.Files[path]);
        Assert.Contains(old, text);
        return source.With(path, text.Replace(old, replacement));
    }
}
