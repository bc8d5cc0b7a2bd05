#nullable enable

namespace Gen;

/// <summary>Any JSON value.</summary>
public sealed partial class Value
{
    public static Value ForNull() => new() { NullValue = 0 };

    public static Value ForNumber(double value) => new() { NumberValue = value };

    public static Value ForString(string value) => new() { StringValue = value };

    public static Value ForBool(bool value) => new() { BoolValue = value };

    public static Value ForStruct(Struct value) => new() { StructValue = value };

    public static Value ForList(
        params global::System.Collections.Generic.IEnumerable<Value> values
    ) => new() { ListValue = new() { Values = [.. values] } };
}
