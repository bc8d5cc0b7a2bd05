namespace Sluice.Language.Documents;

/// <summary>
/// Takes known keys out of a mapping, one by one, checking the kind of each value; <see cref="Finish"/> then reports
/// what nobody asked for.
/// </summary>
internal sealed class MapReader(MapNode map, string what, string code, MistakeList mistakes)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public MapNode Map => map;

    public MistakeList Mistakes => mistakes;

    /// <summary>A reader for a value that has to be a mapping; null, with a mistake, when it is something else.</summary>
    public static MapReader? Over(TreeNode node, string what, string code, MistakeList mistakes)
    {
        if (node is MapNode map)
            return new MapReader(map, what, code, mistakes);
        mistakes.Add(
            $"{code}_type",
            $"{Capital(what)} is expected to be a mapping, not {node.Kind}.",
            node
        );
        return null;
    }

    public MapEntry? Find(string key)
    {
        known.Add(key);
        return map.Entries.FirstOrDefault(e => e.Key == key);
    }

    /// <summary>The text of a key, or null when it is absent or wrong (a mistake is then on record).</summary>
    public ScalarNode? Text(string key, bool required = false)
    {
        var entry = Find(key);
        if (entry is null || entry.Value is ScalarNode { Type: ScalarType.Null })
        {
            if (required)
                mistakes.Add(
                    $"{code}_missing",
                    $"{Capital(what)} needs the key `{key}`.",
                    entry?.Line ?? map.Line,
                    entry?.Column ?? map.Column
                );
            return null;
        }
        if (entry.Value is ScalarNode scalar)
            return scalar;
        Wrong(key, "a text", entry.Value);
        return null;
    }

    /// <summary>The flag of a key; false when it is absent or wrong.</summary>
    public bool Flag(string key)
    {
        switch (Find(key)?.Value)
        {
            case null or ScalarNode { Type: ScalarType.Null }:
                return false;
            case ScalarNode { Type: ScalarType.Flag } flag:
                return flag.Text[0] is 't' or 'T';
            case var other:
                Wrong(key, "true or false", other);
                return false;
        }
    }

    /// <summary>The items of a list; empty when it is absent or wrong.</summary>
    public IReadOnlyList<TreeNode> List(string key)
    {
        switch (Find(key)?.Value)
        {
            case null or ScalarNode { Type: ScalarType.Null }:
                return [];
            case ListNode list:
                return list.Items;
            case var other:
                Wrong(key, "a list", other);
                return [];
        }
    }

    /// <summary>The items of a list of texts; those that are no text are left out, with a mistake.</summary>
    public IReadOnlyList<ScalarNode> Texts(string key)
    {
        var texts = new List<ScalarNode>();
        foreach (var item in List(key))
            if (item is ScalarNode { Type: not ScalarType.Null } text)
                texts.Add(text);
            else
                mistakes.Add(
                    $"{code}_type",
                    $"An item of `{key}` is expected to be a text, not {item.Kind}.",
                    item
                );
        return texts;
    }

    /// <summary>A reader for the mapping under a key; null when it is absent or wrong.</summary>
    public MapReader? Inner(string key)
    {
        switch (Find(key)?.Value)
        {
            case null or ScalarNode { Type: ScalarType.Null }:
                return null;
            case MapNode inner:
                return new MapReader(inner, $"`{key}`", code, mistakes);
            case var other:
                Wrong(key, "a mapping", other);
                return null;
        }
    }

    /// <summary>Reports every key that was not asked for, as a warning or as a mistake.</summary>
    public void Finish(bool warnings)
    {
        foreach (var entry in map.Entries.Where(e => !known.Contains(e.Key)))
            mistakes.Add(
                new Mistake(
                    $"{code}_unknown_key",
                    $"The key `{Shown.Text(entry.Key)}` is unknown here; {what} takes {Shown.List(known)}.",
                    mistakes.File,
                    entry.Line,
                    entry.Column,
                    Warning: warnings
                )
            );
    }

    private void Wrong(string key, string expected, TreeNode found) =>
        mistakes.Add(
            $"{code}_type",
            $"`{key}` is expected to be {expected}, not {found.Kind}.",
            found
        );

    private static string Capital(string sentence) =>
        char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
