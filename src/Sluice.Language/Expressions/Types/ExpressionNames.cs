using Sluice.Language.Expressions.Nodes;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions.Types;

/// <summary>The variables of an <see cref="ExpressionScope"/>.</summary>
internal static class ExpressionNames
{
    public const string Value = "value";
    public const string Config = "config";
    public const string Inputs = "inputs";

    /// <summary>The variable of one input; a colon keeps it apart from all that an author can write.</summary>
    public static string Input(string alias) => "inputs:" + alias;

    public static Names Of(ExpressionScope scope)
    {
        // What has a form of its own in an expression has no fields there.
        var message = scope.Message is { WellKnown: WellKnown.None or WellKnown.Empty } plain
            ? plain
            : null;
        var variables = new List<string> { Config };
        if (scope.Message is not null)
            variables.Add(Value);
        if (scope.Inputs.Count > 0)
            variables.Add(Inputs);
        variables.AddRange(scope.Inputs.Keys.Select(Input));
        variables.AddRange(message?.Fields.Select(f => f.Name) ?? []);
        return new(
            Package(scope.Message),
            name => Variable(scope, message, name),
            variables,
            [
                .. new[] { scope.Message! }.Where(m => m is not null),
                .. scope.Inputs.Values,
                .. scope.Types,
            ]
        );
    }

    private static Bound? Variable(ExpressionScope scope, MessageType? message, string name)
    {
        if (name == Config)
            return new(new ConfigMapNode(), CelType.Map(CelType.String, CelType.String));
        if (name == Value)
            return scope.Message is { } whole ? new(new WholeNode(), CelType.Of(whole)) : null;
        if (name == Inputs)
            return null;
        if (message?.Field(name) is { } field)
            return new(new FieldNode(new WholeNode(), message, field), CelType.Of(field));
        if (
            name.StartsWith(Input(""), StringComparison.Ordinal)
            && scope.Inputs.TryGetValue(name[Input("").Length..], out var input)
        )
            return new(new InputNode(name[Input("").Length..], input), CelType.Of(input));
        return null;
    }

    private static string Package(MessageType? message)
    {
        while (message?.Parent is { } parent)
            message = parent;
        return message is null || message.FullName.Length == message.Name.Length
            ? ""
            : message.FullName[..^(message.Name.Length + 1)];
    }
}
