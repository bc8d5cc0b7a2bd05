using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Server.Doors.Listeners;

/// <summary>
/// The section <c>Doors</c>: families of routes that are served on named listeners alone. A setting's name is that of a family, with
/// spaces, hyphens or underscores, and covers those that begin with it (<c>console</c>: the console and its sign-in) unless they are named
/// too; <c>default</c> covers all that are not. Elsewhere such a family is not found, as if it were nowhere.
/// </summary>
internal sealed class ListenerDoors
{
    private const string Default = "default";

    private readonly Dictionary<Row, IReadOnlyList<string>> _bound;

    private ListenerDoors(Dictionary<Row, IReadOnlyList<string>> bound) => _bound = bound;

    /// <summary>Whether any family is bound.</summary>
    public bool Any => _bound.Count > 0;

    /// <param name="settings">Names of families with names of listeners, with commas between.</param>
    /// <param name="listeners">Names of all that there are.</param>
    /// <param name="mistakes">Gets what cannot be read, a sentence each.</param>
    public static ListenerDoors Read(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyList<string> listeners,
        ICollection<string> mistakes
    )
    {
        var named = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, text) in settings)
        {
            var family = Words(name);
            if (family != Default && !DoorTable.Rows.Any(row => Words(row.Family) == family))
                mistakes.Add(
                    $"Doors:{name} is no door: they are {string.Join(", ", DoorTable.Rows.Select(row => row.Family.Replace(' ', '-')))}, and default for all that are not named."
                );
            var places = text.Split(
                [',', ' ', ';'],
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            );
            if (places.Length == 0)
                mistakes.Add($"Doors:{name} names no listener.");
            foreach (var place in places.Except(listeners, StringComparer.OrdinalIgnoreCase))
                mistakes.Add(
                    $"Doors:{name}: there is no listener {place}; there is {string.Join(", ", listeners)}."
                );
            named[family] = places;
        }
        var bound = new Dictionary<Row, IReadOnlyList<string>>(ReferenceEqualityComparer.Instance);
        foreach (var row in DoorTable.Rows)
        {
            var nearest =
                named
                    .Keys.Where(family => Covers(family, row))
                    .OrderByDescending(family => family.Length)
                    .FirstOrDefault()
                ?? Default;
            if (named.TryGetValue(nearest, out var places))
                bound[row] = places;
        }
        return new ListenerDoors(bound);
    }

    /// <summary>Families that are not served at a listener.</summary>
    public IReadOnlyList<Row> ClosedAt(string listener) =>
        [
            .. DoorTable.Rows.Where(row =>
                _bound.TryGetValue(row, out var places)
                && !places.Contains(listener, StringComparer.OrdinalIgnoreCase)
            ),
        ];

    /// <summary>Whether a request of a family came in where it is not served.</summary>
    public bool Hide(HttpContext context, Row? row) =>
        Any && row is not null && !context.Features.GetRequiredFeature<Entrance>().LeadsTo(row);

    private static string Words(string name) =>
        name.Replace('-', ' ').Replace('_', ' ').ToLowerInvariant();

    // Some families have a hyphen in their names, which a setting may write in either way.
    private static bool Covers(string family, Row row) =>
        Words(row.Family) is var words
        && (words == family || words.StartsWith(family + ' ', StringComparison.Ordinal));
}

/// <summary>The listener that a connection came in by, and what it leads to.</summary>
internal sealed class Entrance(Listener listener, IReadOnlyList<Row> closed)
{
    private readonly FrozenSet<Row> _closed = closed.ToFrozenSet<Row>(
        ReferenceEqualityComparer.Instance
    );

    public Listener Listener => listener;

    /// <summary>Families that are not served here.</summary>
    public IReadOnlyList<Row> Closed => closed;

    public bool LeadsTo(Row row) => !_closed.Contains(row);
}
