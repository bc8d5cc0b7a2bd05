namespace Sluice.Server.Tests;

/// <summary>Files that somebody else has open.</summary>
internal static class SharedFile
{
    /// <summary>What is in it now; nothing when it is gone: what a server has just removed outlives nothing.</summary>
    public static byte[] Read(string path)
    {
        try
        {
            using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return copy.ToArray();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}
