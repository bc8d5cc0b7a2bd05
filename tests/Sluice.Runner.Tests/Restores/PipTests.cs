using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Runner.Tests.Restores;

/// <summary>pip as it is installed here: from a folder of wheels, and from an index that a test makes.</summary>
public sealed class PipTests
{
    private const string Uses = """
        from gen.messages_pb2 import Text
        import shout

        def echo(ax, input):
            return Text(text=shout.shout(input.text))
        """;

    [Fact]
    public async Task Wheels_of_a_folder_are_installed_and_the_same_version_gets_them_again()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-wheels-");
        await using var house = await Dependent.Open("pypi", new() { Address = folder.FullName });
        Publish(
            folder,
            "shout",
            "1.0.0",
            "from loud import mark\ndef shout(text): return text.upper() + mark\n",
            needs: "loud>=1"
        );
        Publish(folder, "loud", "1.0.0", "mark = '!'\n");
        var package = Package("shout[any]>=1,<2 ; python_version > '3'  # loud\n");

        var built = await package.In(house);
        Assert.Equal("HI!", await package.Answers(house, built, "hi"));
        Assert.Equal(
            ["loud 1.0.0", "shout 1.0.0"],
            built.Lock!.Packages.Select(each => $"{each.Name} {each.Version}")
        );

        Publish(folder, "loud", "1.1.0", "mark = '?'\n");
        var again = await package.In(house, built.Lock);
        Assert.Equal("HI!", await package.Answers(house, again, "hi"));
        Assert.Equal(built.Digest, again.Digest);

        // Changed under its version: the lock's hash does not fit.
        Publish(folder, "loud", "1.0.0", "mark = 'changed'\n");
        var changed = await package.In(house, built.Lock);
        Assert.False(changed.Ok);
        Assert.Contains("DO NOT MATCH THE HASHES", package.Log);

        var unknown = await Package("shout\nabsent==1\n\n  Other.Absent\n").In(house);
        Assert.Equal([(2, 1), (4, 3)], unknown.Mistakes.Select(m => (m.Line, m.Column)));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_index_is_asked_through_the_server_alone_and_what_it_says_of_a_wheel_holds()
    {
        await using var index = await FakeSource.Open();
        await using var house = await Dependent.Open(
            "pypi",
            new() { Address = index.Address + "simple" }
        );
        var wheel = Wheel("shout", "1.0.0", "def shout(text): return text.upper()\n", "");
        var hash = Convert.ToHexStringLower(SHA256.HashData(wheel));
        index.Files["files/shout-1.0.0-py3-none-any.whl"] = wheel;
        index.Files["files/shout-1.1.0.tar.gz"] = wheel;
        index.Add(
            "simple/shout/",
            $"<html><a href=\"../../files/shout-1.0.0-py3-none-any.whl#sha256={hash}\" data-requires-python=\"&gt;=3.8\">one</a><a href='../../files/shout-1.1.0.tar.gz'>two</a></html>"
        );
        var package = Package("shout\n");

        var built = await package.In(house);
        Assert.Equal("HI", await package.Answers(house, built, "hi"));
        Assert.Equal($"sha256:{hash}", Assert.Single(built.Lock!.Packages).Hash);
        Assert.Contains("fetched shout-1.0.0-py3-none-any.whl", package.Log);

        // A wheel that is not what the page says; one at another host, without a hash to hold it to.
        index.Add(
            "simple/shout/",
            $"<html><a href=\"../../files/shout-1.0.0-py3-none-any.whl#sha256={new string('0', 64)}\">one</a></html>"
        );
        var lied = await package.In(house);
        Assert.Contains("is not what it was", lied.Failure);
        var elsewhere = index.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        index.Add(
            "simple/shout/",
            $"<html><a href=\"{elsewhere}files/shout-1.0.0-py3-none-any.whl\">one</a></html>"
        );
        var away = await package.In(house);
        Assert.Contains(
            $"leads to {new Uri(elsewhere).Authority}, which is no host of this source",
            away.Failure
        );
    }

    private static Dependent Package(string requirements) =>
        new("python", ("nodes/echo.py", Uses), ("requirements.txt", requirements));

    private static void Publish(
        DirectoryInfo folder,
        string name,
        string version,
        string code,
        string needs = ""
    ) =>
        File.WriteAllBytes(
            Path.Combine(folder.FullName, $"{name}-{version}-py3-none-any.whl"),
            Wheel(name, version, code, needs)
        );

    private static byte[] Wheel(string name, string version, string code, string needs)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var info = $"{name}-{version}.dist-info/";
            Add(zip, name + ".py", code);
            Add(
                zip,
                info + "METADATA",
                $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: any\n{(needs.Length == 0 ? "" : $"Requires-Dist: {needs}\n")}"
            );
            Add(
                zip,
                info + "WHEEL",
                "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            );
            Add(
                zip,
                info + "RECORD",
                $"{name}.py,,\n{info}METADATA,,\n{info}WHEEL,,\n{info}RECORD,,\n"
            );
        }
        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string path, string content)
    {
        using var to = zip.CreateEntry(path).Open();
        to.Write(Encoding.UTF8.GetBytes(content));
    }
}
