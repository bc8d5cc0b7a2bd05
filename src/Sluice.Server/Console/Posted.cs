using Microsoft.Extensions.Primitives;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>A form that was posted: its fields, and why it is not to be acted on, where that is so.</summary>
internal sealed record Posted
{
    /// <summary>Field with the proof that the form was served to whoever sends it.</summary>
    public const string Token = "_token";

    /// <summary>Field with the environment that the form was served for.</summary>
    public const string Environment = "_environment";

    private readonly IReadOnlyDictionary<string, StringValues> _fields;

    public Posted(IReadOnlyDictionary<string, StringValues> fields, Refusal? refusal = null) =>
        (_fields, Refusal) = (fields, refusal);

    /// <summary>Null when the form is good to act on.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The field as it was sent; empty when it was not.</summary>
    public string this[string name] =>
        _fields.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] ?? "" : "";

    /// <summary>The field without the spaces around it; null when nothing is left.</summary>
    public string? Text(string name) => this[name].Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Whether the form had such a field, empty or not.</summary>
    public bool HasField(string name) => _fields.ContainsKey(name);

    /// <summary>Whether a box was ticked.</summary>
    public bool Has(string name) => this[name].Length > 0;

    /// <summary>All boxes of a name that were ticked.</summary>
    public IReadOnlyList<string> All(string name) =>
        _fields.TryGetValue(name, out var values)
            ? [.. values.OfType<string>().Where(value => value.Length > 0)]
            : [];

    /// <summary>A whole number; null when the field is empty; the refusal names a text that is none.</summary>
    public long? Number(string name, List<Sluice.Language.Mistake> mistakes)
    {
        if (Text(name) is not { } text)
            return null;
        if (
            long.TryParse(
                text,
                System.Globalization.NumberStyles.AllowLeadingSign,
                System.Globalization.CultureInfo.InvariantCulture,
                out var number
            )
        )
            return number;
        mistakes.Add(new("number", "this is a whole number", Where: name));
        return null;
    }

    public static async Task<Posted> Read(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return new Posted(Nothing, CommonRefusals.InvalidBody);
        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return new Posted(form.ToDictionary(field => field.Key, field => field.Value));
        }
        catch (InvalidDataException)
        {
            return new Posted(Nothing, CommonRefusals.InvalidBody);
        }
    }

    /// <summary>A form that was not posted yet.</summary>
    public static Posted Empty { get; } = new(Nothing);

    private static Dictionary<string, StringValues> Nothing => [];
}
