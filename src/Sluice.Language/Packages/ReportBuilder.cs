using Sluice.Language.Protos;

namespace Sluice.Language.Packages;

/// <summary>Keeps checks and mistakes side by side.</summary>
internal sealed class ReportBuilder
{
    private static readonly string[] Order =
    [
        "manifest",
        "messages",
        "files",
        "handlers",
        "tests",
        "secrets",
    ];
    private readonly List<ValidationCheck> checks = [];
    private readonly List<Mistake> mistakes = [];

    public void Add(string category, string name, Mistake mistake)
    {
        mistakes.Add(mistake);
        checks.Add(
            new ValidationCheck(category, name, Ok: false, mistake.Warning, Detail(mistake))
        );
    }

    /// <summary>A check that is well when there are no mistakes, and several when there are several.</summary>
    public void AddAll(string category, string name, IReadOnlyList<Mistake> found)
    {
        if (found.All(m => m.Warning))
            checks.Add(new ValidationCheck(category, name, Ok: true, Warning: false, ""));
        foreach (var mistake in found)
            Add(category, name, mistake);
    }

    public ValidationReport Finish(Manifest? manifest, Schema? schema) =>
        new()
        {
            Passed = mistakes.TrueForAll(m => m.Warning),
            Checks = [.. checks.OrderBy(c => Array.IndexOf(Order, c.Category))],
            Mistakes = mistakes,
            Manifest = manifest,
            Schema = schema,
        };

    private static string Detail(Mistake mistake) =>
        mistake.Line > 0
            ? $"{mistake.File}:{mistake.Line}:{mistake.Column}: {mistake.Message}"
            : mistake.Message;
}
