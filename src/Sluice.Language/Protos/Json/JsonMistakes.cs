using System.Text;

namespace Sluice.Language.Protos.Json;

/// <summary>The mistakes found so far (at most a hundred) and the path to where reading is now.</summary>
internal sealed class JsonMistakes
{
    private const int Limit = 100;
    private readonly List<(string Code, string Message, int Offset, string Where)> all = [];
    private Step[] path = new Step[8];
    private int depth;

    /// <summary>Exactly one of the three is meant: a name, a map key, or an index.</summary>
    private record struct Step(FieldType? Field, string? Name, bool IsKey, int Index);

    public bool Any => all.Count > 0;

    public void Enter(FieldType field) => Push(new(field, null, false, 0));

    public void Enter(string name) => Push(new(null, name, false, 0));

    public void EnterKey(string key) => Push(new(null, key, true, 0));

    public void Enter(int index) => Push(new(null, null, false, index));

    public void At(int index) => path[depth - 1].Index = index;

    public void Leave() => depth--;

    public void Add(string code, string message, int offset)
    {
        if (all.Count < Limit)
            all.Add((code, message, offset, Where()));
        else if (all.Count == Limit)
            all.Add(
                (
                    "json_more_mistakes",
                    $"There are more mistakes; the first {Limit} are listed.",
                    offset,
                    ""
                )
            );
    }

    public IReadOnlyList<Mistake> ToList(ReadOnlySpan<byte> json)
    {
        var list = new List<Mistake>(all.Count);
        foreach (var (code, message, offset, where) in all)
        {
            var before = json[..Math.Min(offset, json.Length)];
            var line = before.Count((byte)'\n') + 1;
            var column =
                Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            list.Add(
                new(
                    code,
                    message,
                    Line: line,
                    Column: column,
                    Where: where.Length == 0 ? null : where
                )
            );
        }

        return list;
    }

    public static string Shorten(string text) => text.Length > 100 ? text[..100] + "…" : text;

    private void Push(Step step)
    {
        if (depth == path.Length)
            Array.Resize(ref path, depth * 2);
        path[depth++] = step;
    }

    private string Where()
    {
        var text = new StringBuilder();
        foreach (var step in path.AsSpan(0, depth))
        {
            if (step.IsKey)
                text.Append("[\"").Append(Shorten(step.Name!)).Append("\"]");
            else if (step.Field is null && step.Name is null)
                text.Append('[').Append(step.Index).Append(']');
            else
                text.Append(text.Length > 0 ? "." : "").Append(step.Field?.JsonName ?? step.Name);
        }

        return text.ToString();
    }
}
