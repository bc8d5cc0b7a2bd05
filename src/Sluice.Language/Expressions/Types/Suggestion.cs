using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Types;

/// <summary>What an author may have meant by a name that means nothing.</summary>
internal static class Suggestion
{
    /// <summary>"; did you mean `x`?", or nothing when no candidate is close.</summary>
    public static string For(string name, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(c => (Name: c, Distance: Distance(name, c)))
            .Where(c => c.Distance <= Math.Max(1, name.Length / 3))
            .OrderBy(c => c.Distance)
            .Select(c => c.Name)
            .FirstOrDefault();
        return best is null ? "" : $"; did you mean `{best}`?";
    }

    public static string ForField(string name, MessageType type)
    {
        if (type.Fields.FirstOrDefault(f => f.JsonName == name) is { } json)
            return $"; did you mean `{json.Name}`?";
        var close = For(name, type.Fields.Select(f => f.Name));
        if (close.Length > 0 || type.Fields.Count == 0)
            return close.Length > 0 ? close : ".";
        return $"; it has {Documents.Shown.List(type.Fields.Take(20).Select(f => f.Name))}.";
    }

    /// <summary>Letters to change, put in or leave out; capitals and small letters are the same.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost =
                    char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                var best = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost);
                (diagonal, row[j]) = (row[j], best);
            }
        }

        return row[^1];
    }
}
