using System.Collections.Frozen;
using System.Text;

namespace Sluice.Language.Emitters.Rust;

/// <summary>Names of proto files as Rust writes them: words are found at underscores and at changes of case.</summary>
internal static class RustWords
{
    private static readonly FrozenSet<string> Keywords = (
        "abstract as async await become box break const continue do dyn else enum extern false final fn for gen if impl in "
        + "let loop macro match mod move mut override priv pub ref return static struct trait true try type typeof unsafe "
        + "unsized use virtual where while yield"
    )
        .Split(' ')
        .ToFrozenSet();

    /// <summary>Words that cannot be used as names even when they are marked as such.</summary>
    private static readonly FrozenSet<string> Paths = "_ crate self super Self"
        .Split(' ')
        .ToFrozenSet();

    public static bool IsKeyword(string word) => Keywords.Contains(word) || Paths.Contains(word);

    /// <summary><c>HTTPFetch</c> and <c>http_fetch</c> are <c>HttpFetch</c>.</summary>
    public static string Camel(string name)
    {
        var text = string.Concat(
            Of(name).Select(w => char.ToUpperInvariant(w[0]) + w[1..].ToLowerInvariant())
        );
        return Named(text);
    }

    /// <summary><c>HTTPFetch</c> and <c>http_fetch</c> are <c>http_fetch</c>; a keyword is not marked yet.</summary>
    public static string Snake(string name) => Named(string.Join('_', Of(name)).ToLowerInvariant());

    /// <summary>A name as it stands in code.</summary>
    public static string Mark(string name) =>
        Paths.Contains(name) ? name + "_"
        : Keywords.Contains(name) ? "r#" + name
        : name;

    private static string Named(string text) =>
        text.Length == 0 ? "__"
        : char.IsAsciiDigit(text[0]) ? "_" + text
        : text == "Self" ? "Self_"
        : text;

    private static List<string> Of(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var part in name.Split('_'))
        {
            var (before, mode) = (' ', ' ');
            for (var i = 0; i < part.Length; i++)
            {
                var (c, next) = (part[i], i + 1 < part.Length ? part[i + 1] : ' ');
                // In "HTTPFetch" the word begins with the F, because a small letter follows.
                if (before == 'A' && char.IsAsciiLetterUpper(c) && char.IsAsciiLetterLower(next))
                    End();
                mode =
                    char.IsAsciiLetterLower(c) ? 'a'
                    : char.IsAsciiLetterUpper(c) ? 'A'
                    : word.Length == 0 ? ' '
                    : mode;
                word.Append(c);
                before = mode;
                if (mode == 'a' && char.IsAsciiLetterUpper(next))
                {
                    End();
                    before = ' ';
                }
            }
            End();
        }
        return words;

        void End()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
