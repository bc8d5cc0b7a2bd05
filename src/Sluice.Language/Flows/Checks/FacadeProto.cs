using System.Globalization;
using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Flows.Checks;

/// <summary>
/// Writes the proto file of a facade. Messages and enums of packages are copied into it under flat names
/// (<c>demo.text.Line</c> becomes <c>demo_text_Line</c>), so that a graph needs nobody else's files to read it.
/// </summary>
internal sealed class FacadeProto(IReadOnlyList<Schema> schemas)
{
    private static readonly Dictionary<string, string> Scalars = Enum.GetValues<FieldKind>()
        .Where(k => k is not (FieldKind.Message or FieldKind.Enum))
        .ToDictionary(k => k.Word(), k => k.Word(), StringComparer.Ordinal);

    private static readonly Dictionary<string, (MessageType Type, string File)> Known =
        WellKnownTypes
            .Files.SelectMany(f => f.Value.Select(m => (Type: m, File: f.Key)))
            .ToDictionary(x => x.Type.FullName, StringComparer.Ordinal);

    private readonly SortedSet<string> imports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> copies = new(StringComparer.Ordinal);

    /// <summary>A field's type as this file names it; null when nothing has that name.</summary>
    public string? Kind(string kind)
    {
        if (Scalars.ContainsKey(kind))
            return kind;
        if (Known.TryGetValue(kind, out var known))
        {
            imports.Add(known.File);
            return "." + kind;
        }
        foreach (var schema in schemas)
        {
            if (schema.Find(kind) is { } message && message.FullName == kind)
                return Message(message);
            var enums = schema.Enums.Concat(schema.Messages.SelectMany(m => m.Enums));
            if (enums.FirstOrDefault(e => e.FullName == kind) is { } found)
                return Enumeration(found);
        }
        return null;
    }

    public static void Field(
        StringBuilder body,
        string docs,
        string label,
        string kind,
        string name,
        int number
    )
    {
        Comment(body, docs, "  ");
        body.Append(CultureInfo.InvariantCulture, $"  {label}{kind} {name} = {number};\n");
    }

    public string File(string package, string name, string docs, string body)
    {
        var text = new StringBuilder("syntax = \"proto3\";\n");
        text.Append(CultureInfo.InvariantCulture, $"package {package};\n");
        foreach (var import in imports)
            text.Append(CultureInfo.InvariantCulture, $"import \"{import}\";\n");
        Comment(text, docs, "");
        text.Append(CultureInfo.InvariantCulture, $"message {name} {{\n{body}}}\n");
        foreach (var copy in copies.OrderBy(c => c.Key, StringComparer.Ordinal))
            text.Append(copy.Value);
        return text.ToString();
    }

    private string Message(MessageType type)
    {
        if (type.WellKnown != WellKnown.None)
            return Kind(type.FullName)!;
        var name = type.FullName.Replace('.', '_');
        // Noted before it is written, for a message may hold itself.
        if (!copies.TryAdd(name, ""))
            return name;
        var body = new StringBuilder();
        foreach (var field in type.Fields)
            if (field.Oneof is null)
                Copy(body, field);
            else if (field.Oneof.Fields[0] == field)
            {
                body.Append(CultureInfo.InvariantCulture, $"  oneof {field.Oneof.Name} {{\n");
                foreach (var member in field.Oneof.Fields)
                    Copy(body, member);
                body.Append("  }\n");
            }
        copies[name] = $"message {name} {{\n{body}}}\n";
        return name;
    }

    private void Copy(StringBuilder body, FieldType field)
    {
        var label =
            field.IsRepeated ? "repeated "
            : field.IsOptional ? "optional "
            : "";
        var kind = field.IsMap
            ? $"map<{field.MapKey!.Kind.Word()}, {Single(field.MapValue!)}>"
            : Single(field);
        Comment(body, field.Docs, "  ");
        body.Append(
            CultureInfo.InvariantCulture,
            $"  {label}{kind} {field.Name} = {field.Number} [json_name = \"{field.JsonName}\""
        );
        if (field is { IsRepeated: true, IsPacked: false } && field.Kind.CanPack())
            body.Append(", packed = false");
        body.Append("];\n");
    }

    private string Single(FieldType field) =>
        field.Kind switch
        {
            FieldKind.Message => Message(field.Message!),
            FieldKind.Enum => Enumeration(field.Enum!),
            var scalar => scalar.Word(),
        };

    /// <summary>An enum's names belong to what encloses it, so each enum gets a message of its own around it.</summary>
    private string Enumeration(EnumType type)
    {
        if (type.FullName == WellKnownTypes.NullValue.FullName)
        {
            imports.Add(WellKnownTypes.NullValue.File);
            return "." + type.FullName;
        }
        var outer = type.FullName.Replace('.', '_') + "_Values";
        if (copies.ContainsKey(outer))
            return $"{outer}.{type.Name}";
        var body = new StringBuilder();
        if (type.AllowsAliases)
            body.Append("    option allow_alias = true;\n");
        foreach (var value in type.Values)
            body.Append(CultureInfo.InvariantCulture, $"    {value.Name} = {value.Number};\n");
        copies[outer] = $"message {outer} {{\n  enum {type.Name} {{\n{body}  }}\n}}\n";
        return $"{outer}.{type.Name}";
    }

    private static void Comment(StringBuilder text, string docs, string indent)
    {
        if (docs.Length == 0)
            return;
        foreach (var line in docs.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            text.Append(indent).Append("// ").Append(line).Append('\n');
    }
}
