using System.Security.Cryptography;
using System.Text;

namespace Sluice.Runner.Tests.Restores;

/// <summary>Crates from a folder as <c>cargo vendor</c> leaves one.</summary>
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

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
