using System.Globalization;
using Sluice.Language.Expressions.Functions;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Syntax;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Types;

/// <summary>
/// Checks the types of a parsed expression and makes the nodes that evaluate it, in one walk. After a mistake it goes on
/// with a type that fits everywhere, so that each mistake is told once and all of them are told. This part: literals,
/// names, what is written out.
/// </summary>
/// <param name="isDynamic">Check nothing that only run time has to know; for the conformance tests.</param>
internal sealed partial class Binder(Names names, ExpressionMistakes mistakes, bool isDynamic)
{
    private static readonly Bound Nothing = new(new ConstantNode(Value.Null), CelType.Open);
    private readonly Stack<(string Name, int Slot, CelType Type)> locals = [];

    /// <summary>How many variables of macros are there at once, at most.</summary>
    public int Slots { get; private set; }

    public Bound Bind(SyntaxNode syntax)
    {
        var bound = syntax switch
        {
            LiteralSyntax literal => Literal(literal),
            NameSyntax name => Name(name),
            SelectSyntax select => Select(select),
            IndexSyntax index => Index(index),
            CallSyntax call => Call(call),
            LogicSyntax logic => Logic(logic),
            ConditionalSyntax conditional => Conditional(conditional),
            ListSyntax list => List(list),
            MapSyntax map => Map(map),
            _ => Message((MessageSyntax)syntax),
        };
        return isDynamic && bound.Type.Kind != TypeKind.Type
            ? bound with
            {
                Type = CelType.Dyn,
            }
            : bound;
    }

    private Bound Wrong(string code, string message, int at)
    {
        // Without checks it is a fault of run time, which an operator may absorb.
        if (
            isDynamic
            && code is ExpressionMistakes.UnknownName or ExpressionMistakes.UnknownFunction
        )
            return Constant(new ExpressionFault(message), CelType.Dyn);
        mistakes.Add(code, message, at);
        return Nothing;
    }

    private Bound WrongType(string message, int at) => Wrong(ExpressionMistakes.Type, message, at);

    private static Bound Constant(Value value, CelType type) => new(new ConstantNode(value), type);

    private Bound Literal(LiteralSyntax literal)
    {
        var token = literal.Token;
        switch (token.Kind)
        {
            case TokenKind.String:
                return Constant(Value.String(token.Data!), CelType.String);
            case TokenKind.Bytes:
                return Constant(Value.Bytes(token.Data!), CelType.Bytes);
            case TokenKind.Double:
                var number = double.Parse(token.Text, CultureInfo.InvariantCulture);
                return Constant(literal.Negative ? -number : number, CelType.Double);
            case TokenKind.Int or TokenKind.UInt:
                return Integer(literal);
            default:
                return token.Text == "null"
                    ? Constant(Value.Null, CelType.Null)
                    : Constant(token.Text == "true", CelType.Bool);
        }
    }

    private Bound Integer(LiteralSyntax literal)
    {
        var token = literal.Token;
        var hexadecimal = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var read = Int128.TryParse(
            hexadecimal ? "0" + token.Text[2..] : token.Text,
            hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        );
        number = literal.Negative ? -number : number;
        if (token.Kind == TokenKind.UInt)
            return read && number >= 0 && number <= ulong.MaxValue
                ? Constant((ulong)number, CelType.UInt)
                : Wrong(ExpressionMistakes.Number, "The number is no uint of 64 bits.", literal.At);
        return read && number >= long.MinValue && number <= long.MaxValue
            ? Constant((long)number, CelType.Int)
            : Wrong(ExpressionMistakes.Number, "The number is no int of 64 bits.", literal.At);
    }

    private Bound Name(NameSyntax name)
    {
        if (!name.IsRooted && Local(name.Name) is { } local)
            return local;
        return names.Find(name.Name, name.IsRooted)
            ?? (
                name.Name == ExpressionNames.Inputs
                    ? Wrong(
                        ExpressionMistakes.UnknownName,
                        "`inputs` is followed by an alias, as in `inputs.ALIAS`.",
                        name.At
                    )
                    : Wrong(
                        ExpressionMistakes.UnknownName,
                        $"There is nothing with the name `{name.Name}`{Ended(Suggestion.For(name.Name, Known))}",
                        name.At
                    )
            );
    }

    private IEnumerable<string> Known => locals.Select(l => l.Name).Concat(names.Variables);

    private static string Ended(string suggestion) => suggestion.Length == 0 ? "." : suggestion;

    private Bound? Local(string name)
    {
        foreach (var local in locals)
            if (local.Name == name)
                return new(new LocalNode(local.Slot), local.Type);
        return null;
    }

    private Bound List(ListSyntax list)
    {
        var entries = new List<Entry>();
        var type = CelType.Open;
        foreach (var element in list.Elements)
        {
            var (entry, found) = Entry(element, null, null);
            entries.Add(entry);
            type = CelType.Join(type, found) ?? CelType.Dyn;
        }

        var node = new ListNode(entries);
        return entries.TrueForAll(e =>
            e is { IsOptional: false, Value: ConstantNode { Value.IsFault: false } }
        )
            ? Constant(
                new ListValue([.. entries.Select(e => ((ConstantNode)e.Value).Value)]),
                CelType.List(type)
            )
            : new(node, CelType.List(type));
    }

    private Bound Map(MapSyntax map)
    {
        var entries = new List<Entry>();
        var (keys, values) = (CelType.Open, CelType.Open);
        foreach (var written in map.Entries)
        {
            var key = Bind(written.Key!);
            if (
                key.Type.Kind
                is not (
                    TypeKind.String
                    or TypeKind.Int
                    or TypeKind.UInt
                    or TypeKind.Bool
                    or TypeKind.Dyn
                    or TypeKind.Open
                )
            )
                WrongType(
                    $"A key of a map is string, int, uint or bool, not {key.Type}.",
                    written.At
                );
            var (entry, found) = Entry(written, key.Node, null);
            entries.Add(entry);
            keys = CelType.Join(keys, key.Type) ?? CelType.Dyn;
            values = CelType.Join(values, found) ?? CelType.Dyn;
        }

        return new(new MapNode(entries), CelType.Map(keys, values));
    }

    private Bound Message(MessageSyntax message)
    {
        if (names.Message(message.Name, message.IsRooted) is not { } type)
        {
            foreach (var field in message.Fields)
                Bind(field.Value);
            return Wrong(
                ExpressionMistakes.UnknownName,
                $"There is no message type `{message.Name}`.",
                message.At
            );
        }

        var entries = new List<Entry>();
        var seen = new HashSet<string>();
        foreach (var written in message.Fields)
        {
            var field = type.Field(written.Field);
            if (field is null)
                Wrong(
                    ExpressionMistakes.UnknownField,
                    $"`{type.FullName}` has no field `{written.Field}`{Suggestion.ForField(written.Field, type)}",
                    written.At
                );
            else if (!seen.Add(written.Field))
                Wrong(
                    ExpressionMistakes.Syntax,
                    $"The field `{written.Field}` is set twice.",
                    written.At
                );
            var (entry, found) = Entry(written, null, field);
            entries.Add(entry);
            if (field is not null && FieldFit.Misfit(found, field) is { } misfit)
                WrongType(char.ToUpperInvariant(misfit[0]) + misfit[1..] + ".", written.Value.At);
        }

        return new(new MessageNode(type, entries), CelType.Of(type));
    }

    /// <summary>An entry and the type of its value, which is that of an optional's content when it is optional.</summary>
    private (Entry Entry, CelType Type) Entry(EntrySyntax written, Node? key, FieldType? field)
    {
        var value = Bind(written.Value);
        var type = value.Type;
        if (written.IsOptional)
        {
            if (type.Kind != TypeKind.Optional && !type.IsOpen)
                WrongType($"Behind `?` stands an optional, not {type}.", written.Value.At);
            type = type.Kind == TypeKind.Optional ? type.Item! : CelType.Dyn;
        }

        return (new(key, field, value.Node, written.IsOptional), type);
    }

    private Bound Logic(LogicSyntax logic)
    {
        var symbol = logic.IsAnd ? "&&" : "||";
        var terms = logic.Terms.Select(t => Condition(t, $"`{symbol}`").Node).ToArray();
        return new(new LogicNode(terms, logic.IsAnd), CelType.Bool);
    }

    /// <summary>A part that has to be a bool.</summary>
    private Bound Condition(SyntaxNode syntax, string user)
    {
        var bound = Bind(syntax);
        return bound.Type.IsOpen || bound.Type.Unwrapped.Kind == TypeKind.Bool
            ? bound
            : WrongType($"{user} expects bool, but found {bound.Type}.", syntax.At);
    }

    private Bound Conditional(ConditionalSyntax conditional)
    {
        var condition = Condition(conditional.Condition, "`? :`");
        var then = Bind(conditional.Then);
        var other = Bind(conditional.Else);
        if (CelType.Join(then.Type, other.Type) is not { } type)
            return WrongType(
                $"Both results of `? :` have one type, but these are {then.Type} and {other.Type}.",
                conditional.At
            );
        return new(new ConditionalNode(condition.Node, then.Node, other.Node), type);
    }
}
