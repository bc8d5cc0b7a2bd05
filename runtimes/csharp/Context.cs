#nullable enable
using System.Collections.Generic;

namespace Axiom;

/// <summary>
/// What a node is told about its call and may ask for during it. Members that were added later have an implementation
/// here, so that a package's own stand-ins keep compiling.
/// </summary>
public interface IAxiomContext
{
    IAxiomLogger Log();

    IAxiomSecrets Secrets();

    string ExecutionId();

    string FlowId();

    string TenantId();

    /// <summary>The plain parameters of the flow's config.</summary>
    IAxiomParams Params() => NoParams.Instance;
}

/// <summary>Log lines of this call, with attributes.</summary>
public interface IAxiomLogger
{
    void Debug(string message, IDictionary<string, string>? attributes = null);

    void Info(string message, IDictionary<string, string>? attributes = null);

    void Warn(string message, IDictionary<string, string>? attributes = null);

    void Error(string message, IDictionary<string, string>? attributes = null);
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

internal sealed class NoParams : IAxiomParams
{
    public static readonly NoParams Instance = new();

    public (string Value, bool Found) Get(string name) => ("", false);
}
