using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Expressions;

/// <summary>Expressions over one message, with a config and two inputs of which one has not arrived.</summary>
internal sealed class Sample
{
    private static readonly string[] Imports =
    [
        "timestamp",
        "duration",
        "struct",
        "wrappers",
        "empty",
    ];

    /// <param name="messages">The body of a proto file; the message is the one with the name Order.</param>
    public Sample(string messages, string json)
    {
        var imports = string.Concat(Imports.Select(i => $"import \"google/protobuf/{i}.proto\"; "));
        Schema = Language.Tests.Protos.Compile.Good(imports + messages);
        Type = Schema.Find("Order")!;
        Message = Json.Parse(Type, json);
        Scope = new()
        {
            Message = Type,
            Inputs = new Dictionary<string, MessageType> { ["left"] = Type, ["right"] = Type },
        };
    }

    public Schema Schema { get; }

    public MessageType Type { get; }

    public byte[] Message { get; set; }

    public ExpressionScope Scope { get; init; }

    public ExpressionInput Input =>
        new(
            Message,
            new Dictionary<string, ReadOnlyMemory<byte>> { ["left"] = Message },
            new Dictionary<string, string> { ["REGION"] = "eu" }
        );

    public Reading<Expression> Compile(string text) => Expression.Compile(text, Scope);

    public Expression Good(string text)
    {
        var reading = Compile(text);
        Assert.Empty(reading.Mistakes);
        return reading.Value!;
    }

    public Value Evaluate(string text) => Good(text).Evaluate(Input, out _);

    /// <summary>The message as JSON that has this field alone; or the fault.</summary>
    public string Assign(string field, string text)
    {
        var to = Type.Field(field)!;
        var expression = Good(text);
        Assert.Null(expression.Misfit(to));
        using var writer = new WireWriter();
        return expression.Assign(Input, to, writer) is { } fault
            ? "fault: " + fault.Message
            : Json.Write(Type, writer.Written);
    }
}
