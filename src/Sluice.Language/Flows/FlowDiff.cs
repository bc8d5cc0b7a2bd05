using Sluice.Language.Documents;
using Sluice.Language.Flows.Forms;

namespace Sluice.Language.Flows;

/// <summary>What one version of a flow says otherwise than another. Order, comments and the cells of a drawing say nothing.</summary>
public static class FlowDiff
{
    // A cell is where something is drawn, and an entry's identity is told apart.
    private static readonly HashSet<string> Unsaid = new(StringComparer.Ordinal) { "col", "row" };

    /// <summary>Placements by alias, edges by their two ends, the rest as one part named <c>flow</c>; in this order: the flow, placements, edges.</summary>
    public static IReadOnlyList<FlowChange> Between(FlowDocument before, FlowDocument after)
    {
        var (a, b) = (FlowTree.Of(before), FlowTree.Of(after));
        var changes = new List<FlowChange>();
        if (Details(Head(a), Head(b)) is { Count: > 0 } head)
            changes.Add(new FlowChange(FlowChange.Changed, FlowChange.Flow, after.Name, head));
        Parts(changes, FlowChange.Placement, Entries(a, "nodes"), Entries(b, "nodes"));
        Parts(changes, FlowChange.Edge, Entries(a, "edges"), Entries(b, "edges"));
        return changes;
    }

    private static MapNode Head(MapNode root) =>
        root with
        {
            Entries = [.. root.Entries.Where(e => e.Key is not ("nodes" or "edges"))],
        };

    private static List<(string Name, MapNode Part)> Entries(MapNode root, string key)
    {
        var parts = new List<(string, MapNode)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in (Find(root, key) as ListNode)?.Items.OfType<MapNode>() ?? [])
        {
            var name =
                key == "nodes"
                    ? Text(part, "alias")
                    : $"{Text(part, "from")} -> {Text(part, "to")}";
            // A name that is given twice is a mistake; the first stands for it.
            if (seen.Add(name))
                parts.Add((name, part));
        }
        return parts;
    }

    private static void Parts(
        List<FlowChange> changes,
        string what,
        List<(string Name, MapNode Part)> before,
        List<(string Name, MapNode Part)> after
    )
    {
        var old = before.ToDictionary(p => p.Name, p => p.Part, StringComparer.Ordinal);
        var now = after.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        changes.AddRange(
            before
                .Where(p => !now.Contains(p.Name))
                .Select(p => new FlowChange(FlowChange.Removed, what, p.Name, []))
        );
        foreach (var (name, part) in after)
            if (!old.TryGetValue(name, out var was))
                changes.Add(new FlowChange(FlowChange.Added, what, name, []));
            else if (Details(was, part) is { Count: > 0 } details)
                changes.Add(new FlowChange(FlowChange.Changed, what, name, details));
    }

    private static List<FlowDetail> Details(MapNode before, MapNode after)
    {
        var (a, b) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        Flatten(before, "", a);
        Flatten(after, "", b);
        return
        [
            .. a
                .Keys.Union(b.Keys)
                .Order(StringComparer.Ordinal)
                .Select(k => new FlowDetail(k, a.GetValueOrDefault(k), b.GetValueOrDefault(k)))
                .Where(d => d.Before != d.After),
        ];
    }

    private static void Flatten(MapNode map, string path, Dictionary<string, string> into)
    {
        foreach (var (key, value) in map.Entries.Select(e => (e.Key, e.Value)))
            if (value is MapNode inner)
                Flatten(inner, $"{path}{key}.", into);
            else if (path.Length > 0 || !Unsaid.Contains(key))
                into[path + key] = value is ScalarNode scalar
                    ? scalar.Text
                    : TreeJson.Compact(value);
    }

    private static TreeNode? Find(MapNode map, string key) =>
        map.Entries.FirstOrDefault(e => e.Key == key)?.Value;

    private static string Text(MapNode map, string key) =>
        (Find(map, key) as ScalarNode)?.Text ?? "";
}

/// <summary>A part of a flow that is there, gone or different.</summary>
/// <param name="Kind"><see cref="Added"/>, <see cref="Removed"/> or <see cref="Changed"/>.</param>
/// <param name="What"><see cref="Flow"/>, <see cref="Placement"/> or <see cref="Edge"/>.</param>
/// <param name="Name">The flow's name, an alias, or both ends of an edge: <c>a -> b</c>.</param>
/// <param name="Details">The keys that differ; empty for what was added or removed whole.</param>
public sealed record FlowChange(
    string Kind,
    string What,
    string Name,
    IReadOnlyList<FlowDetail> Details
)
{
    public const string Added = "added";
    public const string Removed = "removed";
    public const string Changed = "changed";
    public const string Flow = "flow";
    public const string Placement = "placement";
    public const string Edge = "edge";
}

/// <summary>A key that says something else.</summary>
/// <param name="Key">Its path: <c>config.retry.max_attempts</c>.</param>
/// <param name="Before">Null: it was not there, or at its default.</param>
/// <param name="After">Null: it is not there, or at its default.</param>
public sealed record FlowDetail(string Key, string? Before, string? After);
