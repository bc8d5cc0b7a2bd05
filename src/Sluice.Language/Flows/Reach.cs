namespace Sluice.Language.Flows;

/// <summary>Follows edges in one direction.</summary>
internal sealed class Reach
{
    private readonly ILookup<string, string> next;

    private Reach(ILookup<string, string> next) => this.next = next;

    public static Reach Along<T>(IEnumerable<T> edges, Func<T, string> from, Func<T, string> to) =>
        new(edges.ToLookup(from, to, StringComparer.Ordinal));

    /// <summary>Whatever a way leads to, and the start itself.</summary>
    public HashSet<string> From(string start)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { start };
        var open = new Stack<string>([start]);
        while (open.TryPop(out var end))
            foreach (var other in next[end])
                if (reached.Add(other))
                    open.Push(other);
        return reached;
    }
}
