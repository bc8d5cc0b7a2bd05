namespace Sluice.Language.Documents;

/// <summary>Collects the mistakes of one file, at most <see cref="DocumentLimits.Mistakes"/>.</summary>
internal sealed class MistakeList(string? file)
{
    private readonly List<Mistake> mistakes = [];

    public string? File => file;

    /// <summary>The place that is being read, given to every mistake that names none of its own.</summary>
    public string? Where { get; set; }

    /// <summary>True when something was added that is no warning.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>True when no more are kept: what only looks for more can stop.</summary>
    public bool IsFull => mistakes.Count >= DocumentLimits.Mistakes;

    public void Add(string code, string message, TreeNode at, string? where = null) =>
        Add(new Mistake(code, message, file, at.Line, at.Column, where));

    public void Add(string code, string message, int line, int column, string? where = null) =>
        Add(new Mistake(code, message, file, line, column, where));

    public void Warn(string code, string message, int line, int column, string? where = null) =>
        Add(new Mistake(code, message, file, line, column, where, Warning: true));

    public void Add(Mistake mistake)
    {
        HasErrors |= !mistake.Warning;
        if (mistakes.Count < DocumentLimits.Mistakes)
            mistakes.Add(mistake.Where is null ? mistake with { Where = Where } : mistake);
    }

    /// <summary>In the order of their positions; those of one position in the order of their finding.</summary>
    public IReadOnlyList<Mistake> Sorted() =>
        [.. mistakes.OrderBy(m => m.Line).ThenBy(m => m.Column)];

    /// <summary>The value when nothing but warnings was found.</summary>
    public Reading<T> Finish<T>(T? value)
        where T : class => new(HasErrors ? null : value, Sorted());
}
