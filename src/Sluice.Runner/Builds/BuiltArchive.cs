using System.IO.Compression;
using System.Security.Cryptography;

namespace Sluice.Runner.Builds;

/// <summary>
/// A built package as it is stored: a gzipped tar whose SHA-256 is the package's digest. The same files always make
/// the same bytes.
/// </summary>
internal static class BuiltArchive
{
    public static (byte[] Archive, string Digest) Pack(IReadOnlyList<TarFile> files)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
            Tar.Write(gzip, files);
        var archive = bytes.ToArray();
        return (archive, Convert.ToHexStringLower(SHA256.HashData(archive)));
    }

    /// <returns>The files, or what is wrong as a public phrase.</returns>
    public static (IReadOnlyList<TarFile> Files, string? Wrong) Unpack(Stream archive, long maxSize)
    {
        try
        {
            using var gzip = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
            return Tar.Read(gzip, maxSize);
        }
        catch (InvalidDataException)
        {
            return ([], "it is not a gzip file");
        }
    }
}
