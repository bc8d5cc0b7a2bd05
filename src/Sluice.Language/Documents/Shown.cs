using System.Text;

namespace Sluice.Language.Documents;

/// <summary>Makes what an author wrote fit for a sentence: short, and without control characters.</summary>
internal static class Shown
{
    private const int Longest = 60;

    public static string Text(string text)
    {
        var shown = new StringBuilder(Longest);
        foreach (var c in text)
        {
            if (shown.Length == Longest)
                return shown.Append('…').ToString();
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }
        return shown.ToString();
    }

    /// <summary>"`a`, `b` and `c`".</summary>
    public static string List(IEnumerable<string> words, string last = "and")
    {
        string[] all = [.. words.Select(w => $"`{Text(w)}`")];
        return all.Length < 2
            ? string.Concat(all)
            : $"{string.Join(", ", all[..^1])} {last} {all[^1]}";
    }
}
