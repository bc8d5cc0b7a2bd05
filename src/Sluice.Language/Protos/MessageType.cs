namespace Sluice.Language.Protos;

/// <summary>A message type. Built by <see cref="SchemaCompiler"/>; never changes afterwards.</summary>
public sealed class MessageType
{
    private Dictionary<string, FieldType> byName = [];
    private Dictionary<int, FieldType> byNumber = [];

    /// <summary>With package and enclosing messages, for example <c>demo.greeter.GreetRequest</c>.</summary>
    public required string FullName { get; init; }

    /// <summary>The last part of <see cref="FullName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The message that this one is nested in, or null.</summary>
    public MessageType? Parent { get; init; }

    /// <summary>In the order of their declaration.</summary>
    public IReadOnlyList<FieldType> Fields { get; private set; } = [];

    /// <summary>In the order of their declaration; without those that <c>optional</c> fields imply.</summary>
    public IReadOnlyList<OneofType> Oneofs { get; internal set; } = [];

    public IReadOnlyList<MessageType> Messages { get; internal set; } = [];

    public IReadOnlyList<EnumType> Enums { get; internal set; } = [];

    /// <summary>Which of the types that come with protobuf this is, if any; such a type has a JSON form of its own.</summary>
    public WellKnown WellKnown { get; init; }

    /// <summary>The leading comment without its markers; empty when there is none.</summary>
    public string Docs { get; init; } = "";

    /// <summary>Path of the file that declares it.</summary>
    public string File { get; init; } = "";

    /// <summary>The field with this name as written in the proto file, or null.</summary>
    public FieldType? Field(string name) => byName.GetValueOrDefault(name);

    /// <summary>The field with this number, or null.</summary>
    public FieldType? Field(int number) => byNumber.GetValueOrDefault(number);

    /// <summary>Made on first use; a race costs a second copy and nothing else.</summary>
    internal Json.JsonFields Json => field ??= new(this);

    /// <summary>Called once by the compiler, with names and numbers that are already unique.</summary>
    internal void SetFields(IReadOnlyList<FieldType> fields)
    {
        Fields = fields;
        byName = fields.ToDictionary(f => f.Name);
        byNumber = fields.ToDictionary(f => f.Number);
    }

    public override string ToString() => FullName;
}

/// <summary>The types of package <c>google.protobuf</c> that a package may import.</summary>
public enum WellKnown
{
    None,
    Timestamp,
    Duration,
    Struct,
    Value,
    ListValue,
    Empty,

    /// <summary>DoubleValue, StringValue and the other seven: a scalar that may be absent.</summary>
    Wrapper,
}
