namespace Sluice.Language;

/// <summary>One thing that is wrong, or questionable, in what an author wrote.</summary>
/// <param name="Code">Stable machine word in snake_case, for example <c>proto_duplicate_number</c>.</param>
/// <param name="Message">A public sentence: what was found and what was expected.</param>
/// <param name="File">Path of the file within the package, with <c>/</c>, or null when there is none.</param>
/// <param name="Line">Line, counted from 1; 0 when unknown.</param>
/// <param name="Column">Column in UTF-16 units, counted from 1; 0 when unknown.</param>
/// <param name="Where">A place that is no text position: a placement alias, an edge <c>a -> b</c>, a field path.</param>
/// <param name="Warning">True when the input stays usable.</param>
public sealed record Mistake(
    string Code,
    string Message,
    string? File = null,
    int Line = 0,
    int Column = 0,
    string? Where = null,
    bool Warning = false
)
{
    /// <summary>The form that compilers print: <c>file(line,column): error code: message</c>.</summary>
    public override string ToString()
    {
        var place = File ?? "";
        if (Line > 0)
            place += $"({Line},{Column})";
        if (Where is not null)
            place += place.Length == 0 ? Where : $" [{Where}]";
        var kind = Warning ? "warning" : "error";
        return place.Length == 0
            ? $"{kind} {Code}: {Message}"
            : $"{place}: {kind} {Code}: {Message}";
    }
}
