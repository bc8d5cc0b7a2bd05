using System.Formats.Tar;
using System.IO.Compression;

namespace Sluice.Cli.Packages;

/// <summary>Packs files for the way to the server. The same files always make the same bytes.</summary>
internal static class Tarball
{
    public static MemoryStream Pack(SortedDictionary<string, byte[]> files)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (path, content) in files)
            {
                using var data = new MemoryStream(content, writable: false);
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, path)
                    {
                        DataStream = data,
                        ModificationTime = DateTimeOffset.UnixEpoch,
                        Mode =
                            UnixFileMode.UserRead
                            | UnixFileMode.UserWrite
                            | UnixFileMode.GroupRead
                            | UnixFileMode.OtherRead,
                    }
                );
            }
        }
        bytes.Position = 0;
        return bytes;
    }
}
