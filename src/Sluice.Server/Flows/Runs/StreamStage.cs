using System.Threading.Channels;
using Sluice.Language.Flows;
using Sluice.Runner;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// One placement of a line: a pipeline node, which takes and gives frames in one call, or a unary one, which is called
/// for each frame after the other.
/// </summary>
internal sealed class StreamStage
{
    private readonly ActiveRun _run;
    private readonly StreamLine _line;
    private readonly StreamStage? _before;
    private readonly StepRunner _steps;
    private readonly NodeStream? _stream;
    private readonly Channel<ReadOnlyMemory<byte>> _given = Channel.CreateBounded<
        ReadOnlyMemory<byte>
    >(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

    private long _in;
    private long _out;

    /// <param name="line">What it is a stage of.</param>
    /// <param name="entry">The edge that leads to it.</param>
    /// <param name="before">The stage that the edge comes from; null: the flow's input.</param>
    public StreamStage(
        ActiveRun run,
        StreamLine line,
        PlannedEdge entry,
        StreamStage? before,
        StepRunner steps,
        TimeProvider clock
    )
    {
        (_run, _line, _before, _steps, Entry, Node) = (run, line, before, steps, entry, entry.To);
        _stream = Node.Node.Pipeline == true ? new NodeStream() : null;
        Call = new CallInFlight(
            new PendingCall
            {
                Key = new StepKey(Node.Alias),
                Attempt = 1,
                Node = Node,
                Input = default,
            },
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        )
        {
            Frames = () => Frames,
        };
    }

    public PlannedEdge Entry { get; }

    public PlannedNode Node { get; }

    public CallInFlight Call { get; }

    public bool Streams => _stream is not null;

    public bool Succeeded { get; private set; }

    /// <summary>Whether it ended well, once it has, and the line knows.</summary>
    public TaskCompletionSource<bool> Ended { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>So far, in and out.</summary>
    private (long In, long Out) Frames =>
        _stream is null
            ? (Interlocked.Read(ref _in), Interlocked.Read(ref _out))
            : (_stream.FramesIn, _stream.FramesOut);

    /// <summary>What it gives, to its end.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> Output(CancellationToken stop) =>
        _stream?.Read(stop) ?? _given.Reader.ReadAllAsync(stop);

    public async Task<StepEnd> Run(IAsyncEnumerable<ReadOnlyMemory<byte>> input)
    {
        using var notes = _steps.Listen(_run, Call);
        // One for all frames: what is written has one order in the whole of the stream.
        var call = _steps.Describe(_run, Call, notes, streams: true);
        var outcome = _stream is null
            ? await CallEach(call, input)
            : await CallOnce(call with { Stream = _stream }, _stream, input);
        outcome = outcome with { Logs = notes.With(outcome.Logs) };
        var (taken, given) = Frames;
        var end = _steps.Judge(_run, Call, outcome);
        Signals.StepEnded(end.Line.Status, outcome.Duration, outcome.Cold);
        Succeeded = end.Line.Status == JournalLine.Succeeded;
        return end with { Line = end.Line with { FramesIn = taken, FramesOut = given } };
    }

    private async Task<NodeOutcome> CallOnce(
        NodeCall call,
        NodeStream stream,
        IAsyncEnumerable<ReadOnlyMemory<byte>> input
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Call.Stop);
        var written = Write(stream, input, over.Token);
        var outcome = await _steps.Call(call, Call.Stop);
        // It takes no more, whatever those before it still have.
        await over.CancelAsync();
        await written;
        return outcome;
    }

    private async Task Write(
        NodeStream stream,
        IAsyncEnumerable<ReadOnlyMemory<byte>> input,
        CancellationToken over
    )
    {
        try
        {
            await foreach (var frame in input.WithCancellation(over))
            {
                if (!await stream.Write(frame, over))
                    return;
            }
            if (await IsWhole(over))
            {
                stream.EndInput();
                return;
            }
            // What came before the fault still goes its way; a node that is told of no end can give no more after that.
            await stream.Idle(over);
            Call.End();
        }
        catch (OperationCanceledException) when (Stopped || over.IsCancellationRequested)
        {
            // Whoever stopped it says why.
        }
    }

    /// <summary>It was told to stop. What it waits for may have heard of that from the line, and before its own token's turn came.</summary>
    private bool Stopped => Call.Stop.IsCancellationRequested;

    /// <summary>Whether what came is all there is: where something broke off, nobody is told of an end.</summary>
    private async Task<bool> IsWhole(CancellationToken over) =>
        (_before is null || await _before.Ended.Task.WaitAsync(over)) && _line.Fault is null;

    private async Task<NodeOutcome> CallEach(
        NodeCall call,
        IAsyncEnumerable<ReadOnlyMemory<byte>> input
    )
    {
        var all = new NodeOutcome { Kind = NodeOutcomeKind.Succeeded };
        try
        {
            await foreach (var frame in input.WithCancellation(Call.Stop))
            {
                Interlocked.Increment(ref _in);
                var one = await _steps.Call(call with { Input = frame }, Call.Stop);
                all = one with
                {
                    Output = default,
                    Logs =
                        all.Logs.Count + one.Logs.Count <= MostLogs
                            ? [.. all.Logs, .. one.Logs]
                            : all.Logs,
                    Duration = all.Duration + one.Duration,
                    Cold = all.Cold || one.Cold,
                };
                if (one.Kind != NodeOutcomeKind.Succeeded)
                    break;
                await _given.Writer.WriteAsync(one.Output, Call.Stop);
                Interlocked.Increment(ref _out);
            }
            if (all.Kind == NodeOutcomeKind.Succeeded && !await IsWhole(Call.Stop))
            {
                all = all with { Kind = NodeOutcomeKind.Cancelled };
                Call.End();
            }
        }
        catch (OperationCanceledException) when (Stopped)
        {
            all = all with { Kind = NodeOutcomeKind.Cancelled };
        }
        finally
        {
            _given.Writer.TryComplete();
        }
        return all;
    }

    /// <summary>Lines of all calls of a unary node together.</summary>
    private const int MostLogs = 10_000;
}
