using System.Globalization;
using Sluice.Language.Documents;

namespace Sluice.Language.Flows.Forms;

/// <summary>Takes the values of a flow's keys, each with the check that its key has everywhere.</summary>
internal static class FlowKeys
{
    public static Position At(this TreeNode node) => new(node.Line, node.Column);

    public static Position At(this MapEntry entry) => new(entry.Line, entry.Column);

    /// <summary>Notes where the value of a key stands, under its name or another.</summary>
    public static void Spot(this MapReader map, Spots spots, string key, string? name = null)
    {
        if (map.Find(key) is { } entry)
            spots.Add(name ?? key, entry.Value.At());
    }

    /// <summary>A text that has to be there and to have a shape; empty, with a mistake, when it has not.</summary>
    public static string Checked(
        this MapReader map,
        string key,
        Func<string, bool> fits,
        string shape
    ) => map.Shaped(key, fits, shape, required: true) ?? "";

    /// <summary>As <see cref="Checked"/>; null when the key is absent.</summary>
    public static string? Optional(
        this MapReader map,
        string key,
        Func<string, bool> fits,
        string shape
    ) => map.Shaped(key, fits, shape, required: false);

    private static string? Shaped(
        this MapReader map,
        string key,
        Func<string, bool> fits,
        string shape,
        bool required
    )
    {
        if (map.Text(key, required) is not { } text)
            return null;
        if (fits(text.Text))
            return text.Text;
        map.Mistakes.Add(
            $"flow_{key}",
            $"`{key}` is expected to be {shape}, not `{Shown.Text(text.Text)}`.",
            text
        );
        return null;
    }

    /// <summary>A text of bounded length; empty when it is absent.</summary>
    public static string Limited(this MapReader map, string key, int longest)
    {
        if (map.Text(key) is not { } text)
            return "";
        if (text.Text.Length <= longest)
            return text.Text;
        map.Mistakes.Add(
            "flow_too_large",
            $"`{key}` has {text.Text.Length} characters; at most {longest} are taken.",
            text
        );
        return "";
    }

    /// <summary>A whole number; null when it is absent or something else. Its range is the compiler's to check.</summary>
    public static long? Whole(this MapReader map, string key)
    {
        if (map.Text(key) is not { } text)
            return null;
        if (
            text.Type == ScalarType.Number
            && long.TryParse(
                text.Text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
            return number;
        map.Mistakes.Add(
            "flow_type",
            $"`{key}` is expected to be a whole number, not {Found(text)}.",
            text
        );
        return null;
    }

    /// <summary>As <see cref="Whole"/>, clamped into 32 bits: what lies outside is outside of every range.</summary>
    public static int? Small(this MapReader map, string key) =>
        map.Whole(key) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    /// <summary>A number with or without fraction; null when it is absent or something else.</summary>
    public static double? Real(this MapReader map, string key)
    {
        if (map.Text(key) is not { } text)
            return null;
        if (
            text.Type == ScalarType.Number
            && double.TryParse(
                text.Text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number
            )
            && double.IsFinite(number)
        )
            return number;
        map.Mistakes.Add(
            "flow_type",
            $"`{key}` is expected to be a number, not {Found(text)}.",
            text
        );
        return null;
    }

    /// <summary>One of a few words in upper case; null when it is absent or another.</summary>
    public static string? Word(this MapReader map, string key, params string[] words)
    {
        if (map.Text(key) is not { } text)
            return null;
        if (words.Contains(text.Text))
            return text.Text;
        map.Mistakes.Add(
            $"flow_{key}",
            $"`{key}` is {Shown.List(words, "or")}, not `{Shown.Text(text.Text)}`.",
            text
        );
        return null;
    }

    private static string Found(ScalarNode text) =>
        text.Type == ScalarType.Number ? $"`{Shown.Text(text.Text)}`" : text.Kind;
}
