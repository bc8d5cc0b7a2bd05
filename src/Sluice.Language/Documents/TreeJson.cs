using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Language.Documents;

/// <summary>Writes a tree as JSON.</summary>
internal static class TreeJson
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonWriterOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Indented by two, with a line end at the end.</summary>
    public static string Write(TreeNode root) => Text(root, Indented) + "\n";

    /// <summary>In one line.</summary>
    public static string Compact(TreeNode root) => Text(root, OneLine);

    private static string Text(TreeNode root, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, options))
            Node(json, root);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Node(Utf8JsonWriter json, TreeNode node)
    {
        switch (node)
        {
            case MapNode map:
                json.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Node(json, entry.Value);
                }
                json.WriteEndObject();
                break;
            case ListNode list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                    Node(json, item);
                json.WriteEndArray();
                break;
            case ScalarNode scalar:
                Scalar(json, scalar);
                break;
        }
    }

    private static void Scalar(Utf8JsonWriter json, ScalarNode scalar)
    {
        switch (scalar.Type)
        {
            case ScalarType.Null:
                json.WriteNullValue();
                break;
            case ScalarType.Flag:
                json.WriteBooleanValue(scalar.Text[0] is 't' or 'T');
                break;
            case ScalarType.Number when Number(scalar.Text) is { } number:
                json.WriteRawValue(number);
                break;
            case ScalarType.Number:
                json.WriteStringValue(NoNumber(scalar.Text));
                break;
            default:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }

    /// <summary>A number of YAML as JSON writes it; null for what JSON has no number for, such as <c>.inf</c>.</summary>
    private static string? Number(string text)
    {
        if (IsJson(text))
            return text;
        if (
            text.Contains("0x", StringComparison.Ordinal)
            || text.Contains("0o", StringComparison.Ordinal)
        )
            return Whole(text)?.ToString(CultureInfo.InvariantCulture);
        return
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>As JSON of messages writes what JSON has no number for.</summary>
    private static string NoNumber(string text) =>
        text.EndsWith("nan", StringComparison.OrdinalIgnoreCase) ? "NaN"
        : text[0] == '-' ? "-Infinity"
        : "Infinity";

    private static BigInteger? Whole(string text)
    {
        var digits = text.TrimStart('+', '-');
        BigInteger value = 0;
        var radix = digits[1] == 'x' ? 16 : 8;
        foreach (var c in digits[2..])
            value = value * radix + Convert.ToInt32(c.ToString(), 16);
        return text[0] == '-' ? -value : value;
    }

    private static bool IsJson(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
