#nullable enable
using System.Collections.Generic;

namespace Axiom;

/// <summary>
/// What a node is told about its call and may ask for during it. Every member has an implementation here, so that a
/// package's own stand-ins name only what they need, and keep compiling when members are added.
/// </summary>
public interface IAxiomContext
{
    IAxiomLogger Log() => Nothing.Instance;

    IAxiomSecrets Secrets() => Nothing.Instance;

    string ExecutionId() => "";

    string FlowId() => "";

    string TenantId() => "";

    /// <summary>The plain parameters of the flow's config.</summary>
    IAxiomParams Params() => Nothing.Instance;
}

/// <summary>Log lines of this call, with attributes.</summary>
public interface IAxiomLogger
{
    void Debug(string message, IDictionary<string, string>? attributes = null) { }

    void Info(string message, IDictionary<string, string>? attributes = null) { }

    void Warn(string message, IDictionary<string, string>? attributes = null) { }

    void Error(string message, IDictionary<string, string>? attributes = null) { }
}

/// <summary>The secrets of the tenant, read by name. A missing one is never an exception.</summary>
public interface IAxiomSecrets
{
    /// <summary>The value and true, or an empty text and false.</summary>
    (string Value, bool Found) Get(string name);

    SecretStatus Status(string name) =>
        Get(name).Found ? SecretStatus.Available : SecretStatus.Unset;
}

/// <summary>Why a secret can be read, or cannot.</summary>
public enum SecretStatus
{
    Available,
    Revoked,
    Unset,
}

/// <summary>Plain parameters, read by name.</summary>
public interface IAxiomParams
{
    /// <summary>The value and true, or an empty text and false.</summary>
    (string Value, bool Found) Get(string name);
}

/// <summary>Finds nothing and keeps no log.</summary>
internal sealed class Nothing : IAxiomLogger, IAxiomSecrets, IAxiomParams
{
    public static readonly Nothing Instance = new();

    public (string Value, bool Found) Get(string name) => ("", false);
}
