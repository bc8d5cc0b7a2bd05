using System.Diagnostics;
using System.Text.Json;
using Sluice.Language.Flows;
using Sluice.Runner;
using Sluice.Server.Runners;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>Carries out one step: puts its input together, calls the node, and says what came of it.</summary>
internal sealed class StepRunner(NodeCaller call, PinnedSecrets secrets, TimeProvider clock)
{
    public async Task<StepEnd> Run(ActiveRun run, string alias)
    {
        using var span = Signals.Spans.StartActivity("step");
        var end = await Carry(run, alias);
        Signals.StepEnded(
            end.Step.Status,
            TimeSpan.FromMicroseconds(end.Step.DurationUs),
            end.Step.Cold == 1
        );
        if (span is not null)
            Tell(span, run, end.Step);
        return end;
    }

    private static void Tell(Activity span, ActiveRun run, Step step)
    {
        var node = run.Graph.Plan.Node(step.Alias).Node;
        span.SetTag("sluice.run_id", run.Run.Id);
        span.SetTag("sluice.step", step.Alias);
        span.SetTag("sluice.node", node.Node);
        span.SetTag("sluice.package", $"{node.Package}@{node.Version}");
        span.SetTag("sluice.status", step.Status);
        span.SetTag("sluice.cold", step.Cold == 1);
        if (step.Status == "failed")
            span.SetStatus(ActivityStatusCode.Error);
    }

    private async Task<StepEnd> Carry(ActiveRun run, string alias)
    {
        var started = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (run.Graph.Plan.BuildInput(alias, run.OutputOf, out var input) is { } fault)
            return Failed(alias, started, EdgeError(fault), outcome: null);
        run.InFlight[alias] = started;
        try
        {
            var outcome = await call(Describe(run, alias, input), run.Stop);
            return Judge(run, alias, started, outcome);
        }
        finally
        {
            run.InFlight.TryRemove(alias, out _);
        }
    }

    internal static RunError EdgeError(EdgeFault fault) =>
        new()
        {
            Code = "edge_failed",
            Kind = "EDGE_ADAPTER",
            Message = fault.Message,
            Node = fault.Edge is { } at && !at.To.StartsWith('@') ? at.To : null,
            Edge = fault.Edge is null ? null : new RunErrorEdge(fault.Edge.From, fault.Edge.To),
        };

    private NodeCall Describe(ActiveRun run, string alias, ReadOnlyMemory<byte> input) =>
        new()
        {
            TenantId = run.Run.TenantId,
            Package = run.Graph.Workers[alias],
            Node = run.Graph.Plan.Node(alias).Node.Node,
            Input = input,
            Timeout = TimeSpan.FromSeconds(run.Run.NodeTimeoutSeconds),
            ExecutionId = run.Run.Id,
            FlowId = run.Run.Flow,
            TraceId = run.Run.RequestId,
            Params = run.Params,
            Secrets = async (name, destination, stop) =>
                await secrets.Read(run.Pin, name, destination, stop)
                    is { Status: SecretStatus.Available } found
                    ? found.Length
                    : -1,
        };

    private StepEnd Judge(ActiveRun run, string alias, long started, NodeOutcome outcome)
    {
        if (outcome.Kind == NodeOutcomeKind.Succeeded)
        {
            if (run.Graph.Plan.OutputFault(alias, outcome.Output.Span) is { } fault)
                return Failed(
                    alias,
                    started,
                    Error("node_failed", "NODE_ERROR", fault, alias, outcome),
                    outcome
                );
            return new StepEnd(
                Record(alias, "succeeded", started, outcome) with
                {
                    Output = outcome.Output.ToArray(),
                },
                outcome.Output,
                null,
                false
            );
        }
        if (outcome.Kind == NodeOutcomeKind.Cancelled)
            return new StepEnd(
                Record(alias, "cancelled", started, outcome),
                default,
                null,
                Interrupted: true
            );
        var (code, kind) = outcome.Kind switch
        {
            NodeOutcomeKind.NodeError => ("node_failed", "NODE_ERROR"),
            NodeOutcomeKind.Timeout => ("node_timeout", "NODE_TIMEOUT"),
            NodeOutcomeKind.Crashed => ("node_crashed", "NODE_CRASHED"),
            NodeOutcomeKind.OutOfMemory => ("node_memory", "NODE_MEMORY"),
            NodeOutcomeKind.Protocol => ("node_protocol", "NODE_PROTOCOL"),
            _ => ("node_unavailable", "NODE_UNAVAILABLE"),
        };
        return Failed(
            alias,
            started,
            Error(code, kind, outcome.Message ?? "The node failed.", alias, outcome),
            outcome
        );
    }

    private StepEnd Failed(string alias, long started, RunError error, NodeOutcome? outcome) =>
        new(
            Record(alias, "failed", started, outcome) with
            {
                Error = JsonSerializer.SerializeToUtf8Bytes(error, RunJson.Default.RunError),
            },
            default,
            error,
            false
        );

    private static RunError Error(
        string code,
        string kind,
        string message,
        string alias,
        NodeOutcome outcome
    ) =>
        new()
        {
            Code = code,
            Kind = kind,
            Message = message,
            Node = alias,
            Stack = outcome.Stack.Length > 0 ? outcome.Stack : null,
        };

    private Step Record(string alias, string status, long started, NodeOutcome? outcome) =>
        new()
        {
            Alias = alias,
            Attempt = 1,
            Status = status,
            Logs = outcome is { Logs.Count: > 0 } ? Logs(outcome.Logs) : null,
            Cold = outcome is { Cold: true } ? 1 : 0,
            StartedAt = started,
            EndedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            DurationUs = (long)(outcome?.Duration.TotalMicroseconds ?? 0),
        };

    private static byte[] Logs(IReadOnlyList<NodeLog> lines) =>
        JsonSerializer.SerializeToUtf8Bytes(
            lines.Select(line => new LogLine(line.At, line.Level, line.Text, line.Fields)).ToList(),
            RunJson.Default.ListLogLine
        );
}
