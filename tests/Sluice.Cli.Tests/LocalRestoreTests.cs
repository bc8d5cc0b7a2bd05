using System.IO.Compression;

namespace Sluice.Cli.Tests;

/// <summary>What an author's machine gets when a package asks for dependencies.</summary>
public sealed class LocalRestoreTests
{
    [Fact]
    public async Task Jars_come_from_a_repository_with_all_that_they_need_and_what_is_missing_is_named()
    {
        using var typist = new Typist();
        await typist.Type(["init", "demo/greeter", "--language", "java"]);
        typist.Folder = Path.Combine(typist.Folder, "greeter");
        var repository = Path.Combine(typist.Home, "repository");
        typist["SLUICE_MAVEN_SOURCE"] = repository;
        var manifest = Path.Combine(typist.Folder, "sluice.yaml");
        await File.AppendAllTextAsync(
            manifest,
            "build:\n  maven_deps:\n    - org.example:words:2.0\n",
            TestContext.Current.CancellationToken
        );

        Publish(
            repository,
            "words",
            "2.0",
            "<dependencies><dependency><groupId>org.example</groupId><artifactId>mark</artifactId><version>1.0</version></dependency></dependencies>"
        );
        var missing = await typist.Type(["generate"]);
        Assert.Equal(Exit.Invalid, missing.Exit);
        Assert.Contains("org.example:mark:1.0, which org.example:words:2.0 asks for", missing.All);
        Assert.Contains("mark-1.0.pom", missing.All);

        Publish(repository, "mark", "1.0", "");
        var restored = await typist.Type(["generate"]);
        Assert.True(restored.Exit == Exit.Done, restored.All);
        Assert.Contains("Restoring 1 dependency (maven).", restored.All);
        Assert.Equal(
            ["org.example.mark-1.0.jar", "org.example.words-2.0.jar"],
            Directory
                .EnumerateFiles(Path.Combine(typist.Folder, ".sluice/deps/java"))
                .Select(Path.GetFileName)
                .Order()
        );

        // Nothing has changed, so nothing is asked.
        Directory.Delete(repository, recursive: true);
        var again = await typist.Type(["generate"]);
        Assert.Equal(Exit.Done, again.Exit);
        Assert.DoesNotContain("Restoring", again.All);
    }

    private static void Publish(string repository, string name, string version, string more)
    {
        var place = Path.Combine(repository, "org/example", name, version);
        Directory.CreateDirectory(place);
        File.WriteAllText(
            Path.Combine(place, $"{name}-{version}.pom"),
            $"<project><groupId>org.example</groupId><artifactId>{name}</artifactId><version>{version}</version>{more}</project>"
        );
        using var jar = ZipFile.Open(
            Path.Combine(place, $"{name}-{version}.jar"),
            ZipArchiveMode.Create
        );
        jar.CreateEntry("META-INF/MANIFEST.MF");
    }
}
