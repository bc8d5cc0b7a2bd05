using System.Runtime.InteropServices;

namespace Sluice.Server.Store;

/// <summary>
/// A small write of hot statements only, which the store may put into one commit with the writes of others. It is kept
/// whole or not at all, and its statements run in the order in which they were added.
/// </summary>
internal sealed class HotWrite
{
    /// <summary>What a row takes beside its bytes and texts; the exact number matters to nobody.</summary>
    private const int RowBytes = 128;

    private readonly List<HotPart> _parts = new(2);

    /// <summary>Statements so far.</summary>
    public IReadOnlyList<HotPart> Parts => _parts;

    /// <summary>About how many bytes it sends.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a statement with its values, as <see cref="HotStatement.Execute"/> takes them.</summary>
    public HotWrite Add(HotStatement statement, string tenant, params ReadOnlySpan<object?> values)
    {
        statement.CheckCount(values.Length);
        object?[] all = [tenant, .. values];
        _parts.Add(new HotPart(statement, all));
        Bytes += RowBytes;
        foreach (var value in all)
            Bytes += value switch
            {
                byte[] bytes => bytes.Length,
                string text => text.Length,
                _ => 0,
            };
        return this;
    }

    /// <summary>Executes it as a part of a session's transaction.</summary>
    /// <returns>The number of rows that each of its statements changed.</returns>
    public async Task<IReadOnlyList<int>> Execute(Session session)
    {
        var rows = new int[_parts.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = await _parts[i].Statement.ExecuteAll(session, _parts[i].Values);
        return rows;
    }
}

/// <summary>One statement of a <see cref="HotWrite"/> and its values, the tenant first.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HotPart(HotStatement Statement, object?[] Values);
