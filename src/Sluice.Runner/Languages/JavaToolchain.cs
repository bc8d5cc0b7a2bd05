using System.Globalization;

namespace Sluice.Runner.Languages;

/// <summary>Where this machine keeps Java.</summary>
/// <param name="Home">The folder of a runtime, or of a JDK when there is one.</param>
/// <param name="Settings">Debian keeps a runtime's settings apart from it, and it does not start without them; null elsewhere.</param>
internal sealed record JavaToolchain(string Home, string? Settings)
{
    private const int Minimum = 17;

    public string Program => Path.Combine(Home, "bin/java");

    public string Compiler => Path.Combine(Home, "bin/javac");

    public string Archiver => Path.Combine(Home, "bin/jar");

    public bool CanBuild => File.Exists(Compiler) && File.Exists(Archiver);

    /// <summary>What to show of the host: nothing where all lies under /usr.</summary>
    public IReadOnlyList<string> ReadOnly =>
        [
            .. Home.StartsWith("/usr/", StringComparison.Ordinal) ? [] : new[] { Home },
            .. Settings is null ? [] : new[] { Settings },
        ];

    /// <summary>The Java that the commands of this machine are, or the oldest good one: what it compiles, newer ones run too. Null when there is none.</summary>
    public static JavaToolchain? Find()
    {
        string[] commands = ["/usr/bin/javac", "/usr/bin/java", "/usr/local/bin/java"];
        var named = commands
            .Where(File.Exists)
            .Select(path => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName)
            .OfType<string>()
            .Select(path => Path.GetDirectoryName(Path.GetDirectoryName(path))!);
        string[] folders = ["/usr/lib/jvm", "/opt/java", "/opt"];
        var others = folders
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .OrderBy(Version)
            .ThenBy(path => path, StringComparer.Ordinal);
        return named
            .Concat(others)
            .Where(home => File.Exists(Path.Combine(home, "bin/java")) && Version(home) >= Minimum)
            .Select(home => new JavaToolchain(home, SettingsOf(home)))
            .OrderByDescending(found => found.CanBuild)
            .FirstOrDefault();
    }

    private static string? SettingsOf(string home)
    {
        var settings = $"/etc/java-{Version(home)}-openjdk";
        return
            home.StartsWith("/usr/lib/jvm/java-", StringComparison.Ordinal)
            && Directory.Exists(settings)
            ? settings
            : null;
    }

    /// <summary>The first number of <c>JAVA_VERSION="17.0.15"</c>; 0 when the folder does not say.</summary>
    private static int Version(string home)
    {
        const string word = "JAVA_VERSION=\"";
        var release = Path.Combine(home, "release");
        var line = File.Exists(release)
            ? File.ReadLines(release)
                .FirstOrDefault(l => l.StartsWith(word, StringComparison.Ordinal))
            : null;
        var digits = line?[word.Length..].TakeWhile(char.IsAsciiDigit).ToArray() ?? [];
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
