using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Uploads that are no package, or would be more than one.</summary>
internal static class BadPackages
{
    public static IEnumerable<(string What, byte[] Body)> All(string handle)
    {
        yield return ("nothing", []);
        yield return ("text", "not a package"u8.ToArray());
        yield return ("a gzip head alone", [0x1F, 0x8B]);
        yield return ("gzip of nothing", Zip([]));
        yield return ("gzip of text", Zip("not a tar"u8.ToArray()));
        yield return ("gzip of zeros", Zip(new byte[10_240]));
        yield return ("a bomb", Zip(new byte[400 << 20]));
        var whole = Tar(
            new PaxTarEntry(TarEntryType.RegularFile, "sluice.yaml") { DataStream = Data("x: [") }
        );
        yield return ("cut short", whole[..(whole.Length / 2)]);
        yield return ("a bad manifest", whole);
        foreach (
            var path in (string[])
                [
                    "../sluice.yaml",
                    "/etc/passwd",
                    "nodes/../../x",
                    "C:\\x",
                    "a\\..\\b",
                    "nodes/a\0b",
                    "nodes/\u202Ex",
                    "NODES/echo.py",
                    "con",
                    new string('d', 5000),
                    string.Join('/', Enumerable.Repeat("d", 500)),
                ]
        )
            yield return (
                $"a file {path[..Math.Min(20, path.Length)]}",
                Tar(
                    Good(handle),
                    new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = Data("x") }
                )
            );
        foreach (var type in (TarEntryType[])[TarEntryType.SymbolicLink, TarEntryType.HardLink])
            yield return (
                $"a {type}",
                Tar(Good(handle), new PaxTarEntry(type, "nodes/l") { LinkName = "/etc/passwd" })
            );
        yield return ("a pipe", Tar(Good(handle), new PaxTarEntry(TarEntryType.Fifo, "nodes/p")));
        yield return (
            "a device",
            Tar(
                Good(handle),
                new PaxTarEntry(TarEntryType.CharacterDevice, "nodes/d")
                {
                    DeviceMajor = 1,
                    DeviceMinor = 3,
                }
            )
        );
        yield return ("a file twice", Tar(Good(handle), Good(handle)));
        yield return (
            "invalid UTF-8 in the manifest",
            Tar(
                new PaxTarEntry(TarEntryType.RegularFile, "sluice.yaml")
                {
                    DataStream = new MemoryStream([0xFF, 0xFE, 0x00]),
                }
            )
        );
        yield return (
            "a proto with everything wrong",
            Tar(
                Good(handle),
                new PaxTarEntry(TarEntryType.RegularFile, "messages/messages.proto")
                {
                    DataStream = Data("syntax = \"proto2\"; message { \0 } message A { A a = 0; }"),
                }
            )
        );
    }

    private static PaxTarEntry Good(string handle) =>
        new(TarEntryType.RegularFile, "sluice.yaml")
        {
            DataStream = Data(
                $"name: {handle}/works\nversion: 0.1.0\nlanguage: python\nnodes:\n  - name: Echo\n    input: Note\n    output: Note\n"
            ),
        };

    private static MemoryStream Data(string text) => new(Encoding.UTF8.GetBytes(text));

    private static byte[] Tar(params TarEntry[] entries)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        }
        return Zip(tar.ToArray());
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return zipped.ToArray();
    }
}
