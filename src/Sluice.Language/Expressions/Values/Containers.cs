using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Expressions.Values;

/// <summary>A list: values, or a repeated field whose elements are read when they are asked for.</summary>
internal sealed class ListValue
{
    private readonly IReadOnlyList<Value>? values;
    private readonly Value message;
    private readonly FieldType? field;
    private readonly List<int>? offsets;

    public ListValue(IReadOnlyList<Value> values) => this.values = values;

    /// <summary>The elements of a repeated field; each offset is that of an element behind its tag.</summary>
    public ListValue(Value message, FieldType field, List<int> offsets)
    {
        this.message = message;
        this.field = field;
        this.offsets = offsets;
    }

    public static ListValue Empty { get; } = new([]);

    public int Count => values?.Count ?? offsets!.Count;

    public Value At(ref Evaluation evaluation, int index)
    {
        if (values is not null)
            return values[index];
        var reader = new WireReader(message.Span[offsets![index]..]);
        return WireFields.Element(ref evaluation, message, field!, ref reader, offsets[index]);
    }
}

/// <summary>A map in the order in which its keys came; keys are int, uint, bool or string.</summary>
internal sealed class MapValue
{
    private readonly OrderedDictionary<Value, Value> entries = new(KeyComparer.Instance);

    public static MapValue Empty { get; } = new();

    public int Count => entries.Count;

    /// <summary>Numbers are one key when they are equal as numbers, whatever their type.</summary>
    public bool TryGet(Value key, out Value value) => entries.TryGetValue(key, out value);

    public bool TryAdd(Value key, Value value) => entries.TryAdd(key, value);

    /// <summary>Only while the map is built.</summary>
    public void Set(Value key, Value value) => entries[key] = value;

    public Value KeyAt(int index) => entries.GetAt(index).Key;

    public Value ValueAt(int index) => entries.GetAt(index).Value;

    private sealed class KeyComparer : IEqualityComparer<Value>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(Value x, Value y) =>
            x.IsNumber ? y.IsNumber && Ordering.OfNumbers(x, y) == Order.Equal
            : x.Kind != y.Kind ? false
            : x.Kind == ValueKind.String ? x.Span.SequenceEqual(y.Span)
            : x.Kind == ValueKind.Bool && x.IsTrue == y.IsTrue;

        public int GetHashCode(Value key)
        {
            if (key.Kind == ValueKind.String)
            {
                var hash = new HashCode();
                hash.AddBytes(key.Span);
                return hash.ToHashCode();
            }

            return key.Kind switch
            {
                ValueKind.Int or ValueKind.UInt => key.AsInt.GetHashCode(),
                ValueKind.Double when key.AsDouble is >= 0 and < 18446744073709551616.0 => (
                    (long)(ulong)key.AsDouble
                ).GetHashCode(),
                ValueKind.Double => ((long)key.AsDouble).GetHashCode(),
                _ => key.IsTrue ? 1 : 0,
            };
        }
    }
}
