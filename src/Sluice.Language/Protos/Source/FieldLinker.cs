namespace Sluice.Language.Protos.Source;

/// <summary>Checks the fields of one message and finds the types that they name.</summary>
internal sealed class FieldLinker(
    SymbolTable symbols,
    ProtoMistakes mistakes,
    string file,
    HashSet<string> visible
)
{
    private static readonly Dictionary<string, FieldKind> Scalars = Enum.GetValues<FieldKind>()
        .Where(k => k is not (FieldKind.Message or FieldKind.Enum))
        .ToDictionary(k => k.Word());

    public void Link(MessageSyntax syntax, MessageType type)
    {
        foreach (var oneof in syntax.Oneofs)
        {
            var symbol = new Symbol("a oneof", file, oneof.Name.Line);
            symbols.Add(
                SchemaLinker.Join(type.FullName, oneof.Name.Text),
                symbol,
                file,
                oneof.Name
            );
        }

        var oneofs = syntax.Oneofs.ToDictionary(
            o => o,
            o => new OneofType { Name = o.Name.Text, Docs = o.Docs }
        );
        var fields = new List<FieldType>();
        var places = new List<ProtoToken>();
        var numbers = new Dictionary<int, FieldSyntax>();
        foreach (var field in syntax.Fields)
        {
            var linked = Build(field, type);
            if (linked is null | !Check(field, syntax, type, numbers) || linked is null)
                continue;
            linked.Oneof = field.Oneof is null ? null : oneofs[field.Oneof];
            fields.Add(linked);
            places.Add(field.Name);
        }

        CheckJsonNames(fields, places);
        var members = fields.ToLookup(f => f.Oneof);
        foreach (var oneof in oneofs.Values)
            oneof.Fields = [.. members[oneof]];
        type.Oneofs = [.. oneofs.Values];
        type.SetFields(fields);
    }

    private FieldType? Build(FieldSyntax syntax, MessageType scope)
    {
        var field = new FieldType
        {
            Name = syntax.Name.Text,
            JsonName = syntax.JsonName ?? ProtoNames.Json(syntax.Name.Text),
            Number = syntax.Number,
            IsRepeated = syntax.Label == FieldLabel.Repeated,
            IsOptional = syntax.Label == FieldLabel.Optional,
            Docs = syntax.Docs,
        };
        if (syntax.MapKey is null)
        {
            if (!Resolve(syntax.Type, scope, field))
                return null;
            field.IsPacked = field.IsRepeated && field.Kind.CanPack() && syntax.Packed != false;
            return field;
        }

        field.Kind = FieldKind.Message;
        field.MapKey = new FieldType
        {
            Name = "key",
            JsonName = "key",
            Number = 1,
        };
        field.MapValue = new FieldType
        {
            Name = "value",
            JsonName = "value",
            Number = 2,
        };
        if (!Scalars.TryGetValue(syntax.MapKey.Text, out var key) || !key.CanBeMapKey())
        {
            var text =
                $"'{ProtoParser.Short(syntax.MapKey.Text)}' cannot be the key of a map: integers, bool and string can.";
            mistakes.Add("proto_map", text, file, syntax.MapKey.At);
            return null;
        }

        field.MapKey.Kind = key;
        return Resolve(syntax.Type, scope, field.MapValue) ? field : null;
    }

    private bool Resolve(TypeSyntax syntax, MessageType scope, FieldType into)
    {
        if (Scalars.TryGetValue(syntax.Text, out var scalar))
        {
            into.Kind = scalar;
            return true;
        }

        if (symbols.Find(syntax.Text, scope.FullName, visible) is { } symbol)
        {
            into.Kind = symbol.Message is null ? FieldKind.Enum : FieldKind.Message;
            into.Message = symbol.Message;
            into.Enum = symbol.Enum;
            return true;
        }

        var elsewhere = symbols.Find(syntax.Text, scope.FullName, null);
        var hint = elsewhere is null
            ? "is not defined"
            : $"is defined in \"{elsewhere.File}\", which is not imported";
        mistakes.Add(
            "proto_unknown_type",
            $"'{ProtoParser.Short(syntax.Text)}' {hint}.",
            file,
            syntax.At
        );
        return false;
    }

    private bool Check(
        FieldSyntax field,
        MessageSyntax syntax,
        MessageType type,
        Dictionary<int, FieldSyntax> numbers
    )
    {
        var name = field.Name.Text;
        var symbol = new Symbol("a field", file, field.Name.Line);
        var good = symbols.Add(SchemaLinker.Join(type.FullName, name), symbol, file, field.Name);
        if (syntax.Reserved.Names.Contains(name))
            good = Refuse("proto_reserved", $"The name '{name}' is reserved.", field.Name);
        if (field.Number == 0)
            return false;
        if (!numbers.TryAdd(field.Number, field))
        {
            var first = numbers[field.Number].Name.Text;
            good = Refuse(
                "proto_duplicate_number",
                $"Number {field.Number} already belongs to '{first}'.",
                field.NumberAt
            );
        }

        if (syntax.Reserved.Has(field.Number))
            good = Refuse("proto_reserved", $"Number {field.Number} is reserved.", field.NumberAt);
        return good;
    }

    /// <summary>JSON accepts a field by both its names, so all of them differ.</summary>
    private void CheckJsonNames(List<FieldType> fields, List<ProtoToken> places)
    {
        var taken = new Dictionary<string, FieldType>();
        foreach (var (field, at) in fields.Zip(places))
        {
            var name = taken.ContainsKey(field.JsonName) ? field.JsonName : field.Name;
            if (taken.GetValueOrDefault(name) is { } other)
                Refuse(
                    "proto_json_name",
                    $"In JSON '{other.Name}' and '{field.Name}' could both be '{name}'.",
                    at
                );

            taken.TryAdd(field.JsonName, field);
            taken.TryAdd(field.Name, field);
        }
    }

    private bool Refuse(string code, string message, ProtoToken at)
    {
        mistakes.Add(code, message, file, at);
        return false;
    }
}
