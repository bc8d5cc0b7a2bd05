using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Cli.Packages;

/// <summary>Puts files that the language made into the author's folder.</summary>
internal static class PackageWriter
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes what differs, so that tools which watch the folder see only real changes.</summary>
    /// <returns>The paths that were written.</returns>
    public static List<string> Write(string root, IEnumerable<GeneratedFile> files)
    {
        var written = new List<string>();
        foreach (var file in files)
        {
            var path = Path.Combine(root, file.Path.Replace('/', Path.DirectorySeparatorChar));
            if (File.Exists(path) && File.ReadAllText(path) == file.Content)
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content, s_utf8);
            written.Add(file.Path);
        }
        return written;
    }
}
