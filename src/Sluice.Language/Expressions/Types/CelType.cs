using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Types;

internal enum TypeKind
{
    /// <summary>Known at run time only.</summary>
    Dyn,

    /// <summary>Any at all: the elements of <c>[]</c>, or what a mistake left open.</summary>
    Open,
    Null,
    Bool,
    Int,
    UInt,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,
    Map,
    Message,
    Type,
    Optional,

    /// <summary>A scalar or null.</summary>
    Wrapper,

    /// <summary>A letter in the signature of a function.</summary>
    Parameter,
}

/// <summary>What the checker knows of a value before it is there.</summary>
/// <param name="Key">Of a map.</param>
/// <param name="Item">The element of a list, the value of a map, what a wrapper, an optional or a type is of.</param>
/// <param name="Name">Of a parameter.</param>
internal sealed record CelType(
    TypeKind Kind,
    CelType? Item = null,
    CelType? Key = null,
    MessageType? Message = null,
    string? Name = null
)
{
    public static readonly CelType Dyn = new(TypeKind.Dyn);
    public static readonly CelType Open = new(TypeKind.Open);
    public static readonly CelType Null = new(TypeKind.Null);
    public static readonly CelType Bool = new(TypeKind.Bool);
    public static readonly CelType Int = new(TypeKind.Int);
    public static readonly CelType UInt = new(TypeKind.UInt);
    public static readonly CelType Double = new(TypeKind.Double);
    public static readonly CelType String = new(TypeKind.String);
    public static readonly CelType Bytes = new(TypeKind.Bytes);
    public static readonly CelType Timestamp = new(TypeKind.Timestamp);
    public static readonly CelType Duration = new(TypeKind.Duration);

    public static CelType List(CelType item) => new(TypeKind.List, item);

    public static CelType Map(CelType key, CelType value) => new(TypeKind.Map, value, key);

    public static CelType Optional(CelType item) => new(TypeKind.Optional, item);

    public static CelType TypeOf(CelType item) => new(TypeKind.Type, item);

    /// <summary>Known at run time only, or not at all.</summary>
    public bool IsOpen => Kind is TypeKind.Dyn or TypeKind.Open;

    /// <summary>A number, or a wrapper of one.</summary>
    public bool IsNumber =>
        Kind is TypeKind.Int or TypeKind.UInt or TypeKind.Double
        || (Kind == TypeKind.Wrapper && Item!.IsNumber);

    /// <summary>What reading a field gives.</summary>
    public static CelType Of(FieldType field)
    {
        if (field.IsMap)
            return Map(Of(field.MapKey!), Of(field.MapValue!));
        var one = field.Message is { } message ? Of(message) : Of(field.Kind, field.Enum);
        return field.IsRepeated ? List(one) : one;
    }

    public static CelType Of(MessageType message) =>
        message.WellKnown switch
        {
            WellKnown.Timestamp => Timestamp,
            WellKnown.Duration => Duration,
            WellKnown.Struct => Map(String, Dyn),
            WellKnown.ListValue => List(Dyn),
            WellKnown.Value => Dyn,
            WellKnown.Wrapper => new(TypeKind.Wrapper, Of(message.Fields[0])),
            _ => new(TypeKind.Message, Message: message),
        };

    private static CelType Of(FieldKind kind, EnumType? type) =>
        kind switch
        {
            FieldKind.Bool => Bool,
            FieldKind.String => String,
            FieldKind.Bytes => Bytes,
            FieldKind.Double or FieldKind.Float => Double,
            FieldKind.UInt32 or FieldKind.UInt64 or FieldKind.Fixed32 or FieldKind.Fixed64 => UInt,
            FieldKind.Enum when type!.FullName == "google.protobuf.NullValue" => Null,
            _ => Int,
        };

    /// <summary>Whether a value of another type may stand where this one is expected; fills the parameters in.</summary>
    public bool Accepts(CelType found, Dictionary<string, CelType> parameters)
    {
        if (Kind == TypeKind.Parameter)
        {
            if (!parameters.TryGetValue(Name!, out var bound))
            {
                parameters[Name!] = found;
                return true;
            }
            if (Join(bound, found) is not { } joined)
                return false;
            parameters[Name!] = joined;
            return true;
        }

        if (IsOpen || found.IsOpen)
            return true;
        if (Kind == TypeKind.Wrapper)
            return found.Kind == TypeKind.Null
                || Item!.Accepts(found.Kind == TypeKind.Wrapper ? found.Item! : found, parameters);
        if (found.Kind == TypeKind.Wrapper)
            return Accepts(found.Item!, parameters);
        if (found.Kind == TypeKind.Null)
            return IsNullable;
        if (Kind != found.Kind)
            return false;
        return Kind switch
        {
            TypeKind.List or TypeKind.Optional => Item!.Accepts(found.Item!, parameters),
            TypeKind.Map => Key!.Accepts(found.Key!, parameters)
                && Item!.Accepts(found.Item!, parameters),
            TypeKind.Message => Message!.FullName == found.Message!.FullName,
            _ => true,
        };
    }

    private bool IsNullable =>
        Kind
            is TypeKind.Null
                or TypeKind.Message
                or TypeKind.Timestamp
                or TypeKind.Duration
                or TypeKind.Wrapper
                or TypeKind.Optional;

    /// <summary>The type that holds values of both; null when only <c>dyn</c> would.</summary>
    public static CelType? Join(CelType a, CelType b)
    {
        if (a.Kind == TypeKind.Open)
            return b;
        if (b.Kind == TypeKind.Open)
            return a;
        if (a.Kind == TypeKind.Dyn || b.Kind == TypeKind.Dyn)
            return Dyn;
        if (a.Kind == TypeKind.Null)
            return b.IsNullable ? b : null;
        if (b.Kind == TypeKind.Null)
            return a.IsNullable ? a : null;
        if (a.Kind == TypeKind.Wrapper || b.Kind == TypeKind.Wrapper)
        {
            var (x, y) = (a.Unwrapped, b.Unwrapped);
            return x == y ? new(TypeKind.Wrapper, x) : null;
        }

        if (a.Kind != b.Kind)
            return null;
        if (a.Kind == TypeKind.Message)
            return a.Message!.FullName == b.Message!.FullName ? a : null;
        if (a.Kind == TypeKind.Type)
            return TypeOf(Join(a.Item!, b.Item!) ?? Dyn);
        if (a.Item is null)
            return a;
        var item = Join(a.Item, b.Item!);
        var key = a.Key is null ? null : Join(a.Key, b.Key!);
        return item is null || (a.Key is not null && key is null)
            ? null
            : a with
            {
                Item = item,
                Key = key,
            };
    }

    /// <summary>The scalar of a wrapper; any other type itself.</summary>
    public CelType Unwrapped => Kind == TypeKind.Wrapper ? Item! : this;

    /// <summary>The type with its parameters replaced; those that nothing said anything about stay open.</summary>
    public CelType With(Dictionary<string, CelType> parameters) =>
        Kind == TypeKind.Parameter ? parameters.GetValueOrDefault(Name!, Open)
        : Item is null ? this
        : this with { Item = Item.With(parameters), Key = Key?.With(parameters) };

    /// <summary>As CEL writes it.</summary>
    public override string ToString() =>
        Kind switch
        {
            TypeKind.Dyn or TypeKind.Open => "dyn",
            TypeKind.List => $"list({Item})",
            TypeKind.Map => $"map({Key}, {Item})",
            TypeKind.Optional => $"optional({Item})",
            TypeKind.Wrapper => $"wrapper({Item})",
            TypeKind.Type => Item!.IsOpen ? "type" : $"type({Item})",
            TypeKind.Message => Message!.FullName,
            TypeKind.Parameter => Name!,
            _ => Kind.ToString().ToLowerInvariant(),
        };
}
