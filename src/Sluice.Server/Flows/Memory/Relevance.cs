namespace Sluice.Server.Flows.Memory;

/// <summary>
/// How well entries fit what is looked for. What one entry counts for follows from the entries that were found with it
/// and from nothing else: the databases' own measures look at all tenants' words, and would tell of them.
/// </summary>
internal static class Relevance
{
    /// <summary>A word that is only the beginning of a longer one.</summary>
    private const double OfPrefix = 0.5;

    /// <summary>What the importance of an entry can do, of 1.</summary>
    private const double OfImportance = 0.2;

    // The usual numbers of BM25.
    private const double Saturation = 1.2;
    private const double LengthCounts = 0.75;

    /// <summary>Entries with their scores, above 0 and at most 1, best first; of equals the newest first.</summary>
    /// <param name="asked">The words, each once.</param>
    public static IEnumerable<(EntryRow Entry, double Score)> Order(
        List<string> asked,
        IReadOnlyList<EntryRow> found
    )
    {
        if (found.Count == 0 || asked.Count == 0)
            return [];
        var words = found.Select(entry => MemoryWords.Of(entry.Content)).ToList();
        var length = Math.Max(1, words.Average(each => each.Count));
        var counts = words.Select(each => Count(asked, each)).ToList();
        var weights = asked
            .Select((_, word) => Weight(counts.Count(each => each[word] > 0), found.Count))
            .ToArray();
        var most = weights.Sum() * (Saturation + 1);
        return found
            .Select(
                (entry, i) =>
                {
                    var fits = 0.0;
                    for (var word = 0; word < weights.Length; word++)
                    {
                        var often = counts[i][word];
                        var against =
                            Saturation
                            * (1 - LengthCounts + LengthCounts * words[i].Count / length);
                        fits += weights[word] * often * (Saturation + 1) / (often + against);
                    }
                    var important = 1 - OfImportance + OfImportance * entry.Importance;
                    return (entry, Score: fits / most * important);
                }
            )
            .Where(each => each.Score > 0)
            .OrderByDescending(each => each.Score)
            .ThenByDescending(each => each.entry.Id, StringComparer.Ordinal);
    }

    /// <summary>What a word counts for that so many of the entries have.</summary>
    private static double Weight(int have, int of) =>
        Math.Log(1 + (of - have + 0.5) / (have + 0.5));

    /// <summary>How often each word that is asked for is there.</summary>
    private static double[] Count(List<string> asked, List<string> words)
    {
        var counts = new double[asked.Count];
        foreach (var word in words)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                if (word == asked[i])
                    counts[i]++;
                else if (
                    asked[i].Length >= MemoryWords.PrefixFrom
                    && word.StartsWith(asked[i], StringComparison.Ordinal)
                )
                    counts[i] += OfPrefix;
            }
        }
        return counts;
    }
}
