using System.Text;
using System.Text.Json;

namespace Sluice.Language.Protos.Json;

/// <summary>The fields of one message, prepared for finding them by the names that JSON uses.</summary>
internal sealed class JsonFields
{
    private const int LinearLimit = 12;
    private readonly byte[][] jsonNames;
    private readonly byte[][] protoNames;
    private readonly Dictionary<string, int> byName = [];
    private readonly Dictionary<int, int> byNumber = [];

    public JsonFields(MessageType type)
    {
        Fields = [.. type.Fields];
        OneofCount = type.Oneofs.Count;
        var oneofs = type.Oneofs.Select((o, i) => (o, i)).ToDictionary(p => p.o, p => p.i);
        OneofOf = [.. Fields.Select(f => f.Oneof is null ? -1 : oneofs[f.Oneof])];
        jsonNames = [.. Fields.Select(f => Encoding.UTF8.GetBytes(f.JsonName))];
        protoNames = [.. Fields.Select(f => Encoding.UTF8.GetBytes(f.Name))];
        Encoded = [.. Fields.Select(f => JsonEncodedText.Encode(f.JsonName))];
        for (var i = 0; i < Fields.Length; i++)
        {
            byName[Fields[i].JsonName] = i;
            byName.TryAdd(Fields[i].Name, i);
            byNumber[Fields[i].Number] = i;
        }
    }

    public FieldType[] Fields { get; }

    /// <summary>The JSON names, escaped once.</summary>
    public JsonEncodedText[] Encoded { get; }

    /// <summary>By field, the index of its oneof, or -1.</summary>
    public int[] OneofOf { get; }

    public int OneofCount { get; }

    /// <summary>The index of the field that the reader's property name means, or -1.</summary>
    /// <param name="expected">Where to look first: callers tend to keep the order of the declaration.</param>
    public int Find(ref readonly Utf8JsonReader reader, int expected)
    {
        var count = Fields.Length;
        for (var step = 0; step < Math.Min(count, LinearLimit); step++)
        {
            var i = expected + step;
            i = i >= count ? i - count : i;
            if (
                i < count
                && (reader.ValueTextEquals(jsonNames[i]) || reader.ValueTextEquals(protoNames[i]))
            )
                return i;
        }

        return count <= LinearLimit || reader.ValueSpan.Length > 4096
            ? -1
            : byName.GetValueOrDefault(reader.GetString()!, -1);
    }

    /// <summary>The index of the field with this number, or -1.</summary>
    public int Find(int number, int expected) =>
        expected < Fields.Length && Fields[expected].Number == number
            ? expected
            : byNumber.GetValueOrDefault(number, -1);
}
