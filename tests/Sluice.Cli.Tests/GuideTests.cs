using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Cli.Tests;

/// <summary>
/// The guides, and the pages of the samples, do what they show. Blocks of <c>console</c> are typed and compared, blocks with
/// a path after their language are saved there, all others are for the reader alone. The reader sits in a checkout, of which
/// the samples are there, has started a server (with the settings of the block <c>sh server</c>, where there is one), and
/// has followed the first guide's way to a login unless the text shows it.
/// </summary>
public sealed partial class GuideTests
{
    private const string Server = "server";
    private const StringSplitOptions Compact = StringSplitOptions.RemoveEmptyEntries;

    private readonly Dictionary<string, string> _ids = [];

    public static TheoryData<string> Guides =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "guides"), "*.md")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task Following_a_guide_gives_what_it_shows(string guide)
    {
        var stop = TestContext.Current.CancellationToken;
        var text = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "guides", guide + ".md"),
            stop
        );
        await using var server = await ServerProcess.Start(Settings(text));
        using var typist = new Typist();
        typist["SLUICE_URL"] = server.Url;
        typist["SLUICE_ADMIN_API_KEY"] = server.AdminKey;
        var transcript = new Transcript(typist);
        typist.CopySamples();
        if (!text.Contains("\n$ sluice login", StringComparison.Ordinal))
            await typist.LogIn();
        foreach (Match block in Block().Matches(text))
        {
            var (language, path, content) = (
                block.Groups["language"].Value,
                block.Groups["path"].Value,
                block.Groups["content"].Value
            );
            if (path == Server)
                continue;
            if (path.Length > 0)
                await File.WriteAllTextAsync(
                    Path.Combine(typist.Folder, path),
                    transcript.Known(WithKnownIds(content)),
                    stop
                );
            else if (language == "console")
            {
                var difference = await transcript.Play(WithoutSamples(content));
                Assert.True(difference is null, difference);
            }
        }
    }

    /// <summary>What is said after <c>sluice serve</c>.</summary>
    private static string[] Settings(string text) =>
        Block().Matches(text).FirstOrDefault(block => block.Groups["path"].Value == Server)
            is { } block
            ? [.. block.Groups["content"].Value.Split([' ', '\n'], Compact).Skip(2)]
            : [];

    /// <summary>A guide shows ids, times and workers as they look; another run has others. An id that returns must be the same again.</summary>
    private string WithoutSamples(string content)
    {
        var script = new StringBuilder();
        foreach (var line in content.TrimEnd('\n').Split('\n'))
            script
                .Append(
                    Sample()
                        .Replace(line, found => Placeholder(found, isCommand: line.StartsWith('$')))
                )
                .Append('\n');
        return script.ToString();
    }

    /// <summary>A file may hold an id that was shown before: it is saved with the one that this run was shown.</summary>
    private string WithKnownIds(string content) =>
        _ids.Aggregate(content, (text, id) => text.Replace(id.Key, $"{{{id.Value}}}"));

    private string Placeholder(Match found, bool isCommand)
    {
        var shape = found.Groups.Keys.First(name =>
            !char.IsAsciiDigit(name[0]) && found.Groups[name].Success
        );
        if (shape != "ulid")
            return isCommand ? found.Value : $"<{shape}>";
        if (_ids.TryGetValue(found.Value, out var known))
            return $"{{{known}}}";
        // Letters alone: it becomes the name of a group.
        var name = $"id{(char)('a' + _ids.Count / 26)}{(char)('a' + _ids.Count % 26)}";
        _ids[found.Value] = name;
        return $"<{name}:ulid>";
    }

    [GeneratedRegex(
        "^```(?<language>[a-z]+)(?: (?<path>\\S+))?\n(?<content>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Block();

    [GeneratedRegex(
        """
            (?<ulid>\b[0-9A-HJKMNP-TV-Z]{26}\b)
            | (?<mask>\bslc_live…\w{4})
            | (?<key>\bslc_live_\w{32}\b)
            | (?<time>\b\d{4}-\d\d-\d\d\ \d\d:\d\d:\d\d(\.\d+)?Z)
            | (?<local>\b\d{4}-\d\d-\d\d\ \d\d:\d\d:\d\d\ [+-]\d\d:\d\d)
            | (?<date>\b\d{4}-\d\d-\d\d\b(?![T\ ]\d))
            | (?<any>(?<=\bSLC-PRO-)\S+)
            | (?<took>\b\d+(\.\d+)?\ m?s\b)
            | (?<size>\b\d+(\.\d+)?\ (bytes|KiB|MiB)\b)
            | (?<iso>\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)
            | (?<digest>\b[0-9a-f]{32,64}\b)
            | (?<any>(?<=/(invitation|reset-password)\#)[\w-]{43})
            | (?<url>http://127\.0\.0\.1:\d+)
            | (?<any>(?<=\ )(warm|started\ for\ it)$)
            | (?<version>\b0\.1\.0(?=:\ healthy|\ on\ \.NET))
            | (?<version>(?<=\.NET\ )\d+\.\d+\.\d+)
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Sample();
}
