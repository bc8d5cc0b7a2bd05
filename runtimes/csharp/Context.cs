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

    /// <summary>The graph that runs, and where in it this call is.</summary>
    IAxiomReflection Reflection() => Nothing.Instance;

    /// <summary>What the flow remembers from run to run: <c>ax.Agent().Memory()</c>.</summary>
    IAxiomAgent Agent() => Nothing.Instance;

    /// <summary>Events and measurements of this call.</summary>
    IAxiomTelemetry Telemetry() => Nothing.Instance;

    /// <summary>Says how far the call is, from 0 to 1, and what it is at.</summary>
    void Progress(double fraction, string message = "") { }
}

/// <summary>Shows the graph that runs.</summary>
public interface IAxiomReflection
{
    /// <summary>Asked for once in a call. Empty where there is none.</summary>
    AxiomFlow Flow();
}

/// <summary>What a flow has beside its nodes.</summary>
public interface IAxiomAgent
{
    AxiomMemory Memory();
}

/// <summary>Takes events and measurements. What is too much of it is left out.</summary>
public interface IAxiomTelemetry
{
    void AddEvent(string name, IDictionary<string, string>? attributes = null) { }

    void Counter(string name, double value = 1, IDictionary<string, string>? attributes = null) { }

    void Histogram(string name, double value, IDictionary<string, string>? attributes = null) { }
}

/// <summary>Events and measurements of a call; that of a context without any keeps nothing.</summary>
public static class Telemetry
{
    public static IAxiomTelemetry Of(IAxiomContext ax) => ax.Telemetry();
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

/// <summary>Finds nothing and keeps nothing.</summary>
internal sealed class Nothing
    : IAxiomLogger,
        IAxiomSecrets,
        IAxiomParams,
        IAxiomReflection,
        IAxiomAgent,
        IAxiomTelemetry,
        IMemoryStore
{
    public static readonly Nothing Instance = new();

    public AxiomFlow Flow() => AxiomFlow.Empty;

    public AxiomMemory Memory() => new(this);

    public (string Value, bool Found) Get(string name) => ("", false);
}
