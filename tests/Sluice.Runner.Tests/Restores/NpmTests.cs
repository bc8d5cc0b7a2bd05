using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Sluice.Runner.Builds;
using Sluice.Runner.Restores;

namespace Sluice.Runner.Tests.Restores;

/// <summary>npm as it is installed here: against the registry that this machine is set to, and against one that lies.</summary>
public sealed class NpmTests
{
    private const string Config =
        """{"compilerOptions": {"target": "ES2022", "module": "node16", "moduleResolution": "node16", "esModuleInterop": true, "strict": true, "noEmit": true}, "include": ["nodes", "gen"]}""";

    private const string Uses = """
        import isOdd from "is-odd";
        import type { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";
        export function echo(ax: AxiomContext, input: Text): Text {
            return new Text().setText(isOdd(input.getText()) ? "odd" : "even");
        }
        """;

    private const string Plain = """
        import type { AxiomContext } from "../gen/axiomContext";
        import { Text } from "../gen/messages_pb";
        export function echo(ax: AxiomContext, input: Text): Text { return input; }
        """;

    [Fact]
    public async Task A_package_is_built_with_what_the_real_registry_has_and_runs_with_it_anywhere()
    {
        await using var house = await Dependent.Open("npm", null);
        await using var second = await House.Open();
        var package = Package(
            Uses,
            """{"dependencies": {"is-odd": "^3.0.0"}, "devDependencies": {"@types/is-odd": "3.0.4"}}"""
        );

        var built = await package.In(house);
        Assert.Equal("odd", await package.Answers(second, built, "7"));

        var (files, _) = BuiltArchive.Unpack(new MemoryStream(built.Archive), 1 << 26);
        Assert.Contains(files, file => file.Path == "node_modules/is-number/index.js");
        Assert.DoesNotContain(
            files,
            file => file.Path.Contains("@types", StringComparison.Ordinal)
        );
        Assert.Contains("fetched is-odd 3.0.", package.Log);
        var odd = Assert.Single(built.Lock!.Packages, each => each.Name == "node_modules/is-odd");
        Assert.StartsWith("sha512-", odd.Hash);
        Assert.DoesNotContain("resolved", built.Lock.File);

        var again = await package.In(house, built.Lock);
        Assert.Equal(built.Digest, again.Digest);
        Assert.Equal(built.Lock.File, again.Lock!.File);
    }

    [Fact]
    public async Task What_the_registry_does_not_know_is_told_all_at_once_with_its_place()
    {
        await using var registry = await FakeSource.Open();
        await using var house = await Dependent.Open("npm", new() { Address = registry.Address });
        Publish(registry, "good", []);
        var package = Package(
            Plain,
            """
            {"dependencies": {
              "good": "9.9.9",
              "@acme/absent": "1.0.0",
              "other": "npm:absent@^1"
            }}
            """
        );

        var built = await package.In(house);

        Assert.False(built.Ok);
        Assert.Equal(
            $"{registry.Address} does not have 3 dependencies of this package.",
            built.Failure
        );
        Assert.Equal([(2, 3), (3, 3), (4, 3)], built.Mistakes.Select(m => (m.Line, m.Column)));
        Assert.Contains("no version 9.9.9 of `good`", built.Mistakes[0].Message);
        Assert.Contains(
            $"`@acme/absent` cannot be had: {registry.Address} does not have it (Packages:Sources:Npm)",
            built.Mistakes[1].Message
        );
        Assert.Contains("package.json(4,3): error package_dependency_unknown", package.Log);
    }

    [Fact]
    public async Task A_registry_that_lies_gets_nothing_in()
    {
        await using var registry = await FakeSource.Open();
        await using var house = await Dependent.Open("npm", new() { Address = registry.Address });

        // An archive that is not what its description says.
        Publish(registry, "changed", [File("index.js", "1")]);
        registry.Files["changed.tgz"] = Archive([File("index.js", "2")]);
        await Refused(house, "changed", says: "EINTEGRITY");

        // One that lies elsewhere, named or redirected to: the host is on the other name of loopback.
        var elsewhere = registry.Address.Replace(
            "127.0.0.1",
            "localhost",
            StringComparison.Ordinal
        );
        Publish(registry, "moved", [File("index.js", "1")]);
        registry.Moved["moved.tgz"] = elsewhere + "changed.tgz";
        await Refused(
            house,
            "moved",
            says: $"leads to {new Uri(elsewhere).Authority}, which is no host of this source"
        );
        Publish(registry, "away", [File("index.js", "1")], elsewhere + "away.tgz");
        await Refused(
            house,
            "away",
            says: $"leads to {new Uri(elsewhere).Authority}, which is no host of this source"
        );

        // One that climbs, and links.
        Publish(
            registry,
            "climbing",
            [
                File("index.js", "1"),
                new PaxTarEntry(TarEntryType.RegularFile, "package/../../../climbed.js")
                {
                    DataStream = new MemoryStream([49]),
                },
                new PaxTarEntry(TarEntryType.SymbolicLink, "package/passwd")
                {
                    LinkName = "/etc/passwd",
                },
            ]
        );
        // What the author's own files say of registries is not heard: neither settings nor the addresses of a lock.
        var climbing = Climbing(hash: Hash(registry.Files["climbing.tgz"]));
        var built = await climbing.In(house);
        Assert.True(built.Ok, built.Failure + climbing.Log);
        var (files, _) = BuiltArchive.Unpack(new MemoryStream(built.Archive), 1 << 26);
        Assert.Equal(
            ["index.js", "package.json"],
            files
                .Where(file =>
                    file.Path.StartsWith("node_modules/", StringComparison.Ordinal)
                    || file.Path.Contains("climbed", StringComparison.Ordinal)
                    || file.Path.Contains("passwd", StringComparison.Ordinal)
                )
                .Select(file => Path.GetFileName(file.Path))
        );

        // The hashes of a lock hold, and there is none without.
        var other = Climbing(hash: Hash([]));
        Assert.False((await other.In(house)).Ok);
        Assert.Contains("EINTEGRITY", other.Log);
        Assert.StartsWith(
            "package-lock.json has no hash for node_modules/climbing",
            (await Climbing(hash: null).In(house)).Failure
        );
    }

    private static Dependent Climbing(string? hash) =>
        new(
            "typescript",
            ("nodes/echo.ts", Plain),
            ("tsconfig.json", Config),
            ("package.json", """{"dependencies": {"climbing": "1.0.0"}}"""),
            (".npmrc", "registry=http://127.0.0.1:9/"),
            (
                "package-lock.json",
                $$$"""
                {"lockfileVersion": 3, "requires": true, "packages": {"": {"dependencies": {"climbing": "1.0.0"} },
                 "node_modules/climbing": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/climbing.tgz"{{{(
                    hash is null ? "" : $", \"integrity\": \"{hash}\""
                )}}} } } }
                """
            )
        );

    private static string Hash(byte[] archive) =>
        "sha512-" + Convert.ToBase64String(SHA512.HashData(archive));

    [Fact]
    public async Task A_script_of_a_package_does_not_run_where_there_is_a_network_and_a_bomb_is_stopped()
    {
        await using var registry = await FakeSource.Open();
        await using var house = await Dependent.Open(
            "npm",
            new() { Address = registry.Address },
            restore => restore with { MaxSize = 4 << 20 }
        );
        Publish(
            registry,
            "scripted",
            [File("index.js", "1")],
            more: ""","scripts":{"preinstall":"echo it-ran; exit 1","install":"exit 1"},"hasInstallScript":true"""
        );
        var scripted = Package(
            Plain,
            """{"dependencies": {"scripted": "1.0.0"}, "scripts": {"prepare": "exit 1"}}"""
        );

        var built = await scripted.In(house);
        // It ran where a build runs, after everything had been fetched.
        Assert.Equal("The package could not be compiled.", built.Failure);
        Assert.Contains(
            "compiling",
            scripted.Log[..scripted.Log.IndexOf("it-ran", StringComparison.Ordinal)]
        );

        Publish(registry, "bomb", [File("index.js", new string('1', 32 << 20))]);
        await Refused(house, "bomb", says: "The dependencies are larger than 4 MiB");
    }

    private static async Task Refused(House house, string dependency, string says)
    {
        var package = Package(Plain, $$$"""{"dependencies": {"{{{dependency}}}": "1.0.0"}}""");
        var built = await package.In(house);
        Assert.False(built.Ok);
        Assert.Contains(says, built.Failure + package.Log);
    }

    private static Dependent Package(string node, string json) =>
        new(
            "typescript",
            ("nodes/echo.ts", node),
            ("tsconfig.json", Config),
            ("package.json", json)
        );

    private static TarEntry File(string name, string text) =>
        new PaxTarEntry(TarEntryType.RegularFile, "package/" + name)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        };

    private static byte[] Archive(IEnumerable<TarEntry> entries)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        return bytes.ToArray();
    }

    private static void Publish(
        FakeSource registry,
        string name,
        TarEntry[] entries,
        string? address = null,
        string more = ""
    )
    {
        var manifest = $$"""{"name":"{{name}}","version":"1.0.0"{{more}}}""";
        var archive = Archive([File("package.json", manifest), .. entries]);
        registry.Files[name + ".tgz"] = archive;
        var hash = Hash(archive);
        registry.Add(
            name,
            $$$$"""
            {"name":"{{{{name}}}}","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"{{{{name}}}}","version":"1.0.0"{{{{more}}}},
             "dist":{"integrity":"{{{{hash}}}}","tarball":"{{{{address
                ?? registry.Address + name + ".tgz"}}}}"} } } }
            """
        );
    }
}
