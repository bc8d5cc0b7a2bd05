using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Language.Documents;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// Writes a comparison as the expression that it stands for. On a repeated field, also one on the way to another field, it
/// has to hold for any item.
/// </summary>
internal static class LeafCondition
{
    /// <returns>The expression; null when the comparison does not fit its field.</returns>
    public static string? Write(
        FlowCondition leaf,
        MessageType source,
        string giver,
        out (string Code, string Message) wrong
    )
    {
        wrong = default;
        var steps = leaf.Field!.Split('.');
        var text = new StringBuilder();
        var prefix = "value";
        var closing = 0;
        var type = source;
        for (var i = 0; ; i++)
        {
            if (type?.Field(steps[i]) is not { } field)
            {
                wrong = type is null
                    ? (
                        "flow_path",
                        $"The path `{leaf.Field}` cannot go on after `{steps[i - 1]}`, which is no message."
                    )
                    : (
                        "flow_unknown_field",
                        $"`{giver}` gives `{source.FullName}`; `{type.FullName}` has no field `{Shown.Text(steps[i])}`{FieldPath.Has(type)}."
                    );
                return null;
            }
            var path = $"{prefix}.{field.Name}";
            var last = i == steps.Length - 1;
            if (last && leaf.Op == "EXISTS")
                return Close(
                    text,
                    leaf.Value == "false" ? $"!has({path})" : $"has({path})",
                    closing
                );
            if (field.IsRepeated)
            {
                prefix =
                    "item" + (closing == 0 ? "" : closing.ToString(CultureInfo.InvariantCulture));
                text.Append(CultureInfo.InvariantCulture, $"{path}.exists({prefix}, ");
                closing++;
                path = prefix;
            }
            else
                prefix = path;
            if (last)
                return Compare(leaf, field, path, out wrong) is { } comparison
                    ? Close(text, comparison, closing)
                    : null;
            type = field.Message is { WellKnown: WellKnown.None } ? field.Message : null;
        }
    }

    private static string Close(StringBuilder text, string inner, int closing) =>
        text.Append(inner).Append(')', closing).ToString();

    private static string? Compare(
        FlowCondition leaf,
        FieldType field,
        string path,
        out (string Code, string Message) wrong
    )
    {
        wrong = default;
        using var value = JsonDocument.Parse(leaf.Value!);
        var root = value.RootElement;
        JsonElement[] values =
            root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
        string[] literals = [.. values.Select(v => LeafLiteral.Write(field, v)).OfType<string>()];
        var written =
            literals.Length < values.Length ? null : Written(leaf.Op, field, path, literals);
        if (written is null)
            wrong = (
                "flow_condition",
                literals.Length < values.Length
                    ? $"`{field.Name}` is `{field.TypeText}`; {Shown.Text(leaf.Value!)} cannot be compared with it."
                    : $"`{leaf.Op}` does not go with `{field.Name}`, which is `{field.TypeText}`."
            );
        return written;
    }

    private static string? Written(string op, FieldType field, string path, string[] literals)
    {
        var isText = field is { IsMap: false, Kind: FieldKind.String };
        var isOrdered =
            field
                is {
                    IsMap: false,
                    Kind: not (FieldKind.Message or FieldKind.Bool or FieldKind.Enum)
                }
            || field.Message?.WellKnown is WellKnown.Timestamp or WellKnown.Duration;
        var literal = literals[0];
        return op switch
        {
            "EQ" => $"{path} == {literal}",
            "NEQ" => $"{path} != {literal}",
            "LT" when isOrdered => $"{path} < {literal}",
            "LTE" when isOrdered => $"{path} <= {literal}",
            "GT" when isOrdered => $"{path} > {literal}",
            "GTE" when isOrdered => $"{path} >= {literal}",
            "CONTAINS" when isText => $"{path}.contains({literal})",
            "STARTS_WITH" when isText => $"{path}.startsWith({literal})",
            "ENDS_WITH" when isText => $"{path}.endsWith({literal})",
            "IN" => $"{path} in [{string.Join(", ", literals)}]",
            _ => null,
        };
    }
}
