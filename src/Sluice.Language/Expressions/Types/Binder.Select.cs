using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Syntax;

namespace Sluice.Language.Expressions.Types;

/// <summary>This part: fields, keys and indices.</summary>
internal sealed partial class Binder
{
    private Bound Select(SelectSyntax select)
    {
        if (!select.IsOptional && Qualified(select) is { } named)
            return named;
        if (Direct(select.Operand, select.Name, select.At) is { } direct)
            return select.IsOptional
                ? new(new ArrivedNode(direct.Node, asOptional: true), CelType.Optional(direct.Type))
                : direct;
        return Field(Bind(select.Operand), select.Name, select.IsOptional, select.At);
    }

    /// <summary>The longest name that means something wins: <c>pkg.Mood.GLAD</c> before the field of a message <c>pkg</c>.</summary>
    private Bound? Qualified(SelectSyntax select)
    {
        if (Dotted(select) is not { } name || (!name.IsRooted && Local(name.First) is not null))
            return null;
        return names.Find(name.Text, name.IsRooted);
    }

    /// <summary>Names with points between them; null for anything else.</summary>
    private static (string Text, string First, bool IsRooted)? Dotted(SyntaxNode syntax) =>
        syntax switch
        {
            NameSyntax name => (name.Name, name.Name, name.IsRooted),
            SelectSyntax { IsOptional: false } select => Dotted(select.Operand) is { } operand
                ? (operand.Text + "." + select.Name, operand.First, operand.IsRooted)
                : null,
            _ => null,
        };

    /// <summary><c>inputs.a</c>, <c>inputs['a']</c>, <c>config.A</c>, <c>config['A']</c>; null when something else is meant.</summary>
    private Bound? Direct(SyntaxNode operand, string name, int at)
    {
        if (operand is not NameSyntax { IsRooted: false } root || Local(root.Name) is not null)
            return null;
        if (
            root.Name == ExpressionNames.Config
            && names.Find(root.Name, isRooted: false) is not null
        )
            return new(new ConfigNode(name), CelType.String);
        if (
            root.Name != ExpressionNames.Inputs
            || !names.Variables.Contains(ExpressionNames.Inputs)
        )
            return null;
        return names.Find(ExpressionNames.Input(name), isRooted: true)
            ?? Wrong(
                ExpressionMistakes.UnknownName,
                $"There is no input `{name}`{Ended(Suggestion.For(name, Aliases))}",
                at
            );
    }

    private IEnumerable<string> Aliases =>
        names
            .Variables.Where(v => v.StartsWith(ExpressionNames.Input(""), StringComparison.Ordinal))
            .Select(v => v[ExpressionNames.Input("").Length..]);

    private Bound Field(Bound operand, string name, bool isOptional, int at)
    {
        var type = operand.Type;
        var inOptional = type.Kind == TypeKind.Optional;
        if (inOptional)
            type = type.Item!;
        if (Member(type, name, at) is not { } member)
            return Nothing;
        if (isOptional || inOptional)
            return new(
                isOptional
                    ? new OptionalSelectNode(operand.Node, new(name))
                    : new SelectNode(operand.Node, new(name)),
                CelType.Optional(member)
            );
        return type is { Kind: TypeKind.Message, Message: { } message }
            ? new(new FieldNode(operand.Node, message, message.Field(name)!), member)
            : new(new SelectNode(operand.Node, new(name)), member);
    }

    /// <summary>The type of what a name behind a point stands for; null after a mistake.</summary>
    private CelType? Member(CelType type, string name, int at)
    {
        switch (type.Kind)
        {
            case TypeKind.Dyn or TypeKind.Open:
                return CelType.Dyn;
            case TypeKind.Message:
                if (type.Message!.Field(name) is { } field)
                    return CelType.Of(field);
                Wrong(
                    ExpressionMistakes.UnknownField,
                    $"`{type.Message.FullName}` has no field `{name}`{Suggestion.ForField(name, type.Message)}",
                    at
                );
                return null;
            case TypeKind.Map when type.Key!.IsOpen || type.Key.Kind == TypeKind.String:
                return type.Item!;
            default:
                WrongType(
                    $"A field or key `{name}` is expected in a message or map, but found {type}.",
                    at
                );
                return null;
        }
    }

    private Bound Index(IndexSyntax index)
    {
        if (
            index.Index is LiteralSyntax { Token.Kind: TokenKind.String } key
            && Direct(index.Operand, System.Text.Encoding.UTF8.GetString(key.Token.Data!), key.At)
                is { } direct
        )
            return index.IsOptional
                ? new(new ArrivedNode(direct.Node, asOptional: true), CelType.Optional(direct.Type))
                : direct;
        var operand = Bind(index.Operand);
        var place = Bind(index.Index);
        var inOptional = operand.Type.Kind == TypeKind.Optional;
        var type = inOptional ? operand.Type.Item! : operand.Type;
        if (Indexed(type, place.Type, index.At) is not { } element)
            return Nothing;
        var node = new IndexNode(operand.Node, place.Node, index.IsOptional);
        return new(node, index.IsOptional || inOptional ? CelType.Optional(element) : element);
    }

    private CelType? Indexed(CelType type, CelType place, int at)
    {
        var key = place.Unwrapped;
        if (type.IsOpen)
            return CelType.Dyn;
        if (type.Kind == TypeKind.List && (key.IsOpen || key.Kind == TypeKind.Int))
            return type.Item;
        if (type.Kind == TypeKind.Map && AreComparable(type.Key!, key))
            return type.Item;
        WrongType(
            type.Kind switch
            {
                TypeKind.List => $"The index of a list is int, but found {place}.",
                TypeKind.Map => $"The key of {type} is {type.Key}, but found {place}.",
                _ => $"`[]` expects a list or a map, but found {type}.",
            },
            at
        );
        return null;
    }

    /// <summary><c>has(a.b)</c>.</summary>
    private Bound Has(CallSyntax call)
    {
        // A field of the scope's message is a variable here, and yet may be set or not.
        if (
            call.Arguments is [NameSyntax name]
            && (name.IsRooted || Local(name.Name) is null)
            && names.Find(name.Name, name.IsRooted)?.Node is FieldNode field
        )
            return new(field.Presence, CelType.Bool);
        if (call.Arguments is not [SelectSyntax { } select])
            return Wrong(
                ExpressionMistakes.Syntax,
                "`has` takes a field, as in `has(a.b)`.",
                call.At
            );
        if (Direct(select.Operand, select.Name, select.At) is { } direct)
            return direct.Node is InputNode or ConfigNode
                ? new(new ArrivedNode(direct.Node, asOptional: false), CelType.Bool)
                : direct;
        var operand = Bind(select.Operand);
        var type = operand.Type.Kind == TypeKind.Optional ? operand.Type.Item! : operand.Type;
        return Member(type, select.Name, select.At) is null
            ? Nothing
            : new(new HasNode(operand.Node, new(select.Name)), CelType.Bool);
    }
}
