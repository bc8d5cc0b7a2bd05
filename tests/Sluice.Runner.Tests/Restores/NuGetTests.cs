using System.IO.Compression;
using System.Text;
using Sluice.Language.Packages;
using Sluice.Runner.Builds;

namespace Sluice.Runner.Tests.Restores;

/// <summary>NuGet packages: from the source that this machine is set to, and from sources that a test makes.</summary>
public sealed class NuGetTests
{
    private const string Uses = """
        using Axiom;
        using Gen;
        namespace Nodes;
        public static class EchoNode
        {
            public static Text Echo(IAxiomContext ax, Text input) =>
                new() { Text_ = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder { DataSource = input.Text_ } + " " + typeof(SQLitePCL.raw).Assembly.GetName().Name };
        }
        """;

    private const string Plain = """
        using Axiom;
        using Gen;
        namespace Nodes;
        public static class EchoNode { public static Text Echo(IAxiomContext ax, Text input) => input; }
        """;

    [Fact]
    public async Task A_package_is_built_with_what_the_real_source_has_and_runs_with_it_anywhere()
    {
        await using var house = await Dependent.Open("nuget", null);
        await using var second = await House.Open();
        var package = Package(Uses, "Microsoft.Data.Sqlite.Core:6.0.0");

        var built = await package.In(house);
        Assert.Equal(
            "Data Source=a.db SQLitePCLRaw.core",
            await package.Answers(second, built, "a.db")
        );

        // What .NET brings itself is not taken, however many ask for it.
        Assert.Equal(
            ["Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.core"],
            built.Lock!.Packages.Select(each => each.Name)
        );
        Assert.All(built.Lock.Packages, each => Assert.StartsWith("sha256:", each.Hash));
        var (files, _) = BuiltArchive.Unpack(new MemoryStream(built.Archive), 1 << 26);
        Assert.DoesNotContain(
            files,
            file => file.Path.StartsWith(".deps", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_closure_is_NuGets_and_the_same_version_gets_it_again()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-nuget-");
        await using var house = await Dependent.Open("nuget", new() { Address = folder.FullName });
        // The lowest that all can do with; a shelf lower down is raised; what the author names stays.
        Publish(
            folder,
            "A",
            "1.0.0",
            ("C", "1.0"),
            ("D", "[1.0,2.0)"),
            ("System.Text.Json", "99.0.0")
        );
        Publish(folder, "B", "1.0.0", ("C", "1.2"), ("E", "0.5"));
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0", "1.3.0-beta.1", "1.3.0"])
            Publish(folder, "C", version);
        foreach (var version in (string[])["1.0.0-rc.1", "1.0.0", "1.5.0", "2.0.0"])
            Publish(folder, "D", version);
        Publish(folder, "E", "1.0.0");
        var package = Package(Plain, "A:1.0.0", "B:1.0.0", "D:1.5.0");

        var built = await package.In(house);
        Assert.Equal("x", await package.Answers(house, built, "x"));
        Assert.Equal(
            ["A 1.0.0", "B 1.0.0", "C 1.2.0", "D 1.5.0", "E 1.0.0"],
            built.Lock!.Packages.Select(each => $"{each.Name} {each.Version}")
        );

        // Something newer has come since, and something was changed under its version.
        Publish(folder, "E", "0.6.0");
        var again = await package.In(house, built.Lock);
        Assert.Equal(built.Digest, again.Digest);
        Publish(folder, "E", "1.0.0", ("C", "1.0"));
        var changed = await package.In(house, built.Lock);
        Assert.False(changed.Ok);
        Assert.Contains("E.1.0.0.nupkg is not what it was", changed.Failure);

        // All that is unknown at once, with its place; and what cannot go together.
        var unknown = await Package(Plain, "A:9.0.0", "Absent:1.0.0", "C:1.2.0").In(house);
        Assert.Equal(2, unknown.Mistakes.Count);
        Assert.Contains("no version 9.0.0 of `A`", unknown.Mistakes[0].Message);
        Assert.Contains($"`Absent` cannot be had: {folder.FullName}", unknown.Mistakes[1].Message);
        var clashing = Package(Plain, "A:1.0.0", "D:2.0.0");
        var clash = await clashing.In(house);
        Assert.False(clash.Ok, clashing.Log);
        Assert.Contains("A 1.0.0 needs D [1.0,2.0), and here it is 2.0.0", clash.Failure);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_source_that_lies_gets_nothing_in()
    {
        await using var source = await FakeSource.Open();
        await using var house = await Dependent.Open(
            "nuget",
            new() { Address = source.Address + "index.json" },
            restore => restore with { MaxSize = 4 << 20 }
        );
        source.Add(
            "index.json",
            $$$"""{"version":"3.0.0","resources":[{"@id":"{{{source.Address}}}flat/","@type":"PackageBaseAddress/3.0.0"}]}"""
        );

        // A bomb, which tells a small size; one that climbs; one that lies at another host.
        Serve(
            "bomb",
            Archive("Bomb", "1.0.0", [], ("lib/net8.0/Bomb.dll", new string('0', 32 << 20)))
        );
        Assert.Contains(
            "larger than 4 MiB",
            (await Package(Plain, "Bomb:1.0.0").In(house)).Failure
        );

        var climbing = Archive(
            "Climbing",
            "1.0.0",
            [],
            ("lib/net8.0/../../../climbed.dll", "0"),
            ("../climbed.dll", "0"),
            ("lib/net8.0/sub/in.dll", "0"),
            ("build/Climbing.targets", "<Project/>"),
            ("tools/install.ps1", "exit 1")
        );
        Serve("climbing", climbing);
        var built = await Package(Plain, "Climbing:1.0.0").In(house);
        Assert.True(built.Ok, built.Failure);
        var (files, _) = BuiltArchive.Unpack(new MemoryStream(built.Archive), 1 << 26);
        Assert.DoesNotContain(
            files,
            file =>
                file.Path.Contains("climb", StringComparison.OrdinalIgnoreCase)
                || file.Path.EndsWith("in.dll", StringComparison.Ordinal)
        );

        var elsewhere = source.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Serve("moved", climbing);
        source.Moved["flat/moved/1.0.0/moved.1.0.0.nupkg"] =
            elsewhere + "flat/climbing/1.0.0/climbing.1.0.0.nupkg";
        var moved = await Package(Plain, "Moved:1.0.0").In(house);
        Assert.Contains(
            $"leads to {new Uri(elsewhere).Authority}, which is no host of this source",
            moved.Failure
        );
        Assert.Contains("Packages:Sources:NuGet:Hosts", moved.Failure);

        // A host that the operator lists is asked.
        await using var listing = await Dependent.Open(
            "nuget",
            new()
            {
                Address = source.Address + "index.json",
                Hosts = [new Uri(elsewhere).Authority],
            }
        );
        Assert.True((await Package(Plain, "Moved:1.0.0").In(listing)).Ok);

        void Serve(string id, byte[] archive)
        {
            source.Add($"flat/{id}/index.json", """{"versions":["1.0.0"]}""");
            source.Files[$"flat/{id}/1.0.0/{id}.1.0.0.nupkg"] = archive;
        }
    }

    [Fact]
    public async Task Downloads_are_shared_and_one_that_was_spoilt_is_fetched_again()
    {
        await using var source = await FakeSource.Open();
        await using var house = await Dependent.Open(
            "nuget",
            new() { Address = source.Address + "index.json" }
        );
        source.Add(
            "index.json",
            $$$"""{"version":"3.0.0","resources":[{"@id":"{{{source.Address}}}flat/","@type":"PackageBaseAddress/3.0.0"}]}"""
        );
        source.Add("flat/a/index.json", """{"versions":["1.0.0"]}""");
        source.Files["flat/a/1.0.0/a.1.0.0.nupkg"] = Archive("A", "1.0.0", []);
        int Downloads() =>
            source.Asked.Count(path => path.EndsWith(".nupkg", StringComparison.Ordinal));

        var first = await Package(Plain, "A:1.0.0").In(house);
        var second = await Package(Plain, ["A:1.0.0"], tenant: "other").In(house);
        Assert.Equal(first.Lock!.Packages, second.Lock!.Packages);
        Assert.Equal(1, Downloads());

        // Who could write there would still get nothing in: a file is what its name says, or it is not used.
        var kept = Assert.Single(
            Directory.EnumerateFiles(Path.Combine(house.Folder, "downloads", "files"))
        );
        Assert.Equal(Path.GetFileName(kept), first.Lock.Packages[0].Hash["sha256:".Length..]);
        await File.WriteAllTextAsync(kept, "spoilt", TestContext.Current.CancellationToken);
        var third = await Package(Plain, "A:1.0.0").In(house);
        Assert.Equal(first.Digest, third.Digest);
        Assert.Equal(2, Downloads());
    }

    private static Dependent Package(string node, params string[] dependencies) =>
        Package(node, dependencies, "acme");

    private static Dependent Package(string node, string[] dependencies, string tenant) =>
        new(
            "csharp",
            ("nodes/echo.cs", node),
            (
                "sluice.yaml",
                "build:\n  nuget_deps:\n"
                    + string.Concat(dependencies.Select(each => $"    - {each}\n"))
            )
        )
        {
            Tenant = tenant,
            Build = new ManifestBuild { NugetDeps = dependencies },
        };

    private static void Publish(
        DirectoryInfo folder,
        string id,
        string version,
        params (string Id, string Range)[] needs
    ) =>
        File.WriteAllBytes(
            Path.Combine(folder.FullName, $"{id}.{version}.nupkg"),
            Archive(id, version, needs)
        );

    private static byte[] Archive(
        string id,
        string version,
        (string Id, string Range)[] needs,
        params (string Path, string Content)[] files
    )
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var all = string.Concat(
                needs.Select(need => $"<dependency id=\"{need.Id}\" version=\"{need.Range}\"/>")
            );
            Add(
                zip,
                $"{id}.nuspec",
                $"<package xmlns=\"urn:any\"><metadata><id>{id}</id><version>{version}</version><dependencies><group targetFramework=\"net472\"><dependency id=\"Never\" version=\"1.0\"/></group><group targetFramework=\".NETStandard2.0\">{all}</group></dependencies></metadata></package>"
            );
            foreach (var (path, content) in files)
                Add(zip, path, content);
        }
        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string path, string content)
    {
        using var to = zip.CreateEntry(path).Open();
        to.Write(Encoding.UTF8.GetBytes(content));
    }
}
