using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Secrets;

namespace Sluice.Server.Flows.Runs;

/// <summary>A run that this server is carrying: what is known so far, and the way to stop it.</summary>
internal sealed class ActiveRun : IDisposable
{
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _outputs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<RunEnd> _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private int _cancelAsked;

    public ActiveRun(Run run, LoadedGraph graph)
    {
        Run = run;
        Graph = graph;
        Pin = new SecretPin(run.TenantId, run.Environment, run.ConfigId ?? "", run.SecretsVersion);
        Params = run.Params is null
            ? FrozenDictionary<string, string>.Empty
            : JsonSerializer.Deserialize(run.Params, RunJson.Default.DictionaryStringString)!;
        _outputs[FlowDocument.FlowInput] = run.Input;
    }

    public Run Run { get; }

    public LoadedGraph Graph { get; }

    public SecretPin Pin { get; }

    public IReadOnlyDictionary<string, string> Params { get; }

    /// <summary>Placements in a node now, with the time when they began.</summary>
    public ConcurrentDictionary<string, long> InFlight { get; } = new();

    /// <summary>Ends the nodes of this run: a cancel, its deadline, or the server's own stop.</summary>
    public CancellationToken Stop => _stop.Token;

    public bool CancelAsked => Volatile.Read(ref _cancelAsked) == 1;

    /// <summary>Completes when the end is durable; faults when the store is lost.</summary>
    public Task<RunEnd> Ended => _ended.Task;

    public bool IsDone(string alias) => _outputs.ContainsKey(alias);

    public ReadOnlyMemory<byte> OutputOf(string alias) => _outputs[alias];

    public void Record(string alias, ReadOnlyMemory<byte> output) => _outputs[alias] = output;

    public void AskCancel()
    {
        Volatile.Write(ref _cancelAsked, 1);
        StopNodes();
    }

    public void StopNodes()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended in this instant; there is nothing left to stop.
        }
    }

    public void Complete(RunEnd end) => _ended.TrySetResult(end);

    /// <summary>Tells those who wait that the store is lost; the run itself waits for it.</summary>
    public void Disappoint(Exception error)
    {
        if (_ended.TrySetException(error))
            _ = _ended.Task.Exception;
    }

    public void Dispose() => _stop.Dispose();
}

/// <summary>How a run ended.</summary>
internal sealed record RunEnd(
    string Status,
    ReadOnlyMemory<byte> Output,
    byte[]? Error,
    long EndedAt
);

/// <summary>How a step ended: its record, and the error that fails the run, if any.</summary>
internal sealed record StepEnd(
    Step Step,
    ReadOnlyMemory<byte> Output,
    RunError? Error,
    bool Interrupted
);
