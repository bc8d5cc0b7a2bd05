using Sluice.Language.Documents;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>Follows a path of fields; every step but the last leads into a single nested message.</summary>
internal static class FieldPath
{
    /// <param name="giver">Who gives the message, for the mistake.</param>
    /// <param name="wrong">When the field is null: <c>flow_unknown_field</c> or <c>flow_path</c>, and a sentence.</param>
    public static FieldType? Find(
        MessageType source,
        string path,
        string giver,
        out (string Code, string Message) wrong
    )
    {
        wrong = default;
        var steps = path.Split('.');
        var type = source;
        for (var i = 0; ; i++)
        {
            if (type.Field(steps[i]) is not { } field)
            {
                wrong = (
                    "flow_unknown_field",
                    $"`{giver}` gives `{source.FullName}`; `{type.FullName}` has no field `{Shown.Text(steps[i])}`{Has(type)}."
                );
                return null;
            }
            if (i == steps.Length - 1)
                return field;
            if (field.IsRepeated || field.Message is not { WellKnown: WellKnown.None } nested)
            {
                wrong = (
                    "flow_path",
                    $"The path `{Shown.Text(path)}` cannot go on after `{field.Name}`, which is `{field.TypeText}` "
                        + "and not a single message."
                );
                return null;
            }
            type = nested;
        }
    }

    public static string Has(MessageType type) =>
        type.Fields.Count == 0
            ? ""
            : $"; it has {Shown.List(type.Fields.Take(20).Select(f => f.Name))}";
}
