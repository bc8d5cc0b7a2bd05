using System.Runtime.CompilerServices;
using Sluice.Language.Flows;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// The placements of one run of a flow over streams, from its input to its reader. Each stage takes what the one before it
/// gives as it comes. One that ends, well or not, stops those before it, whose frames nobody takes then; what it gave
/// before still goes on through those behind it.
/// </summary>
internal sealed class StreamLine : IDisposable
{
    private readonly ActiveRun _run;
    private readonly StreamOutlet _outlet;
    private readonly RunFeed _feed;
    private readonly List<StreamStage> _stages = [];
    private readonly List<StepEnd> _ends = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private FlowFault? _fault;

    public StreamLine(
        ActiveRun run,
        StreamOutlet outlet,
        StepRunner steps,
        RunFeed feed,
        TimeProvider clock
    )
    {
        (_run, _outlet, _feed) = (run, outlet, feed);
        for (
            var edge = Leaving(null);
            edge.To != run.Graph.Plan.OutputNode;
            edge = Leaving(edge.To)
        )
            _stages.Add(new StreamStage(run, this, edge, _stages.LastOrDefault(), steps, clock));
        Seats = _stages.Count(stage => stage.Streams);
    }

    /// <summary>Pipeline nodes, which hold a worker each.</summary>
    public int Seats { get; }

    /// <summary>Comes when the line is to stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What the stages came to, in the order of their ends.</summary>
    public IReadOnlyList<StepEnd> Ends => _ends;

    /// <summary>What went wrong first; null: nothing, or the line was stopped.</summary>
    public FlowFault? Fault => _fault;

    /// <summary>All that the last stage gave has been handed over, and it ended well.</summary>
    public bool Finished { get; private set; }

    public async Task Run()
    {
        var frames = First();
        List<Task> stages = [];
        for (var i = 0; i < _stages.Count; i++)
        {
            var stage = _stages[i];
            _run.Add(stage.Call);
            _feed.Started(_run.Run.Id, stage.Call);
            stages.Add(RunStage(i, Through(stage.Entry, i - 1, frames)));
            frames = stage.Output(Stop);
        }
        var output = Deliver(Through(Leaving(_stages[^1].Node), _stages.Count - 1, frames));
        try
        {
            await Task.WhenAll([.. stages, output]);
        }
        finally
        {
            StopAll();
            foreach (var stage in _stages)
                _run.Remove(stage.Call);
        }
        Finished = _fault is null && _stages[^1].Succeeded && output.Result;
    }

    public void StopAll()
    {
        // Before what the stages read breaks off, so that each knows why it does.
        foreach (var stage in _stages)
            stage.Call.End();
        _stop.Cancel();
    }

    /// <summary>The run ends with this fault, unless one came before.</summary>
    /// <param name="fault">What went wrong.</param>
    /// <param name="upTo">The last stage whose frames nobody takes then.</param>
    public void Fail(FlowFault fault, int upTo = -1)
    {
        lock (_gate)
            _fault ??= fault;
        End(upTo);
    }

    private void End(int upTo)
    {
        for (var i = 0; i <= upTo; i++)
            _stages[i].Call.End();
    }

    public void Dispose() => _stop.Dispose();

    private PlannedEdge Leaving(PlannedNode? from) =>
        _run.Graph.Plan.Edges.First(edge => edge.From == from);

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> First()
    {
        yield return _run.Run.Input;
        await Task.CompletedTask;
    }

    private async Task RunStage(int index, IAsyncEnumerable<ReadOnlyMemory<byte>> input)
    {
        StepEnd end;
        try
        {
            end = await _stages[index].Run(input);
        }
        catch
        {
            // A bug; the others are not to wait for it.
            StopAll();
            throw;
        }
        lock (_gate)
            _ends.Add(end);
        if (end.Fault is { } fault)
            Fail(fault);
        // What the stages before it still give is for nobody.
        End(index - 1);
        _stages[index].Ended.TrySetResult(_stages[index].Succeeded);
    }

    /// <summary>What an edge lets through of what its source gives, as messages of its target.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Through(
        PlannedEdge edge,
        int source,
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames,
        [EnumeratorCancellation] CancellationToken stop = default
    )
    {
        var plan = _run.Graph.Plan;
        await foreach (var frame in frames.WithCancellation(stop))
        {
            if (edge.From is { } from && plan.OutputFault(from.Alias, frame.Span) is { } wrong)
            {
                Fail(
                    new FlowFault
                    {
                        Code = "node_failed",
                        Kind = "NODE_ERROR",
                        Message = wrong,
                        Node = from.Alias,
                    },
                    source
                );
                yield break;
            }
            var fault = plan.Test(edge, frame, _run.Params, out var holds);
            ReadOnlyMemory<byte> carried = default;
            if (fault is null && holds)
                fault = plan.BuildInput(
                    edge.To,
                    [new Carried(edge, frame)],
                    _run.Params,
                    out carried
                );
            if (fault is not null)
            {
                Fail(
                    new FlowFault
                    {
                        Code = fault.Code,
                        Kind = fault.Kind,
                        Message = fault.Message,
                        Edge = fault.Edge,
                    },
                    source
                );
                yield break;
            }
            if (holds)
                yield return carried;
        }
    }

    /// <summary>Hands over what comes out; false when that was stopped.</summary>
    private async Task<bool> Deliver(IAsyncEnumerable<ReadOnlyMemory<byte>> frames)
    {
        try
        {
            await foreach (var frame in frames.WithCancellation(Stop))
            {
                if (!await _outlet.Write(frame, Stop))
                    return false;
            }
            return true;
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
