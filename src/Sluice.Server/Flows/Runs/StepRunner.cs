using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Language.Flows;
using Sluice.Runner;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Runners;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Carries out one call of a node, and says what came of it.</summary>
internal sealed class StepRunner(
    NodeCaller node,
    PinnedSecrets secrets,
    NodeMemory memory,
    Database database,
    IOptions<MemoryOptions> limits,
    RunFeed feed,
    NodeMetrics metrics,
    TimeProvider clock
)
{
    public Task<NodeOutcome> Call(NodeCall call, CancellationToken stop) => node(call, stop);

    public async Task<StepEnd> Run(ActiveRun run, CallInFlight call)
    {
        using var span = Signals.Spans.StartActivity("step");
        using var notes = Listen(run, call);
        var described = Describe(run, call, notes);
        // This process may have stood still since the record was asked, and others made the call meanwhile: as late as can be.
        if (!run.MayCall)
            throw new OperationCanceledException(run.Closing);
        var outcome = await node(described, call.Stop);
        outcome = outcome with { Logs = notes.With(outcome.Logs) };
        var end = Judge(run, call, outcome);
        Signals.StepEnded(
            end.Line.Status,
            TimeSpan.FromMicroseconds(end.Line.DurationUs),
            end.Line.Cold == 1
        );
        if (span is not null)
        {
            Tell(span, run, call.Call, end.Line);
            notes.Tell(span);
        }
        return end;
    }

    private static void Tell(Activity span, ActiveRun run, PendingCall call, JournalLine line)
    {
        var node = call.Node.Node;
        span.SetTag("sluice.run_id", run.Run.Id);
        span.SetTag("sluice.step", line.Alias);
        span.SetTag("sluice.attempt", line.Attempt);
        span.SetTag("sluice.node", node.Node);
        span.SetTag("sluice.package", $"{node.Package}@{node.Version}");
        span.SetTag("sluice.status", line.Status);
        span.SetTag("sluice.cold", line.Cold == 1);
        if (line.Status == JournalLine.Failed)
            span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Hears what the node tells during a call; to be disposed when it has ended.</summary>
    public CallNotes Listen(ActiveRun run, CallInFlight call) =>
        new(run, call, feed, metrics, clock);

    public NodeCall Describe(
        ActiveRun run,
        CallInFlight call,
        CallNotes notes,
        bool streams = false
    ) =>
        new()
        {
            TenantId = run.Run.TenantId,
            Package = run.Graph.Workers[call.Call.Node.Alias],
            Node = call.Call.Node.Node.Node,
            Input = call.Call.Input,
            Timeout = call.Call.Node.Node.TimeoutMs is { } own
                ? TimeSpan.FromMilliseconds(own)
                : TimeSpan.FromSeconds(run.Run.NodeTimeoutSeconds),
            ExecutionId = run.Run.Id,
            FlowId = run.Run.Flow,
            TraceId = run.Run.RequestId,
            Params = run.Params,
            Secrets = async (name, destination, stop) =>
                await secrets.Read(run.Pin, name, destination, stop)
                    is { Status: SecretStatus.Available } found
                    ? found.Length
                    : -1,
            Questions = new CallContext(
                run,
                call,
                memory,
                database,
                streams ? int.MaxValue : limits.Value.MaxPerCall
            ).Answer,
            Noted = notes.Hear,
        };

    public StepEnd Judge(ActiveRun run, CallInFlight call, NodeOutcome outcome)
    {
        var alias = call.Call.Node.Alias;
        // Frames were looked at as they came, and are not kept.
        if (outcome.Kind == NodeOutcomeKind.Succeeded && run.Graph.Flow.IsPipeline)
            return new StepEnd(Line(call, JournalLine.Succeeded, outcome), null, false);
        if (outcome.Kind == NodeOutcomeKind.Succeeded)
            return run.Graph.Plan.OutputFault(alias, outcome.Output.Span) is { } fault
                ? Failed(call, outcome, "node_failed", "NODE_ERROR", fault)
                : new StepEnd(
                    Line(call, JournalLine.Succeeded, outcome) with
                    {
                        Output = Bytes(outcome.Output),
                    },
                    null,
                    false
                );
        if (outcome.Kind == NodeOutcomeKind.Cancelled && call.Stop.IsCancellationRequested)
            return new StepEnd(Line(call, JournalLine.Cancelled, outcome), null, Interrupted: true);
        var (code, kind) = outcome.Kind switch
        {
            NodeOutcomeKind.NodeError => ("node_failed", "NODE_ERROR"),
            NodeOutcomeKind.Timeout => ("node_timeout", "NODE_TIMEOUT"),
            NodeOutcomeKind.Crashed => ("node_crashed", "NODE_CRASHED"),
            NodeOutcomeKind.OutOfMemory => ("node_memory", "NODE_MEMORY"),
            NodeOutcomeKind.Protocol => ("node_protocol", "NODE_PROTOCOL"),
            _ => ("node_unavailable", "NODE_UNAVAILABLE"),
        };
        return Failed(call, outcome, code, kind, outcome.Message ?? "The node failed.");
    }

    private StepEnd Failed(
        CallInFlight call,
        NodeOutcome outcome,
        string code,
        string kind,
        string message
    )
    {
        var fault = new FlowFault
        {
            Code = code,
            Kind = kind,
            Message = message,
            Node = call.Call.Node.Alias,
            Attempt = call.Call.Attempt,
        };
        var error = RunError.Of(fault, outcome.Stack.Length > 0 ? outcome.Stack : null);
        return new StepEnd(
            Line(call, JournalLine.Failed, outcome) with
            {
                Error = error.ToJson(),
            },
            fault,
            false
        );
    }

    private JournalLine Line(CallInFlight call, string status, NodeOutcome outcome) =>
        JournalLine.Of(call, status, clock.GetUtcNow().ToUnixTimeMilliseconds()) with
        {
            Logs = outcome.Logs.Count > 0 ? Logs(outcome.Logs) : null,
            Cold = outcome.Cold ? 1 : 0,
            DurationUs = (long)outcome.Duration.TotalMicroseconds,
        };

    private static byte[] Logs(IReadOnlyList<NodeLog> lines) =>
        JsonSerializer.SerializeToUtf8Bytes(
            lines.Select(line => new LogLine(line.At, line.Level, line.Text, line.Fields)).ToList(),
            RunJson.Default.ListLogLine
        );

    /// <summary>The memory's own array where it is the whole of it, else a copy.</summary>
    internal static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment)
        && segment is { Offset: 0, Array: { } array }
        && array.Length == segment.Count
            ? array
            : memory.ToArray();
}
