using System.IO.Compression;
using System.Text;

namespace Sluice.Runner.Tests.Restores;

/// <summary>Modules for Go: from a folder in the layout of a module proxy, and from the same over HTTP.</summary>
public sealed class GoTests
{
    private const string Uses = """
        package nodes

        import (
        	"context"

        	"acme/echo/axiom"
        	"acme/echo/gen"
        	"example.com/Loud/words"
        )

        func Echo(ctx context.Context, ax axiom.Context, input *gen.Text) (*gen.Text, error) {
        	return &gen.Text{Text: words.Shout(input.Text)}, nil
        }
        """;

    private const string Words =
        "package words\n\nimport \"example.com/mark\"\n\nfunc Shout(text string) string { return text + mark.Mark }\n";

    [Fact]
    public async Task Modules_are_taken_with_all_that_they_import_and_held_to_their_hashes()
    {
        await using var proxy = await FakeSource.Open();
        var folder = Directory.CreateTempSubdirectory("sluice-modules-");
        await using var house = await Dependent.Open("go", new() { Address = folder.FullName });
        await using var networked = await Dependent.Open("go", new() { Address = proxy.Address });
        Publish(
            folder,
            proxy,
            "example.com/mark",
            "v1.0.0",
            "",
            ("mark.go", "package mark\n\nconst Mark = \"!\"\n")
        );
        Publish(
            folder,
            proxy,
            "example.com/Loud",
            "v1.2.3",
            "require example.com/mark v1.0.0\n",
            ("words/words.go", Words),
            ("unused/unused.go", "package unused\n\nimport _ \"example.com/absent\"\n")
        );
        var package = Package("require example.com/Loud v1.2.3\n");

        var built = await package.In(house);
        Assert.Equal("hi!", await package.Answers(house, built, "hi"));
        Assert.Equal(
            ["example.com/Loud v1.2.3", "example.com/mark v1.0.0"],
            built.Lock!.Packages.Select(each => $"{each.Name} {each.Version}")
        );
        Assert.All(built.Lock.Packages, each => Assert.StartsWith("h1:", each.Hash));

        // The same over HTTP is the same, and the lock of the one holds for the other.
        var over = await package.In(networked, built.Lock);
        Assert.True(over.Ok, over.Failure + "\n" + package.Log);
        Assert.Equal(built.Digest, over.Digest);
        Assert.Contains("fetched example.com/!loud/@v/v1.2.3.zip", package.Log);

        Publish(
            folder,
            proxy,
            "example.com/mark",
            "v1.0.0",
            "",
            ("mark.go", "package mark\n\nconst Mark = \"changed\"\n")
        );
        var changed = await package.In(house, built.Lock);
        Assert.False(changed.Ok);
        Assert.Contains("checksum mismatch", package.Log);

        var unknown = await Package(
                "require (\n\texample.com/Loud v9.9.9\n\texample.com/absent v1.0.0 // indirect\n)\n"
            )
            .In(house);
        Assert.Equal([(6, 2), (7, 2)], unknown.Mistakes.Select(m => (m.Line, m.Column)));
        folder.Delete(recursive: true);
    }

    private static Dependent Package(string requires) =>
        new(
            "go",
            ("nodes/echo.go", Uses),
            ("go.mod", "module acme/echo\n\ngo 1.19\n\n" + requires)
        );

    private static void Publish(
        DirectoryInfo folder,
        FakeSource proxy,
        string module,
        string version,
        string requires,
        params (string Path, string Content)[] files
    )
    {
        var mod = $"module {module}\n\ngo 1.19\n\n{requires}";
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, content) in files.Append(("go.mod", mod)))
            {
                using var to = zip.CreateEntry($"{module}@{version}/{path}").Open();
                to.Write(Encoding.UTF8.GetBytes(content));
            }
        Add("zip", bytes.ToArray());
        Add("mod", Encoding.UTF8.GetBytes(mod));
        Add(
            "info",
            Encoding.UTF8.GetBytes($$"""{"Version":"{{version}}","Time":"2026-01-01T00:00:00Z"}""")
        );

        void Add(string extension, byte[] content)
        {
            var path =
                $"{module.Replace("L", "!l", StringComparison.Ordinal)}/@v/{version}.{extension}";
            var file = Path.Combine(folder.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
            proxy.Files[path] = content;
        }
    }
}
