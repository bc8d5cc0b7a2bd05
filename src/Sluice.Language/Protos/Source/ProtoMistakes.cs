namespace Sluice.Language.Protos.Source;

/// <summary>Collects mistakes up to a limit, so that hostile input costs bounded memory.</summary>
internal sealed class ProtoMistakes
{
    private const int Limit = 100;
    private readonly List<Mistake> all = [];

    public bool Any => all.Count > 0;

    public void Add(string code, string message, string file, ProtoToken at) =>
        Add(code, message, file, at.Line, at.Column);

    public void Add(string code, string message, string file, int line = 0, int column = 0)
    {
        if (all.Count < Limit)
            all.Add(new Mistake(code, message, file, line, column));
        else if (all.Count == Limit)
            all.Add(
                new Mistake(
                    "proto_more_mistakes",
                    $"There are more mistakes; the first {Limit} are listed.",
                    file
                )
            );
    }

    /// <summary>Sorted by file and position.</summary>
    public IReadOnlyList<Mistake> ToList() =>
        [
            .. all.OrderBy(m => m.Code == "proto_more_mistakes")
                .ThenBy(m => m.File, StringComparer.Ordinal)
                .ThenBy(m => m.Line)
                .ThenBy(m => m.Column),
        ];
}
