namespace Sluice.Language.Protos;

/// <summary>The types of package <c>google.protobuf</c> that may be imported. Every schema shares these very objects.</summary>
internal static class WellKnownTypes
{
    public static readonly EnumType NullValue = new()
    {
        FullName = "google.protobuf.NullValue",
        Name = "NullValue",
        Values = [new("NULL_VALUE", 0)],
        File = "google/protobuf/struct.proto",
    };

    public static readonly MessageType Timestamp = SecondsAndNanos(
        "Timestamp",
        WellKnown.Timestamp
    );
    public static readonly MessageType Duration = SecondsAndNanos("Duration", WellKnown.Duration);
    public static readonly MessageType Empty = New("Empty", WellKnown.Empty, "empty");
    public static readonly MessageType Struct = New("Struct", WellKnown.Struct, "struct");
    public static readonly MessageType Value = New("Value", WellKnown.Value, "struct");
    public static readonly MessageType ListValue = New("ListValue", WellKnown.ListValue, "struct");

    private static readonly MessageType[] Wrappers =
    [
        Wrapper("DoubleValue", FieldKind.Double),
        Wrapper("FloatValue", FieldKind.Float),
        Wrapper("Int64Value", FieldKind.Int64),
        Wrapper("UInt64Value", FieldKind.UInt64),
        Wrapper("Int32Value", FieldKind.Int32),
        Wrapper("UInt32Value", FieldKind.UInt32),
        Wrapper("BoolValue", FieldKind.Bool),
        Wrapper("StringValue", FieldKind.String),
        Wrapper("BytesValue", FieldKind.Bytes),
    ];

    static WellKnownTypes()
    {
        Empty.SetFields([]);
        var fields = Field("fields", 1, FieldKind.Message);
        fields.MapKey = Field("key", 1, FieldKind.String);
        fields.MapValue = Field("value", 2, FieldKind.Message);
        fields.MapValue.Message = Value;
        Struct.SetFields([fields]);

        var values = new FieldType
        {
            Name = "values",
            JsonName = "values",
            Number = 1,
            Kind = FieldKind.Message,
            IsRepeated = true,
            Message = Value,
        };
        ListValue.SetFields([values]);

        var kind = new OneofType { Name = "kind" };
        FieldType[] kinds =
        [
            Field("null_value", 1, FieldKind.Enum),
            Field("number_value", 2, FieldKind.Double),
            Field("string_value", 3, FieldKind.String),
            Field("bool_value", 4, FieldKind.Bool),
            Field("struct_value", 5, FieldKind.Message),
            Field("list_value", 6, FieldKind.Message),
        ];
        foreach (var field in kinds)
            field.Oneof = kind;
        kinds[0].Enum = NullValue;
        kinds[4].Message = Struct;
        kinds[5].Message = ListValue;
        kind.Fields = kinds;
        Value.SetFields(kinds);
        Value.Oneofs = [kind];
    }

    /// <summary>What each importable file declares.</summary>
    public static readonly IReadOnlyDictionary<string, MessageType[]> Files = new Dictionary<
        string,
        MessageType[]
    >
    {
        ["google/protobuf/timestamp.proto"] = [Timestamp],
        ["google/protobuf/duration.proto"] = [Duration],
        ["google/protobuf/empty.proto"] = [Empty],
        ["google/protobuf/struct.proto"] = [Struct, Value, ListValue],
        ["google/protobuf/wrappers.proto"] = Wrappers,
    };

    private static MessageType New(string name, WellKnown kind, string file) =>
        new()
        {
            FullName = "google.protobuf." + name,
            Name = name,
            WellKnown = kind,
            File = $"google/protobuf/{file}.proto",
        };

    private static MessageType SecondsAndNanos(string name, WellKnown kind)
    {
        var type = New(name, kind, name.ToLowerInvariant());
        type.SetFields([Field("seconds", 1, FieldKind.Int64), Field("nanos", 2, FieldKind.Int32)]);
        return type;
    }

    private static MessageType Wrapper(string name, FieldKind kind)
    {
        var type = New(name, WellKnown.Wrapper, "wrappers");
        type.SetFields([Field("value", 1, kind)]);
        return type;
    }

    private static FieldType Field(string name, int number, FieldKind kind) =>
        new()
        {
            Name = name,
            JsonName = ProtoNames.Json(name),
            Number = number,
            Kind = kind,
        };
}
