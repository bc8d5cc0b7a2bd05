using Sluice.Language;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>A form as it is shown: what was typed, and what was wrong with it.</summary>
public sealed class FormState
{
    private readonly Posted _posted;
    private readonly Refusal? _refusal;

    internal FormState(Posted posted, Refusal? refusal = null) =>
        (_posted, _refusal) = (posted, refusal);

    /// <summary>A form that nobody has sent yet.</summary>
    internal static FormState Fresh => new(Posted.Empty);

    internal bool WasSent => _refusal is not null;

    /// <summary>What was typed; or, when nothing was sent yet, what the field begins with.</summary>
    internal string Value(string name, string beginning = "") =>
        WasSent ? _posted[name] : beginning;

    internal bool IsTicked(string name, string value, bool beginning = false) =>
        WasSent ? _posted.All(name).Contains(value) : beginning;

    /// <summary>What is wrong with a field.</summary>
    internal IReadOnlyList<string> Mistakes(string name) =>
        [.. Found.Where(mistake => mistake.Where == name).Select(Sentence)];

    /// <summary>The refusal's own sentence; null when its mistakes say it all.</summary>
    internal string? Detail =>
        _refusal is null ? null
        : Found.Count == 0 ? _refusal.Detail
        : Found.Count == 1 ? "This was not saved: one field needs another look."
        : $"This was not saved: {Found.Count} things need another look.";

    /// <summary>Mistakes of the form that none of these fields shows.</summary>
    internal IEnumerable<string> Others(params string[] fields) =>
        Found
            .Where(mistake => mistake.Where is null || !fields.Contains(mistake.Where))
            .Select(Sentence);

    private IReadOnlyList<Mistake> Found => _refusal?.Mistakes ?? [];

    private static string Sentence(Mistake mistake) =>
        string.Concat(
            mistake.Line > 0 ? $"Line {mistake.Line}: " : "",
            mistake.Message[..1].ToUpperInvariant(),
            mistake.Message.AsSpan(1),
            mistake.Message.EndsWith('.') ? "" : "."
        );
}
