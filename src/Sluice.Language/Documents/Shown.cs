using System.Text;

namespace Sluice.Language.Documents;

/// <summary>Makes what an author wrote fit for a sentence: short, and without control characters.</summary>
internal static class Shown
{
    private const int Longest = 60;
    private const int MostWords = 25;

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

    /// <summary>"`a`, `b` and `c`"; of a long list the beginning, and how many more there are.</summary>
    public static string List(IEnumerable<string> words, string last = "and")
    {
        string[] all = [.. words];
        string[] shown = [.. all.Take(MostWords).Select(w => $"`{Text(w)}`")];
        return all.Length > shown.Length
                ? $"{string.Join(", ", shown)} and {all.Length - shown.Length} more"
            : shown.Length < 2 ? string.Concat(shown)
            : $"{string.Join(", ", shown[..^1])} {last} {shown[^1]}";
    }
}
