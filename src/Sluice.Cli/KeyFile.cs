using System.Text;

namespace Sluice.Cli;

/// <summary>Where a freshly minted key goes when it should not be shown: a file of mode 0600.</summary>
internal static class KeyFile
{
    /// <param name="asHeader">Write the header line that <c>curl -H @FILE</c> reads, instead of the key alone.</param>
    public static void Write(string path, string key, bool asHeader) =>
        PrivateFile.Write(
            path,
            Encoding.UTF8.GetBytes(asHeader ? $"Authorization: Bearer {key}\n" : key + "\n")
        );
}
