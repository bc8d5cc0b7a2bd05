using System.Globalization;
using System.Text;
using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Syntax;
using Sluice.Language.Expressions.Types;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Expressions;

/// <summary>One case of the CEL specification's own tests.</summary>
internal sealed class ConformanceCase(string id, TextProto test, Schema schema)
{
    public string Id => id;

    /// <summary>Null when it came out as specified, else what came out.</summary>
    public string? Run()
    {
        if (test.Scalar("disable_macros") == "true")
            return "macros cannot be switched off";
        var reading = Compile();
        if (reading.Value is not { } expression)
            return ExpectsFault ? null : reading.Mistakes[0].ToString();
        if (test.Message("typed_result")?.Message("deduced_type") is { } type)
        {
            var expected = Type(type).ToString();
            if (expected != expression.TypeText)
                return $"type {expression.TypeText}, expected {expected}";
        }

        if (test.Scalar("check_only") == "true")
            return null;
        var value = expression.Evaluate(default, out _);
        if (value.IsFault)
            return ExpectsFault ? null : "fault: " + value.Reason.Message;
        if (ExpectsFault)
            return "a value, no fault";
        var result = test.Message("value") ?? test.Message("typed_result")?.Message("result");
        var wanted = result is null ? Value.True : Read(result);
        return Same(wanted, value) ? null : $"{Shown(value)}, expected {Shown(wanted)}";
    }

    private bool ExpectsFault => test.Has("eval_error") || test.Has("any_eval_errors");

    private Reading<Expression> Compile()
    {
        var text = test.Text("expr");
        var isDynamic = test.Scalar("disable_check") == "true";
        var types = test.Messages("type_env")
            .Where(t => t.Has("ident"))
            .ToDictionary(t => t.Text("name"), t => Type(t.Message("ident")!.Message("type")!));
        var values = test.Messages("bindings")
            .ToDictionary(b => b.Text("key"), b => Read(b.Message("value")!.Message("value")!));
        var names = new Names(
            test.Text("container"),
            name =>
                values.TryGetValue(name, out var value)
                    ? new(new ConstantNode(value), types.GetValueOrDefault(name, CelType.Dyn))
                : types.TryGetValue(name, out var declared)
                    ? new(new ConstantNode(new ExpressionFault("unbound")), declared)
                : null,
            [.. types.Keys, .. values.Keys],
            schema.Messages
        );
        var mistakes = new ExpressionMistakes(text, null, 1, 1, null);
        return Expression.Compile(text, names, mistakes, null, isDynamic);
    }

    private CelType Type(TextProto type)
    {
        if (type.Scalar("primitive") is { } primitive)
            return Scalar(primitive);
        if (type.Scalar("wrapper") is { } wrapper)
            return new(TypeKind.Wrapper, Scalar(wrapper));
        if (type.Message("list_type") is { } list)
            return CelType.List(Type(list.Message("elem_type")!));
        if (type.Message("map_type") is { } map)
            return CelType.Map(Type(map.Message("key_type")!), Type(map.Message("value_type")!));
        if (type.Scalar("message_type") is { } message)
            return Find(message) is { } known
                ? CelType.Of(known)
                : new(TypeKind.Parameter, Name: message);
        if (type.Message("abstract_type") is { } other)
            return CelType.Optional(Type(other.Message("parameter_types")!));
        if (type.Message("type") is { } inner)
            return CelType.TypeOf(inner.Names.Any() ? Type(inner) : CelType.Dyn);
        if (type.Has("null"))
            return CelType.Null;
        return type.Scalar("well_known") switch
        {
            "TIMESTAMP" => CelType.Timestamp,
            "DURATION" => CelType.Duration,
            _ => CelType.Dyn,
        };
    }

    private MessageType? Find(string name) =>
        schema.Find(name)
        ?? WellKnownTypes.Files.Values.SelectMany(t => t).FirstOrDefault(t => t.FullName == name);

    private static CelType Scalar(string name) =>
        name switch
        {
            "BOOL" => CelType.Bool,
            "INT64" => CelType.Int,
            "UINT64" => CelType.UInt,
            "DOUBLE" => CelType.Double,
            "STRING" => CelType.String,
            _ => CelType.Bytes,
        };

    private Value Read(TextProto value)
    {
        var name = value.Names.Single();
        return name switch
        {
            "null_value" => Value.Null,
            "bool_value" => value.Scalar(name) == "true",
            "int64_value" => TextProto.Long(value.Scalar(name)!),
            "uint64_value" => ulong.Parse(value.Scalar(name)!, CultureInfo.InvariantCulture),
            "double_value" => TextProto.Double(value.Scalar(name)!),
            "string_value" => Value.String(value.Text(name)),
            "bytes_value" => Value.Bytes(Encoding.Latin1.GetBytes(value.Scalar(name)!)),
            "type_value" => Value.Type(value.Text(name)),
            "list_value" => new ListValue([
                .. value.Message(name)!.Messages("values").Select(Read),
            ]),
            "map_value" => Map(value.Message(name)!),
            "object_value" => Object(value.Message(name)!),
            _ => new ExpressionFault(name),
        };
    }

    private Value Map(TextProto map)
    {
        var read = new MapValue();
        foreach (var entry in map.Messages("entries"))
            read.Set(Read(entry.Message("key")!), Read(entry.Message("value")!));
        return read;
    }

    private Value Object(TextProto any)
    {
        var name = any.Names.Single();
        var full = name[(name.IndexOf('/') + 1)..^1];
        if (Find(full) is not { } type)
            return new ExpressionFault("unknown type " + full);
        var evaluation = new Evaluation(default, Value.Null, []);
        return WireFields.Unwrap(
            ref evaluation,
            Value.Encoded(type, any.Message(name)!.Encode(type))
        );
    }

    /// <summary>Stricter than the equality of the language: numbers of two types differ, NaN is itself.</summary>
    private static bool Same(Value a, Value b)
    {
        if (a.Kind != b.Kind)
            return false;
        var evaluation = new Evaluation(default, Value.Null, []);
        switch (a.Kind)
        {
            case ValueKind.Double:
                return a.AsDouble.Equals(b.AsDouble);
            case ValueKind.List:
                if (a.List.Count != b.List.Count)
                    return false;
                for (var i = 0; i < a.List.Count; i++)
                    if (!Same(a.List.At(ref evaluation, i), b.List.At(ref evaluation, i)))
                        return false;
                return true;
            case ValueKind.Map:
                if (a.Map.Count != b.Map.Count)
                    return false;
                for (var i = 0; i < a.Map.Count; i++)
                    if (
                        !b.Map.TryGet(a.Map.KeyAt(i), out var other)
                        || !Same(a.Map.ValueAt(i), other)
                    )
                        return false;
                return true;
            default:
                return Equality.Of(ref evaluation, a, b);
        }
    }

    internal static string Shown(Value value)
    {
        var evaluation = new Evaluation(default, Value.Null, []);
        return value.Kind switch
        {
            ValueKind.Fault => "fault: " + value.Reason.Message,
            ValueKind.Type => value.TypeName,
            ValueKind.Optional => value.Optional is { } inner
                ? $"optional.of({Shown(inner.Value)})"
                : "optional.none()",
            ValueKind.UInt => value.AsUInt + "u",
            ValueKind.Bytes => "b" + Convert.ToHexString(value.Span),
            _ => Sluice
                .Language.Expressions.Functions.JsonText.Of(
                    ref evaluation,
                    new Arguments { Count = 1, [0] = value }
                )
                .Text,
        };
    }
}
