namespace Sluice.Language.Protos.Source;

/// <summary>Turns parsed files into linked types: first every name is declared, then every field finds its type.</summary>
internal sealed class SchemaLinker(ProtoMistakes mistakes)
{
    private readonly SymbolTable symbols = new(mistakes);
    private readonly List<(MessageSyntax Syntax, MessageType Type, string File)> declared = [];

    public (List<MessageType> Messages, List<EnumType> Enums) Link(IReadOnlyList<FileSyntax> files)
    {
        foreach (var file in files.Where(f => f.Package.Length > 0))
            Package(file);
        DeclareWellKnown();

        var messages = new List<MessageType>();
        var enums = new List<EnumType>();
        foreach (var file in files)
        {
            messages.AddRange(
                file.Messages.Select(m => Declare(m, file.Package, file.Path, null))
                    .OfType<MessageType>()
            );
            enums.AddRange(
                file.Enums.Select(e => Declare(e, file.Package, file.Path, null)).OfType<EnumType>()
            );
        }

        var imports = new ImportGraph(files, mistakes);
        var visible = files.ToDictionary(f => f.Path, f => imports.VisibleFrom(f.Path));
        foreach (var (syntax, type, file) in declared)
            new FieldLinker(symbols, mistakes, file, visible[file]).Link(syntax, type);
        return (messages, enums);
    }

    private void Package(FileSyntax file)
    {
        if (
            file.Package == "google.protobuf"
            || file.Package.StartsWith("google.protobuf.", StringComparison.Ordinal)
        )
            mistakes.Add(
                "proto_duplicate_name",
                "The package google.protobuf is taken.",
                file.Path,
                file.PackageAt
            );
        symbols.AddPackage(file.Package, file.Path, file.PackageAt);
    }

    private void DeclareWellKnown()
    {
        symbols.AddPackage("google.protobuf", "", default);
        foreach (var type in WellKnownTypes.Files.Values.SelectMany(types => types))
            symbols.AddShared(type);
        symbols.AddShared(WellKnownTypes.NullValue);
    }

    private MessageType? Declare(
        MessageSyntax syntax,
        string scope,
        string file,
        MessageType? parent
    )
    {
        var type = new MessageType
        {
            FullName = Join(scope, syntax.Name.Text),
            Name = syntax.Name.Text,
            Parent = parent,
            Docs = syntax.Docs,
            File = file,
        };
        var symbol = new Symbol("a message", file, syntax.Name.Line, type);
        if (!symbols.Add(type.FullName, symbol, file, syntax.Name))
            return null;
        type.Messages =
        [
            .. syntax
                .Messages.Select(m => Declare(m, type.FullName, file, type))
                .OfType<MessageType>(),
        ];
        type.Enums =
        [
            .. syntax.Enums.Select(e => Declare(e, type.FullName, file, type)).OfType<EnumType>(),
        ];
        declared.Add((syntax, type, file));
        return type;
    }

    private EnumType? Declare(EnumSyntax syntax, string scope, string file, MessageType? parent)
    {
        var values = new List<EnumValue>();
        var numbers = new Dictionary<int, string>();
        foreach (var value in syntax.Values)
        {
            // The values of an enum live beside it, not inside it: two enums of one scope cannot share a value name.
            var good = symbols.Add(
                Join(scope, value.Name.Text),
                new("an enum value", file, value.Name.Line),
                file,
                value.Name
            );
            good &= Check(syntax, value, numbers, file);
            if (good)
                values.Add(new(value.Name.Text, value.Number, value.Docs));
        }

        var type = new EnumType
        {
            FullName = Join(scope, syntax.Name.Text),
            Name = syntax.Name.Text,
            Parent = parent,
            Values = values,
            AllowsAliases = syntax.AllowsAliases,
            Docs = syntax.Docs,
            File = file,
        };
        return symbols.Add(
            type.FullName,
            new("an enum", file, syntax.Name.Line, Enum: type),
            file,
            syntax.Name
        )
            ? type
            : null;
    }

    private bool Check(
        EnumSyntax syntax,
        EnumValueSyntax value,
        Dictionary<int, string> numbers,
        string file
    )
    {
        if (!numbers.TryAdd(value.Number, value.Name.Text) && !syntax.AllowsAliases)
        {
            var text =
                $"Number {value.Number} already belongs to {numbers[value.Number]}; allow_alias permits two names.";
            mistakes.Add("proto_duplicate_number", text, file, value.NumberAt);
            return false;
        }

        if (syntax.Reserved.Has(value.Number))
            mistakes.Add(
                "proto_reserved",
                $"Number {value.Number} is reserved.",
                file,
                value.NumberAt
            );
        else if (syntax.Reserved.Names.Contains(value.Name.Text))
            mistakes.Add(
                "proto_reserved",
                $"The name '{value.Name.Text}' is reserved.",
                file,
                value.Name
            );
        else
            return true;
        return false;
    }

    internal static string Join(string scope, string name) =>
        scope.Length == 0 ? name : scope + "." + name;
}
