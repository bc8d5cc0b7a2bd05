using System.Security.Cryptography;

namespace Sluice.House.Tests;

/// <summary>What is built from sources in another language and committed is no older than its sources.</summary>
public sealed class BundleTests
{
    [Fact]
    public void The_canvas_is_built_from_the_sources_beside_it()
    {
        var sealedFiles = File.ReadAllLines(Tree.Path("canvas", "bundle.sha256"))
            .Select(line => line.Split("  ", 2))
            .ToDictionary(parts => parts[1], parts => parts[0]);
        var sources = Directory
            .EnumerateFiles(Tree.Path("canvas", "src"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Tree.Path("canvas"), file));
        Assert.Equal(
            sources.Order(StringComparer.Ordinal),
            sealedFiles
                .Keys.Where(file => file.StartsWith("src/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            sealedFiles.Keys,
            file => file.EndsWith("canvas.js", StringComparison.Ordinal)
        );
        foreach (var (file, hash) in sealedFiles)
            Assert.True(
                hash
                    == Convert.ToHexStringLower(
                        SHA256.HashData(File.ReadAllBytes(Tree.Path("canvas", file)))
                    ),
                $"canvas/{file} has changed since the bundle was built: ./dev canvas"
            );
    }
}
