using Sluice.Seal;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Accepts runs: config and secrets are pinned and the run is durable before its id is given out. It is carried then, or
/// waits for its turn; one whose id nobody asked for begins at once.
/// </summary>
internal sealed class RunStarter(
    Database database,
    ConfigChoices choices,
    RunLoop loop,
    RunQueue queue,
    RunSlots slots,
    ServerPresence presence,
    RunPayloads payloads,
    StreamDesk desk,
    UlidSource ids,
    TimeProvider clock
)
{
    /// <summary>How often a run is tried whose config has changed since it was read.</summary>
    private const int MostTries = 8;

    /// <param name="caller">Whose run it is.</param>
    /// <param name="wanted">What to run.</param>
    /// <param name="requestId">Of the call.</param>
    /// <param name="key">The caller's Idempotency-Key with the hash of the body; null without one.</param>
    /// <param name="stop">Ends the wait for the store.</param>
    /// <returns>The run, new or the one that the key stands for; or why not.</returns>
    public async Task<Outcome<Run>> Start(
        Caller caller,
        NewRun wanted,
        string requestId,
        (string Key, byte[] BodyHash)? key,
        CancellationToken stop
    )
    {
        // A server that takes no work leaves the run to the others, whose queues know nothing of its callers.
        wanted = wanted with
        {
            Wait = wanted.Wait && slots.TakesWork,
        };
        if (
            key is null
            && IsUnseen(wanted)
            && await StartUnseen(caller, wanted, requestId, stop) is { } begun
        )
            return begun;
        var (tenant, wait) = (caller.TenantId, wanted.Wait);
        var place = !queue.IsWaiting(tenant, wait) && slots.TryTake(tenant, wait);
        var carried = false;
        var status =
            wanted.Debug?.PauseAtStart == true ? RunStatus.Paused
            : place ? RunStatus.Running
            : RunStatus.Queued;
        var call = NewCallOf(caller, wanted, requestId, status);
        if (wanted.Outlet is { } outlet)
            desk.Add(call.Id, outlet);
        var accepted = false;
        try
        {
            var written =
                key is null && IsPlain(wanted) && await StartPlain(call, stop) is { } plain
                    ? plain
                    : await StartWhole(call, key, stop);
            if (written.Refused || written.Value.Id != call.Id)
                return written;
            accepted = true;
            var run = written.Value;
            if (run.Status == RunStatus.Queued)
            {
                await queue.Added(run);
            }
            else if (run.Status == RunStatus.Running)
            {
                carried = true;
                loop.Carry(run, wanted.Graph, wanted.Journal, hasPlace: true);
            }
            return written;
        }
        catch (StoreUnavailableException)
        {
            // It may be on record all the same, and would be nobody's.
            loop.TakeUpLater(tenant, call.Id);
            queue.MayHaveAdded(tenant, wait);
            throw;
        }
        finally
        {
            if (!accepted)
                desk.Take(call.Id);
            if (place && !carried)
                slots.GiveBack(tenant, wait);
        }
    }

    /// <summary>A run that is one row and nothing else: most are.</summary>
    private static bool IsPlain(NewRun wanted) =>
        wanted is { Journal.Count: 0, Retries: null } && wanted.Debug?.PauseAtStart != true;

    /// <summary>One whose id nobody has before its answer.</summary>
    private static bool IsUnseen(NewRun wanted) =>
        IsPlain(wanted) && wanted is { Wait: true, Debug: null, Outlet: null };

    /// <summary>
    /// Begins a run before it is on record, and comes back when it is there: short ones with their end
    /// (docs/decisions/014). Null when it cannot begin so, or what it went by has changed meanwhile: nothing is known of
    /// it then.
    /// </summary>
    private async Task<Run?> StartUnseen(
        Caller caller,
        NewRun wanted,
        string requestId,
        CancellationToken stop
    )
    {
        var config = await choices.Find(
            caller.TenantId,
            caller.Environment,
            wanted.Graph.Row.Flow,
            wanted.ConfigId,
            stop
        );
        if (config is not { Limits.Count: 0 })
            return null;
        // Before a place is taken: a server that cannot say that it lives says so here.
        var run = Make(NewCallOf(caller, wanted, requestId, RunStatus.Running), config);
        var tenant = caller.TenantId;
        if (queue.IsWaiting(tenant, interactive: true) || !slots.TryTake(tenant, interactive: true))
            return null;
        if (loop.CarryUnrecorded(run, wanted.Graph) is not { } begun)
        {
            slots.GiveBack(tenant, interactive: true);
            return null;
        }
        // A caller who leaves now leaves a run behind.
        if (!await begun.Accepted)
            return null;
        return
            begun.Ended is { IsCompletedSuccessfully: true, Result: var end }
            && RunStatus.IsEnd(end.Status)
            ? begun.Run.Ended(end)
            : begun.Run;
    }

    private NewCall NewCallOf(Caller caller, NewRun wanted, string requestId, string status) =>
        new(
            caller,
            wanted,
            requestId,
            ids.NextText(),
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            status
        );

    /// <summary>
    /// Goes by what is remembered of the config; the statement that keeps the run looks at whether that still holds.
    /// Null when a limit holds for the run, which is more than one row then.
    /// </summary>
    private async Task<Outcome<Run>?> StartPlain(NewCall call, CancellationToken stop)
    {
        var (tenant, environment) = (call.Caller.TenantId, call.Caller.Environment);
        var (flow, configId) = (call.Wanted.Graph.Row.Flow, call.Wanted.ConfigId);
        var sealer = await payloads.Sealer(tenant, stop);
        for (var i = 0; i < MostTries; i++)
        {
            if (await choices.Find(tenant, environment, flow, configId, stop) is not { } config)
                return ConfigRefusals.NotFound;
            if (config.Limits.Count > 0)
                return null;
            var run = Make(call, config);
            var write = new HotWrite();
            RunStore.InsertUnlessChanged(write, sealer, run);
            // A caller who leaves now leaves a run behind, which must be carried.
            if ((await database.Write(write, CancellationToken.None))[0] == 1)
                return run;
            choices.Forget(tenant, environment);
        }
        throw new StoreUnavailableException(
            new InvalidOperationException("this server lost its runs, or its config never rests")
        );
    }

    private async Task<Outcome<Run>> StartWhole(
        NewCall call,
        (string Key, byte[] BodyHash)? key,
        CancellationToken stop
    )
    {
        var replaced = new List<CancelWish>();
        var sealer = await payloads.Sealer(call.Caller.TenantId, stop);
        var written = await database.Write<Outcome<Run>>(
            async session =>
            {
                replaced.Clear();
                var (caller, wanted) = (call.Caller, call.Wanted);
                var once = key is var (text, hash)
                    ? new IdempotentCall(text, hash, call.Id, call.Now)
                    : null;
                if (once is not null && await Earlier(session, caller, once) is { } earlier)
                    return earlier;
                if (
                    await ConfigStore.Choose(
                        session,
                        caller.TenantId,
                        caller.Environment,
                        wanted.Graph.Row.Flow,
                        wanted.ConfigId
                    )
                    is not { } config
                )
                    return ConfigRefusals.NotFound;
                var run = Make(call, config);
                var admission = await RunLimits.Admit(session, run, config.Limits);
                if (admission.Refused)
                    return RunRefusals.TooManyAtOnce;
                if (
                    once is not null
                    && await once.Claim(session, caller.TenantId, caller.Environment) == 0
                )
                    return (await Earlier(session, caller, once))!.Value;
                // Two who try a dead letter again at once start one run.
                if (
                    wanted.Retries is { } dead
                    && await RunStore.Dismiss(session, caller.TenantId, dead, call.Now) == 0
                )
                    return RunRefusals.NoDeadLetter;
                foreach (var limit in admission.Replaces)
                    replaced.AddRange(
                        await RunLimits.Replace(session, run, limit, presence.Name, call.Now)
                    );
                if (admission.Waits)
                    run = AsQueued(run);
                await Insert(session, sealer, run, wanted.Journal);
                // It pauses when its turn has come.
                if (admission.Waits && call.Status == RunStatus.Paused)
                    await RunWishStore.AskPause(session, run.TenantId, run.Id, call.Now);
                return run;
            },
            // As above.
            CancellationToken.None
        );
        foreach (var wish in replaced)
            await loop.Cancelled(call.Caller.TenantId, wish, CancellationToken.None);
        return written;
    }

    /// <summary>A caller's run waits at the server that the caller is connected to, the others where anyone finds them.</summary>
    private Run AsQueued(Run run) =>
        run with
        {
            Status = RunStatus.Queued,
            Server = run.Interactive == 1 ? presence.Name : "",
            StartedAt = null,
            PausedAt = null,
        };

    private static async Task Insert(
        Session session,
        PayloadSealer sealer,
        Run run,
        IReadOnlyList<JournalLine> journal
    )
    {
        if (await RunStore.Insert(session, sealer, run) == 0)
            throw new StoreUnavailableException(
                new InvalidOperationException("this server lost its runs")
            );
        if (run.Limits is not null)
            await RunStore.SetLimits(session, run);
        foreach (var line in journal)
            await JournalStore.Append(session, sealer, run.TenantId, run.Id, line, run.Server);
        if (run.PausedAt is { } paused)
            await JournalStore.Append(
                session,
                sealer,
                run.TenantId,
                run.Id,
                JournalLine.Note(journal.Count + 1, JournalLine.Paused, paused),
                run.Server
            );
    }

    private Run Make(NewCall call, ConfigChoice config)
    {
        var (caller, wanted, now) = (call.Caller, call.Wanted, call.Now);
        var run = new Run
        {
            TenantId = caller.TenantId,
            Id = call.Id,
            Environment = caller.Environment,
            Flow = wanted.Graph.Row.Flow,
            GraphId = wanted.Graph.Row.Id,
            Status = call.Status,
            KeyId = caller.KeyId,
            ConfigId = config.ConfigId,
            NodeTimeoutSeconds = wanted.NodeTimeoutSeconds ?? config.NodeTimeoutSeconds,
            Params = config.Params,
            SecretsVersion = config.At,
            Input = wanted.Input,
            Server = call.Status == RunStatus.Running ? presence.Name : "",
            RequestId = call.RequestId,
            CreatedAt = now,
            StartedAt = call.Status == RunStatus.Running ? now : null,
            PausedAt = call.Status == RunStatus.Paused ? now : null,
            DeadlineAt = now + wanted.TimeoutMs,
            Interactive = wanted.Wait ? 1 : 0,
            Priority = wanted.Priority,
            Limited = config.Limits.Count > 0 ? 1 : 0,
            Limits = RunLimit.Write(config.Limits),
            LimitGroup =
                config.Limits.Count > 0
                    ? RunLimits.GroupOf(caller.Environment, wanted.Graph.Row.Flow, caller.KeyId)
                    : null,
            ReplayOf = wanted.ReplayOf,
            ForkSeq = wanted.ForkSeq,
            Breakpoints = BreakpointGate.Write(wanted.Debug?.Breakpoints),
        };
        return call.Status == RunStatus.Queued ? AsQueued(run) : run;
    }

    private sealed record NewCall(
        Caller Caller,
        NewRun Wanted,
        string RequestId,
        string Id,
        long Now,
        string Status
    );

    /// <summary>The run that the key of a call stands for already; null when it stands for none.</summary>
    private static async Task<Outcome<Run>?> Earlier(
        Session session,
        Caller caller,
        IdempotentCall call
    )
    {
        if (await call.Earlier(session, caller.TenantId, caller.Environment) is not { } earlier)
            return null;
        if (!call.BodyHash.AsSpan().SequenceEqual(earlier.BodyHash))
            return RunRefusals.IdempotencyConflict;
        return await RunStore.Find(session, caller.TenantId, earlier.RunId) is { } run
            ? run
            : RunRefusals.NotFound;
    }
}
