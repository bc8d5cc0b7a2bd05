using System.Collections.Frozen;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner;

/// <summary>
/// Reads one secret for the call it was given to. The destination is pinned memory that the runner zeroes after the
/// write to the worker's pipe; a value never becomes a string.
/// </summary>
/// <param name="name">The name a node asked for: hostile input.</param>
/// <param name="destination">64 KiB, the most that a value may have.</param>
/// <param name="stop">Stops when the call ends.</param>
/// <returns>The value's length in bytes, or -1 when there is no such secret.</returns>
public delegate ValueTask<int> SecretReader(
    string name,
    Memory<byte> destination,
    CancellationToken stop
);

/// <summary>A built package version and where to fetch it when this machine has not got it.</summary>
public sealed record WorkerSpec
{
    /// <summary>SHA-256 of the built archive, lower-case hex.</summary>
    public required string Digest { get; init; }

    /// <summary>The manifest's language, such as <c>python</c>.</summary>
    public required string Language { get; init; }

    /// <summary>Opens the built archive; asked only when it is not unpacked here yet.</summary>
    public required Func<CancellationToken, Task<Stream>> OpenArchive { get; init; }

    /// <summary><c>handle/name@version</c>, for the log and the operator's list.</summary>
    public string Package { get; init; } = "";

    /// <summary>Hosts that its manifest asks for, <c>host:port</c>; none for most.</summary>
    public IReadOnlyList<string> Egress { get; init; } = [];

    /// <summary>What each of its workers may use.</summary>
    public SandboxLimits Limits { get; init; } = new();
}

/// <summary>Names the workers that may serve a call: nothing is shared across tenants, packages or limits.</summary>
public sealed record WorkerKey(string TenantId, string Digest, SandboxLimits Limits)
{
    /// <summary>The hosts that its package asks for, in one text; packages of the same files may differ in that.</summary>
    public string Egress { get; init; } = "";

    internal static WorkerKey Of(string tenantId, WorkerSpec spec) =>
        new(tenantId, spec.Digest, spec.Limits)
        {
            Egress =
                spec.Egress.Count == 0 ? "" : $"{spec.Package} {string.Join(' ', spec.Egress)}",
        };
}

/// <summary>One call of one node.</summary>
public sealed record NodeCall
{
    public required string TenantId { get; init; }
    public required WorkerSpec Package { get; init; }

    /// <summary>The node's name in the manifest.</summary>
    public required string Node { get; init; }

    /// <summary>The serialized input message, at most 16 MiB less the other fields; empty for a pipeline node.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>
    /// How long the node may take, from the moment a worker has the call; waiting for a worker is not counted. For a
    /// pipeline node: how long it may be silent while it has a frame to work on and room to send one.
    /// </summary>
    public required TimeSpan Timeout { get; init; }

    public string ExecutionId { get; init; } = "";
    public string FlowId { get; init; } = "";
    public string TraceId { get; init; } = "";

    /// <summary>Plain configuration parameters, read with ax.params.</summary>
    public IReadOnlyDictionary<string, string> Params { get; init; } =
        FrozenDictionary<string, string>.Empty;

    /// <summary>Null: no secret is found.</summary>
    public SecretReader? Secrets { get; init; }

    /// <summary>What goes in and comes out of a pipeline node; null: a unary one is called.</summary>
    public NodeStream? Stream { get; init; }

    /// <summary>Null: whatever the node asks of its run and its flow's memory, there is no answer.</summary>
    public QuestionReader? Questions { get; init; }

    /// <summary>
    /// Hears what the node tells of its progress and measurements, in order, until the call ends. It is called on the
    /// thread that reads for all workers and must not wait. Null: nobody listens.
    /// </summary>
    public Action<NodeNote>? Noted { get; init; }
}

/// <summary>How a call ended.</summary>
public enum NodeOutcomeKind
{
    Succeeded,

    /// <summary>The node's own code said no.</summary>
    NodeError,

    /// <summary>It was still running at its deadline and was ended.</summary>
    Timeout,

    /// <summary>Its process ended.</summary>
    Crashed,

    /// <summary>Its process broke the worker protocol and was ended.</summary>
    Protocol,

    /// <summary>It used up its memory.</summary>
    OutOfMemory,

    /// <summary>The caller stopped it.</summary>
    Cancelled,

    /// <summary>No worker could be had: too many calls waiting, a package that cannot be fetched or started.</summary>
    Unavailable,
}

/// <summary>One line that a node logged or printed.</summary>
/// <param name="Level">debug, info, warn or error.</param>
/// <param name="Text">At most 16 KiB of UTF-8.</param>
/// <param name="Fields">What the node added.</param>
/// <param name="At">When the runner read it.</param>
public sealed record NodeLog(
    string Level,
    string Text,
    IReadOnlyDictionary<string, string> Fields,
    DateTimeOffset At
)
{
    internal static readonly FrozenDictionary<string, string> NoFields = FrozenDictionary<
        string,
        string
    >.Empty;
}

/// <summary>What a call came to. Expected failures are outcomes; exceptions are bugs.</summary>
public sealed record NodeOutcome
{
    public required NodeOutcomeKind Kind { get; init; }

    /// <summary>The serialized output message when it succeeded; empty for a pipeline node.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>One public sentence that says why, null when it succeeded.</summary>
    public string? Message { get; init; }

    /// <summary>The stack that the node's language printed, for its author; empty otherwise.</summary>
    public string Stack { get; init; } = "";

    public IReadOnlyList<NodeLog> Logs { get; init; } = [];

    /// <summary>From the moment a worker had the call to its end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>A worker had to be started for this call.</summary>
    public bool Cold { get; init; }
}
