using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Cli.Tests;

/// <summary>
/// A session as it is read on a screen. <c>$ sluice …</c> is typed, what follows is expected, <c>[exit 4]</c> closes what
/// does not end well. <c>&lt;&lt;&lt; 'text'</c> is piped in, <c>cd</c> and <c>cp</c> prepare the folder, <c>report</c> says that a file was found in public, <c>#</c> remarks.
/// In what is expected, <c>&lt;ulid&gt;</c> and its like stand for what differs from time to time, and
/// <c>&lt;id:ulid&gt;</c> also remembers it: later lines say <c>{id}</c>.
/// </summary>
internal sealed partial class Transcript(Typist typist, Func<string, Task<string>>? report = null)
{
    private static readonly Dictionary<string, string> s_shapes = new(StringComparer.Ordinal)
    {
        ["ulid"] = "[0-9A-HJKMNP-TV-Z]{26}",
        ["key"] = "slc_(?:live|test)_[0-9A-Za-z]{32}",
        ["mask"] = "slc_(?:live|test)?…[0-9A-Za-z]{4}",
        ["time"] = @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?Z",
        ["local"] = @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d",
        ["iso"] = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)",
        ["date"] = @"\d{4}-\d\d-\d\d",
        ["took"] = @"\d+(?:\.\d+)? m?s",
        ["size"] = @"\d+(?:\.\d+)? (?:bytes|KiB|MiB)",
        ["digest"] = "[0-9a-f]{12,64}",
        ["url"] = @"http://127\.0\.0\.1:\d+",
        ["version"] = @"\d+\.\d+\.\d+",
        ["any"] = ".*",
    };
    private readonly Dictionary<string, string> _known = [];

    /// <summary>What differs between the script and what happened; null when nothing does.</summary>
    public async Task<string?> Play(string script)
    {
        var lines = script.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        for (var at = 0; at < lines.Length; )
        {
            var line = lines[at++];
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] != '$')
                return $"line {at}: a command is expected, like: $ sluice version";
            var expected = lines.Skip(at).TakeWhile(next => next is not ['$' or '#', ..]).ToList();
            at += expected.Count;
            while (expected is [.., ""])
                expected.RemoveAt(expected.Count - 1);
            var shown = await Carry(Words(Known(line[1..])));
            if (!Fits(expected, shown))
                return $"{line}\n--- expected\n{string.Join('\n', expected)}\n--- shown\n{string.Join('\n', shown)}";
        }
        return null;
    }

    private async Task<List<string>> Carry(List<string> words)
    {
        switch (words)
        {
            case ["cd", var folder]:
                typist.Folder = Path.GetFullPath(folder, typist.Folder);
                return [];
            case ["cp", var sample, var to]:
                Typist.CopyFolder(
                    Path.Combine(AppContext.BaseDirectory, "samples", sample),
                    Path.Combine(typist.Folder, to)
                );
                return [];
            case ["rm", var file]:
                File.Delete(Path.Combine(typist.Folder, file));
                return [];
            case ["cat", var file]:
                return Lines(await File.ReadAllTextAsync(Path.Combine(typist.Folder, file)));
            case ["write", var file, "<<<", var text]:
                await File.WriteAllTextAsync(
                    Path.Combine(typist.Folder, file),
                    text.Replace("\\n", "\n") + "\n"
                );
                return [];
            case ["stat", "-c", "%a", var file] when !OperatingSystem.IsWindows():
                return
                [
                    Convert.ToString(
                        (int)File.GetUnixFileMode(Path.Combine(typist.Folder, file)),
                        8
                    ),
                ];
            case ["report", var file] when report is not null:
                var found = await File.ReadAllTextAsync(Path.Combine(typist.Folder, file));
                return [await report(found.Trim())];
            case ["export", var variable]:
                typist[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1]
                    is { Length: > 0 } value
                    ? value
                    : null;
                return [];
            case ["sluice", .. var arguments]:
                var input = "";
                if (arguments is [.. var before, "<<<", var text2])
                    (arguments, input) = ([.. before], text2 + "\n");
                else if (arguments is [.. var before2, "<", var from])
                    (arguments, input) = (
                        [.. before2],
                        await File.ReadAllTextAsync(Path.Combine(typist.Folder, from))
                    );
                var typed = await typist.Type([.. arguments], input);
                var shown = Lines(typed.All);
                if (typed.Exit != Exit.Done)
                    shown.Add($"[exit {(int)typed.Exit}]");
                return shown;
            default:
                return [$"{words.FirstOrDefault()}: command not found"];
        }
    }

    private bool Fits(List<string> expected, List<string> shown)
    {
        var pattern = string.Join('\n', expected.Select(Pattern));
        var match = Regex.Match(
            string.Join('\n', shown),
            $@"\A{pattern}\z",
            RegexOptions.None,
            TimeSpan.FromSeconds(60)
        );
        foreach (var name in match.Groups.Keys.Where(name => !char.IsAsciiDigit(name[0])))
            _known[name] = match.Groups[name].Value;
        return match.Success;
    }

    private string Pattern(string line)
    {
        if (line == "...")
            return "(?s:.*)";
        var pattern = new StringBuilder();
        var rest = Known(line).TrimEnd();
        foreach (var part in Placeholder().Split(rest))
        {
            if (
                part is ['<', .. var inside, '>']
                && s_shapes.TryGetValue(inside.Split(':')[^1], out var shape)
            )
                pattern.Append(
                    inside.Contains(':') ? $"(?<{inside.Split(':')[0]}>{shape})" : $"(?:{shape})"
                );
            else
                // Columns are as wide as what stands in them: only that there is space is expected.
                pattern.Append(Spaces().Replace(Regex.Escape(part), " +"));
        }
        return pattern.ToString();
    }

    /// <summary>The text with what is remembered in the place of <c>{name}</c>.</summary>
    public string Known(string text) =>
        _known.Aggregate(text, (filled, known) => filled.Replace($"{{{known.Key}}}", known.Value));

    private static List<string> Lines(string text)
    {
        List<string> lines =
        [
            .. text.ReplaceLineEndings("\n")
                .TrimEnd('\n')
                .Split('\n')
                .Select(line => line.TrimEnd()),
        ];
        return lines is [""] ? [] : lines;
    }

    private static List<string> Words(string line) =>
        [
            .. Word()
                .Matches(line)
                .Select(match =>
                    match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Value
                ),
        ];

    [GeneratedRegex("'(?<quoted>[^']*)'|\"(?<quoted>[^\"]*)\"|[^\\s'\"]+")]
    private static partial Regex Word();

    [GeneratedRegex("(<[a-z:]+>)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?:\\ ){2,}")]
    private static partial Regex Spaces();
}
