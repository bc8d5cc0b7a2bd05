using System.Diagnostics;
using System.Security.Cryptography;
using Sluice.Language.Packages;
using Sluice.Runner.Languages;

namespace Sluice.Runner.Tests.Restores;

/// <summary>Maven artifacts from a folder in Maven's layout, with jars that javac and jar have made.</summary>
public sealed class MavenTests
{
    private const string Uses = """
        package nodes;

        import axiom.AxiomContext;
        import gen.Messages.Text;

        public class Echo {
            public static Text echo(AxiomContext ax, Text input) {
                return Text.newBuilder().setText(org.example.words.Words.shout(input.getText())).build();
            }
        }
        """;

    [Fact]
    public async Task Artifacts_are_taken_with_all_that_they_need_and_the_same_version_gets_them_again()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-maven-");
        await using var house = await Dependent.Open("maven", new() { Address = folder.FullName });
        var mark = await Jar(
            "org.example.mark",
            "Mark",
            "public static final String MARK = mark();\n static String mark() { return \"!\"; }",
            null
        );
        var words = await Jar(
            "org.example.words",
            "Words",
            "public static String shout(String text) { return text + org.example.mark.Mark.MARK; }",
            mark
        );
        // The version is the parent's to say, in a word that the parent's parent defines; what is not for running is not taken.
        Publish(
            folder,
            "org.example:top:1",
            null,
            "<packaging>pom</packaging><properties><marks>1.0.${minor}</marks><minor>5</minor></properties>"
        );
        Publish(
            folder,
            "org.example:parent:1",
            null,
            "<parent><groupId>org.example</groupId><artifactId>top</artifactId><version>1</version></parent><dependencyManagement><dependencies>"
                + Need("mark", "${marks}")
                + "</dependencies></dependencyManagement>"
        );
        Publish(folder, "org.example:mark:1.0.5", mark);
        Publish(
            folder,
            "org.example:words:2.0",
            words,
            "<parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>1</version></parent><dependencies>"
                + Need("mark", "")
                + Need("absent", "1", "<scope>test</scope>")
                + Need("absent", "1", "<optional>true</optional><classifier>other</classifier>")
                + "</dependencies>"
        );
        var package = Package("org.example:words:2.0");

        var built = await package.In(house);
        Assert.Equal("hi!", await package.Answers(house, built, "hi"));
        Assert.Equal(
            ["org.example:words 2.0", "org.example:mark 1.0.5"],
            built.Lock!.Packages.Select(each => $"{each.Name} {each.Version}")
        );
        var again = await package.In(house, built.Lock);
        Assert.Equal(built.Lock.Packages, again.Lock!.Packages);

        var unknown = await Package("org.example:words:9", "org.example:none:1").In(house);
        Assert.Equal([(3, 7), (4, 7)], unknown.Mistakes.Select(m => (m.Line, m.Column)));
        Assert.Contains(
            $"{folder.FullName}/ does not have words-9.pom (Packages:Sources:Maven)",
            unknown.Mistakes[0].Message
        );

        // Changed under its version, and damaged.
        var jar = Path.Combine(folder.FullName, "org/example/mark/1.0.5/mark-1.0.5.jar");
        await File.WriteAllBytesAsync(jar, [.. mark, 0], TestContext.Current.CancellationToken);
        Assert.Contains(
            "mark-1.0.5.jar is not what it was",
            (await package.In(house, built.Lock)).Failure
        );
        Assert.Contains("its file is not the one that", (await package.In(house)).Failure);
        folder.Delete(recursive: true);
    }

    private static Dependent Package(params string[] dependencies) =>
        new(
            "java",
            ("nodes/Echo.java", Uses),
            (
                "sluice.yaml",
                "build:\n  maven_deps:\n"
                    + string.Concat(dependencies.Select(each => $"    - {each}\n"))
            )
        )
        {
            Build = new ManifestBuild { MavenDeps = dependencies },
        };

    private static string Need(string name, string version, string more = "") =>
        $"<dependency><groupId>org.example</groupId><artifactId>{name}</artifactId>{(version.Length == 0 ? "" : $"<version>{version}</version>")}{more}</dependency>";

    private static void Publish(
        DirectoryInfo folder,
        string artifact,
        byte[]? jar,
        string more = ""
    )
    {
        var (group, name, version) = artifact.Split(':') is [var g, var n, var v]
            ? (g, n, v)
            : default;
        var place = folder
            .CreateSubdirectory($"{group.Replace('.', '/')}/{name}/{version}")
            .FullName;
        File.WriteAllText(
            Path.Combine(place, $"{name}-{version}.pom"),
            $"<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>{more}</project>"
        );
        if (jar is null)
            return;
        File.WriteAllBytes(Path.Combine(place, $"{name}-{version}.jar"), jar);
#pragma warning disable CA5350 // it is what repositories have
        File.WriteAllText(
            Path.Combine(place, $"{name}-{version}.jar.sha1"),
            Convert.ToHexStringLower(SHA1.HashData(jar))
        );
#pragma warning restore CA5350
    }

    private static async Task<byte[]> Jar(string package, string name, string body, byte[]? other)
    {
        var tools = JavaToolchain.Find()!;
        var folder = Directory.CreateTempSubdirectory("sluice-jar-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, name + ".java"),
            $"package {package}; public class {name} {{ {body} }}"
        );
        await File.WriteAllBytesAsync(Path.Combine(folder, "other.jar"), other ?? []);
        await Run(
            folder,
            tools.Compiler,
            ["-d", "classes", .. other is null ? [] : new[] { "-cp", "other.jar" }, name + ".java"]
        );
        await Run(folder, tools.Archiver, ["--create", "--file", "it.jar", "-C", "classes", "."]);
        var jar = await File.ReadAllBytesAsync(Path.Combine(folder, "it.jar"));
        Directory.Delete(folder, recursive: true);
        return jar;
    }

    private static async Task Run(string folder, string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { WorkingDirectory = folder }
        )!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
