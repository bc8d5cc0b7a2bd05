using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Sluice.Language.Protos;

namespace Sluice.Language.Expressions;

/// <summary>
/// What an expression may name. <c>config</c> is always there: <c>config.NAME</c> is a string, a fault at run time when
/// there is none of that name (<c>has(config.NAME)</c> tells).
/// </summary>
public sealed record ExpressionScope
{
    /// <summary>Its fields are variables by their names in the proto file; the whole is <c>value</c>. Null: there is no message.</summary>
    public MessageType? Message { get; init; }

    /// <summary>The messages that <c>inputs.ALIAS</c> names, by alias. Empty: there is no <c>inputs</c>.</summary>
    public IReadOnlyDictionary<string, MessageType> Inputs { get; init; } =
        FrozenDictionary<string, MessageType>.Empty;

    /// <summary>Further messages whose types can be named, to write them out: what the result is assigned to.</summary>
    public IReadOnlyList<MessageType> Types { get; init; } = [];
}

/// <summary>What an expression is evaluated on. The bytes are well-formed messages of the scope's types.</summary>
/// <param name="message">The scope's message; empty when it has none.</param>
/// <param name="inputs">The scope's inputs by alias; one that is missing has not arrived.</param>
/// <param name="config">The plain parameters by name.</param>
[StructLayout(LayoutKind.Auto)]
public readonly struct ExpressionInput(
    ReadOnlyMemory<byte> message,
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> inputs,
    IReadOnlyDictionary<string, string> config
)
{
    public ReadOnlyMemory<byte> Message { get; } = message;
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Inputs { get; } = inputs;
    public IReadOnlyDictionary<string, string> Config { get; } = config;
}

/// <summary>Why an expression has no value for this input.</summary>
/// <param name="Message">One public sentence; names fields and types, never a value.</param>
public sealed record ExpressionFault(string Message);
