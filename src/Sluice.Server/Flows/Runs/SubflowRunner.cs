using Sluice.Language.Flows;
using Sluice.Seal;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Carries out one call of a subflow: a run of its own, on record before it starts and named by the call that it
/// answers, so that a server that takes the parent up finds it again. It ends with its parent.
/// </summary>
internal sealed class SubflowRunner(
    GraphCache graphs,
    RunRecorder recorder,
    UlidSource ids,
    TimeProvider clock
)
{
    /// <summary>How deep runs may lie within runs.</summary>
    public const int Deepest = 8;

    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    public async Task<StepEnd> Run(ActiveRun parent, CallInFlight call, RunLoop loop)
    {
        var node = call.Call.Node.Node;
        var tenant = parent.Run.TenantId;
        if (parent.Run.Depth + 1 > Deepest)
            return Failed(
                call,
                "subflow_depth",
                $"Flows lie more than {Deepest} deep within each other."
            );
        var found = await recorder.Retry(
            parent,
            () => graphs.Find(tenant, node.Subflow!, CancellationToken.None).AsTask()
        );
        if (found is not { } graph)
            return Failed(call, "subflow_failed", "The graph of the subflow is gone.");
        var child = await Start(parent, call, graph, loop);
        using var cancel = call.Stop.UnsafeRegister(
            _ =>
            {
                // A server that only stops asks for no end of its runs.
                if (!parent.Closing.IsCancellationRequested)
                    _ = loop.Cancel(tenant, child.Id, CancellationToken.None);
            },
            null
        );
        return Judge(call, child, await Ended(child, loop, parent.Closing));
    }

    private async Task<RunEnd> Ended(Run child, RunLoop loop, CancellationToken closing)
    {
        while (true)
        {
            try
            {
                return await loop.Ended(child.TenantId, child.Id, untilPaused: false, closing);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StoreRetry, clock, closing);
            }
        }
    }

    private async Task<Run> Start(
        ActiveRun parent,
        CallInFlight call,
        LoadedGraph graph,
        RunLoop loop
    )
    {
        var (above, now) = (parent.Run, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var step = $"{call.Call.Key}@{call.Call.Attempt}";
        var deadline = call.Call.Node.Node.TimeoutMs is { } own
            ? Math.Min(now + own, above.DeadlineAt ?? long.MaxValue)
            : above.DeadlineAt;
        var sealer = await recorder.Sealer(parent);
        var (child, isNew) = await recorder.Write(
            parent,
            async session =>
            {
                if (await RunStore.Child(session, above.TenantId, above.Id, step) is { } earlier)
                    return (earlier, false);
                if (!await RunStore.IsCarriedBy(session, above.TenantId, above.Id, above.Server))
                    throw new RunLostException();
                var config = (
                    await ConfigStore.Choose(
                        session,
                        above.TenantId,
                        above.Environment,
                        graph.Row.Flow,
                        configId: null
                    )
                )!;
                var run = new Run
                {
                    TenantId = above.TenantId,
                    Id = ids.NextText(),
                    Environment = above.Environment,
                    Flow = graph.Row.Flow,
                    GraphId = graph.Row.Id,
                    Status = RunStatus.Running,
                    KeyId = above.KeyId,
                    ConfigId = config.ConfigId,
                    NodeTimeoutSeconds = config.NodeTimeoutSeconds,
                    Params = config.Params,
                    SecretsVersion = above.SecretsVersion,
                    Input = StepRunner.Bytes(call.Call.Input),
                    Server = above.Server,
                    RequestId = above.RequestId,
                    CreatedAt = now,
                    StartedAt = now,
                    DeadlineAt = deadline,
                    Interactive = above.Interactive,
                    Priority = above.Priority,
                    RootId = above.RootId ?? above.Id,
                    ParentId = above.Id,
                    ParentStep = step,
                    Depth = above.Depth + 1,
                };
                if (await RunStore.Insert(session, sealer, run) == 0)
                    throw new RunLostException();
                return (run, true);
            }
        );
        if (isNew)
            loop.Carry(child, graph, []);
        else
            await recorder.Retry(
                parent,
                () => loop.TakeUp(child.TenantId, child.Id, parent.Closing)
            );
        return child;
    }

    private StepEnd Judge(CallInFlight call, Run child, RunEnd end)
    {
        if (end.Status == RunStatus.Succeeded)
            return new StepEnd(
                Line(call, JournalLine.Succeeded) with
                {
                    Output = end.Output ?? [],
                },
                null,
                false
            );
        if (call.Stop.IsCancellationRequested)
            return new StepEnd(Line(call, JournalLine.Cancelled), null, Interrupted: true);
        var why = RunError.Read(end.Error);
        return Failed(
            call,
            "subflow_failed",
            $"The subflow `{child.Flow}` ended {end.Status}: {why?.Message ?? "no reason is on record."}",
            why?.Code == RunError.DeadlineCode ? "NODE_TIMEOUT" : "SUBFLOW_FAILED"
        );
    }

    private StepEnd Failed(
        CallInFlight call,
        string code,
        string message,
        string kind = "SUBFLOW_FAILED"
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
        return new StepEnd(
            Line(call, JournalLine.Failed) with
            {
                Error = RunError.Of(fault).ToJson(),
            },
            fault,
            false
        );
    }

    private JournalLine Line(CallInFlight call, string status)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return JournalLine.Of(call, status, now) with
        {
            DurationUs = Math.Max(0, now - call.StartedAt) * 1000,
        };
    }
}
