using Sluice.Language.Expressions.Functions;
using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Expressions.Patterns;
using Sluice.Language.Expressions.Syntax;
using Sluice.Language.Expressions.Values;

namespace Sluice.Language.Expressions.Types;

/// <summary>This part: functions, operators and macros.</summary>
internal sealed partial class Binder
{
    private static readonly HashSet<string> PureOfText = ["timestamp", "duration"];

    private Bound Call(CallSyntax call)
    {
        if (call is { Target: null, Function: "has" })
            return Has(call);
        if (call.Target is not null && Macro(call) is { } macro)
            return macro;
        if (
            call.Target is not null
            && Dotted(call.Target) is { } prefix
            && Function.All.ContainsKey($"{prefix.Text}.{call.Function}")
        )
            return Named($"{prefix.Text}.{call.Function}", false, call.Arguments, call.At);
        return call.Target is null
            ? Named(call.Function, false, call.Arguments, call.At)
            : Named(call.Function, true, [call.Target, .. call.Arguments], call.At);
    }

    private Bound Named(string name, bool isMethod, IReadOnlyList<SyntaxNode> arguments, int at)
    {
        var bound = arguments.Select(Bind).ToArray();
        if (name is "_==_" or "_!=_" or "_<_" or "_<=_" or "_>_" or "_>=_")
            return Comparison(name.Trim('_'), bound[0], bound[1], at);
        if (!Function.All.TryGetValue(name, out var function))
            return Wrong(
                ExpressionMistakes.UnknownFunction,
                $"There is no function `{name}`{Ended(Suggestion.For(name, Function.All.Keys))}",
                at
            );
        var types = bound.Select(b => b.Type).ToArray();
        var results = function
            .Signatures.Select(s => s.Match(isMethod, types))
            .OfType<CelType>()
            .Distinct()
            .ToArray();
        var isMember =
            name == "@in" && results.Length == 0 && AreComparable(types[0], Member(types[1]));
        if (results.Length == 0 && !isMember)
            return WrongType(Expectation(function, isMethod, types), at);
        var type =
            isMember ? CelType.Bool
            : results.Length == 1 ? results[0]
            : CelType.Dyn;
        return Ready(function, [.. bound.Select(b => b.Node)], type, arguments, at);
    }

    /// <summary>The call, or its value where that is known now; a pattern that is known now is compiled now.</summary>
    private Bound Ready(
        Function function,
        Node[] nodes,
        CelType type,
        IReadOnlyList<SyntaxNode> arguments,
        int at
    )
    {
        if (
            function.Name == "matches"
            && nodes[1] is ConstantNode { Value.Kind: ValueKind.String } text
        )
            return Pattern.Compile(text.Value.Span, out var fault) is { } pattern
                ? new(new MatchNode(nodes[0], pattern), type)
                : Wrong(
                    ExpressionMistakes.Pattern,
                    $"The pattern of `matches` is wrong: {fault}.",
                    arguments[1].At
                );
        var call = new CallNode(function.Implementation, nodes);
        if (!PureOfText.Contains(function.Name) || nodes is not [ConstantNode])
            return new(call, type);
        var evaluation = new Evaluation(default, Value.Null, []);
        var value = call.Evaluate(ref evaluation);
        return value.IsFault && !isDynamic
            ? WrongType(value.Reason.Message, at)
            : Constant(value, type);
    }

    private Bound Comparison(string symbol, Bound left, Bound right, int at)
    {
        if (symbol is "==" or "!=")
            return AreComparable(left.Type, right.Type)
                ? new(new EqualNode(left.Node, right.Node, symbol == "!="), CelType.Bool)
                : WrongType(
                    $"`{symbol}` expects two values of one type, but found {left.Type} and {right.Type}.",
                    at
                );
        var type = CelType.Join(left.Type.Unwrapped, right.Type.Unwrapped);
        var hasOrder =
            (left.Type.IsNumber && right.Type.IsNumber)
            || type?.Kind
                is TypeKind.Dyn
                    or TypeKind.Open
                    or TypeKind.Int
                    or TypeKind.UInt
                    or TypeKind.Double
                    or TypeKind.String
                    or TypeKind.Bytes
                    or TypeKind.Bool
                    or TypeKind.Timestamp
                    or TypeKind.Duration;
        return hasOrder
            ? new(new OrderNode(left.Node, right.Node, symbol), CelType.Bool)
            : WrongType(
                $"`{symbol}` expects two numbers, or two strings, bytes, bools, timestamps or durations, "
                    + $"but found {left.Type} and {right.Type}.",
                at
            );
    }

    /// <summary>Numbers of all types are compared with each other; else one type has to hold both.</summary>
    private static bool AreComparable(CelType a, CelType b) =>
        CelType.Join(a, b) is not null || (a.IsNumber && b.IsNumber) || (a.IsOpen || b.IsOpen);

    /// <summary>What is looked for in a list or map.</summary>
    private static CelType Member(CelType container) =>
        container.Kind switch
        {
            TypeKind.List => container.Item!,
            TypeKind.Map => container.Key!,
            _ => CelType.TypeOf(CelType.Dyn),
        };

    private static string Expectation(
        Function function,
        bool isMethod,
        IReadOnlyList<CelType> found
    )
    {
        var name = Symbol(function.Name);
        var signatures = function.Signatures.Where(s => s.IsMethod == isMethod).ToArray();
        if (signatures.Length == 0)
            return isMethod
                ? $"`{name}` is no method; it is called as `{name}(…)`."
                : $"`{name}` is a method; it is called as `a.{name}(…)`.";
        var expected = string.Join(
            ", ",
            signatures.Select(s => $"({string.Join(", ", s.Parameters)})").Distinct()
        );
        return $"`{name}` expects {expected}, but found ({string.Join(", ", found)}).";
    }

    private static string Symbol(string function) =>
        function == "@in" ? "in"
        : function.StartsWith('_') || function.EndsWith('_') ? function.Trim('_')
        : function;

    /// <summary>Null when the call is no macro.</summary>
    private Bound? Macro(CallSyntax call)
    {
        var count = call.Arguments.Count;
        switch (call.Function)
        {
            case "all"
            or "exists"
            or "exists_one"
            or "existsOne"
            or "filter"
            or "map" when count == 2:
                break;
            case "map" when count == 3:
                break;
            case "optMap" or "optFlatMap" when count == 2:
                break;
            default:
                return null;
        }

        if (call.Arguments[0] is not NameSyntax { IsRooted: false } variable)
            return Wrong(
                ExpressionMistakes.Syntax,
                $"The first argument of `{call.Function}` is the name of a variable.",
                call.Arguments[0].At
            );
        var range = Bind(call.Target!);
        if (Element(range.Type, call.Function, call.Target!.At) is not { } element)
            return Nothing;
        var slot = locals.Count;
        locals.Push((variable.Name, slot, element));
        Slots = Math.Max(Slots, locals.Count);
        var bound = Over(call, range.Node, slot, element);
        locals.Pop();
        return bound;
    }

    /// <summary>The type of the variable; null after a mistake.</summary>
    private CelType? Element(CelType range, string macro, int at)
    {
        var isOptional = macro is "optMap" or "optFlatMap";
        if (range.IsOpen)
            return CelType.Dyn;
        if (isOptional && range.Kind == TypeKind.Optional)
            return range.Item;
        if (!isOptional && range.Kind is TypeKind.List or TypeKind.Map)
            return range.Kind == TypeKind.List ? range.Item : range.Key;
        WrongType(
            $"`{macro}` expects {(isOptional ? "an optional" : "a list or a map")}, but found {range}.",
            at
        );
        return null;
    }

    private Bound Over(CallSyntax call, Node range, int slot, CelType element)
    {
        Node Predicate(int argument) =>
            Condition(call.Arguments[argument], $"`{call.Function}`").Node;
        switch (call.Function)
        {
            case "all" or "exists":
                return new(
                    new QuantifierNode(range, slot, Predicate(1), call.Function == "all"),
                    CelType.Bool
                );
            case "exists_one" or "existsOne":
                return new(new ExistsOneNode(range, slot, Predicate(1)), CelType.Bool);
            case "filter":
                return new(
                    new MapMacroNode(range, slot, Predicate(1), null),
                    CelType.List(element)
                );
            case "map":
                var predicate = call.Arguments.Count == 3 ? Predicate(1) : null;
                var transform = Bind(call.Arguments[^1]);
                return new(
                    new MapMacroNode(range, slot, predicate, transform.Node),
                    CelType.List(transform.Type)
                );
            default:
                var body = Bind(call.Arguments[1]);
                var isFlat = call.Function == "optFlatMap";
                if (isFlat && body.Type.Kind != TypeKind.Optional && !body.Type.IsOpen)
                    return WrongType(
                        $"`optFlatMap` expects an optional, but found {body.Type}.",
                        call.Arguments[1].At
                    );
                return new(
                    new OptionalMapNode(range, slot, body.Node, isFlat),
                    isFlat ? body.Type : CelType.Optional(body.Type)
                );
        }
    }
}
