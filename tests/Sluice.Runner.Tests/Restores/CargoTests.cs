using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Runner.Tests.Restores;

/// <summary>Crates from a folder as <c>cargo vendor</c> leaves one, and from a registry with a sparse index.</summary>
public sealed class CargoTests
{
    private const string Manifest =
        "[package]\nname = \"service\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n";

    private const string Root =
        "#[path = \"../gen/mod.rs\"]\nmod generated;\npub use generated::*;\n";

    private const string Uses = """
        use crate::axiom_context::AxiomContext;
        use crate::messages::Text;
        use std::error::Error;

        pub fn echo(_ax: &dyn AxiomContext, input: Text) -> Result<Text, Box<dyn Error>> {
            Ok(Text { text: words::shout(&input.text), ..Default::default() })
        }
        """;

    [Fact]
    public async Task Crates_are_taken_with_all_that_they_need_and_held_to_their_checksums()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-crates-");
        await using var house = await Dependent.Open("cargo", new() { Address = folder.FullName });
        Publish(folder, "mark", "1.0.0", "pub const MARK: &str = \"!\";\n");
        Publish(
            folder,
            "words",
            "1.2.0",
            "pub fn shout(text: &str) -> String { format!(\"{}{}\", text, mark::MARK) }\n",
            "mark = \"1\"\n"
        );
        Publish(folder, "unused", "1.0.0", "pub fn unused() {}\n");
        var package = Package("words = \"1\"\n");

        var built = await package.In(house);
        Assert.Equal("hi!", await package.Answers(house, built, "hi"));
        Assert.Equal(
            ["mark 1.0.0", "words 1.2.0"],
            built.Lock!.Packages.Select(each => $"{each.Name} {each.Version}")
        );

        // Changed, with a checksum that fits: the lock has another. Changed without one: cargo sees it when it compiles.
        Publish(folder, "mark", "1.0.0", "pub const MARK: &str = \"changed\";\n");
        var changed = await package.In(house, built.Lock);
        Assert.False(changed.Ok);
        Assert.Contains("checksum for `mark v1.0.0` changed between lock files", package.Log);

        var unknown = Package("absent = \"1\"\n");
        Assert.Contains("cargo could not take the crates", (await unknown.In(house)).Failure);
        Assert.Contains("no matching package named `absent` found", unknown.Log);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Crates_are_taken_from_a_sparse_index_and_held_to_the_checksums_in_it()
    {
        await using var registry = await FakeSource.Open();
        await using var house = await Dependent.Open(
            "cargo",
            new() { Address = "sparse+" + registry.Address }
        );
        registry.Add(
            "config.json",
            $$"""{"dl":"{{registry.Address}}files/{crate}-{version}.crate"}"""
        );
        Publish(registry, "mark", "1.0.0", "pub const MARK: &str = \"!\";\n");
        var yanked = Publish(registry, "mark", "1.1.0", "pub const MARK: &str = \"?\";\n");
        registry.Add(
            "ma/rk/mark",
            Text(registry, "ma/rk/mark")
                .Replace(yanked, yanked + ",\"yanked\":true", StringComparison.Ordinal)
        );
        Publish(
            registry,
            "Words",
            "1.2.0",
            "pub fn shout(text: &str) -> String { format!(\"{}{}\", text, mark::MARK) }\n",
            "mark"
        );
        var package = Package("words = { version = \"1\", package = \"Words\" }\n");

        var built = await package.In(house);
        Assert.Equal("hi!", await package.Answers(house, built, "hi"));
        Assert.Equal(
            ["Words 1.2.0", "mark 1.0.0"],
            built.Lock!.Packages.Select(each => $"{each.Name} {each.Version}")
        );
        Assert.Contains("fetched Words-1.2.0.crate", package.Log);

        // Changed under its version: what the index names is not what comes, or it is not what the lock has.
        registry.Files["files/mark-1.0.0.crate"] = registry.Files["files/mark-1.1.0.crate"];
        await using var anew = await Dependent.Open("cargo", new() { Address = registry.Address });
        Assert.Contains(
            "mark/1.0.0: mark-1.0.0.crate is not what it was",
            (await package.In(anew)).Failure
        );
        registry.Files.Remove("ma/rk/mark", out _);
        Publish(registry, "mark", "1.0.0", "pub const MARK: &str = \"changed\";\n");
        Assert.False((await package.In(house, built.Lock)).Ok);
        Assert.Contains("checksum for `mark v1.0.0` changed between lock files", package.Log);

        // All that is unknown at once; and an index that leads elsewhere, or is none.
        var unknown = await Package("absent = \"1\"\nmark = \"1\"\nno = { version = \"2\" }\n")
            .In(house);
        Assert.Equal([(7, 1), (9, 1)], unknown.Mistakes.Select(m => (m.Line, m.Column)));
        // A name that means nothing here is answered by the proxy that the operator has set, and by nobody else.
        await using var proxied = await Dependent.Open(
            "cargo",
            new() { Address = "http://crates.example.test/" },
            options => options with { Proxy = new Uri(registry.Address) }
        );
        var absent = await Package("absent = \"1\"\n").In(proxied);
        Assert.Contains(
            "http://crates.example.test/ does not have it",
            Assert.Single(absent.Mistakes).Message
        );

        registry.Add("config.json", """{"dl":"http://127.0.0.2:9/files"}""");
        Assert.Contains("which is no host of this source", (await package.In(house)).Failure);
        registry.Add("config.json", "[]");
        Assert.Contains("is no sparse index of crates", (await package.In(house)).Failure);
    }

    private static Dependent Package(string dependencies) =>
        new(
            "rust",
            ("src/lib.rs", Root),
            ("nodes/echo.rs", Uses),
            ("Cargo.toml", Manifest + dependencies)
        );

    private static void Publish(
        DirectoryInfo folder,
        string name,
        string version,
        string code,
        string dependencies = ""
    )
    {
        (string Path, string Content)[] files =
        [
            (
                "Cargo.toml",
                $"[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n\n[dependencies]\n{dependencies}"
            ),
            ("src/lib.rs", code),
        ];
        var crate = folder.CreateSubdirectory($"{name}-{version}");
        crate.CreateSubdirectory("src");
        foreach (var (path, content) in files)
            File.WriteAllText(Path.Combine(crate.FullName, path), content);
        var sums = string.Join(
            ",",
            files.Select(file => $"\"{file.Path}\":\"{Hash(file.Content)}\"")
        );
        File.WriteAllText(
            Path.Combine(crate.FullName, ".cargo-checksum.json"),
            $$"""{"files":{{{sums}}},"package":"{{Hash(name + version + code)}}"}"""
        );
    }

    /// <summary>Adds a version to the index, and its archive.</summary>
    /// <returns>What its line says of the checksum.</returns>
    private static string Publish(
        FakeSource registry,
        string name,
        string version,
        string code,
        string? dependency = null
    )
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Gnu))
            foreach (
                var (path, content) in ((string, string)[])
                    [
                        (
                            "Cargo.toml",
                            $"[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n\n[dependencies]\n{(dependency is null ? "" : dependency + " = \"1\"\n")}"
                        ),
                        ("src/lib.rs", code),
                    ]
            )
                tar.WriteEntry(
                    new GnuTarEntry(TarEntryType.RegularFile, $"{name}-{version}/{path}")
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    }
                );
        var crate = bytes.ToArray();
        registry.Files[$"files/{name}-{version}.crate"] = crate;
        var deps = dependency is null
            ? ""
            : $$"""{"name":"{{dependency}}","req":"^1","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"}""";
        var lower = name.ToLowerInvariant();
        var list = $"{lower[..2]}/{lower[2..4]}/{lower}";
        var checksum = $"\"cksum\":\"{Convert.ToHexStringLower(SHA256.HashData(crate))}\"";
        registry.Add(
            list,
            (registry.Files.ContainsKey(list) ? Text(registry, list) : "")
                + $$"""{"name":"{{name}}","vers":"{{version}}","deps":[{{deps}}],"features":{},{{checksum}}}"""
                + "\n"
        );
        return checksum;
    }

    private static string Text(FakeSource registry, string path) =>
        Encoding.UTF8.GetString(registry.Files[path]);

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
