using Sluice.Seal;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Runs;

/// <summary>What a run is to be; the rest follows from the caller and from the moment at which it is accepted.</summary>
internal sealed record NewRun
{
    public required LoadedGraph Graph { get; init; }

    /// <summary>The flow's input message, serialised.</summary>
    public required byte[] Input { get; init; }

    /// <summary>The profile that the caller asked for; null: the flow's <c>default</c>.</summary>
    public string? ConfigId { get; init; }

    /// <summary>Milliseconds from now to the deadline; null: none.</summary>
    public long? TimeoutMs { get; init; }

    /// <summary>Whether the caller waits.</summary>
    public required bool Wait { get; init; }

    public int Priority { get; init; } = Run.DefaultPriority;

    public DebugWish? Debug { get; init; }

    /// <summary>The dead letter that this run takes care of; null: none.</summary>
    public string? Retries { get; init; }

    public string? ReplayOf { get; init; }

    public long? ForkSeq { get; init; }

    /// <summary>What is taken over of another run's journal; numbered from 1.</summary>
    public IReadOnlyList<JournalLine> Journal { get; init; } = [];
}

/// <summary>Where a run is to pause.</summary>
internal sealed record DebugWish
{
    /// <summary>Aliases of placements before which it pauses; absent: none.</summary>
    public IReadOnlyList<string>? Breakpoints { get; init; }

    /// <summary>Whether it begins paused. Default false.</summary>
    public bool? PauseAtStart { get; init; }
}

/// <summary>Accepts runs: config and secrets are pinned and the run is durable before its id is given out, then it is carried.</summary>
internal sealed class RunStarter(
    Database database,
    ConfigChoices choices,
    RunLoop loop,
    ServerPresence presence,
    UlidSource ids,
    TimeProvider clock
)
{
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
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var id = ids.NextText();
        var written = IsPlain(wanted, key)
            ? await StartPlain(caller, wanted, requestId, id, now, stop)
            : await database.Write(
                session => Write(session, caller, wanted, requestId, key, id, now),
                stop
            );
        if (!written.Refused && written.Value is var run && run.Id == id)
        {
            if (run.Status == RunStatus.Running)
                loop.Carry(run, wanted.Graph, wanted.Journal);
        }
        return written;
    }

    /// <summary>A run that is one row and nothing else: most are.</summary>
    private static bool IsPlain(NewRun wanted, (string Key, byte[] BodyHash)? key) =>
        key is null
        && wanted is { Journal.Count: 0, Retries: null }
        && wanted.Debug?.PauseAtStart != true;

    /// <summary>Goes by what is remembered of the config; the statement that keeps the run looks at whether that still holds.</summary>
    private async Task<Outcome<Run>> StartPlain(
        Caller caller,
        NewRun wanted,
        string requestId,
        string id,
        long now,
        CancellationToken stop
    )
    {
        var (tenant, environment) = (caller.TenantId, caller.Environment);
        var (flow, configId) = (wanted.Graph.Row.Flow, wanted.ConfigId);
        while (true)
        {
            if (await choices.Find(tenant, environment, flow, configId, stop) is not { } config)
                return ConfigRefusals.NotFound;
            var run = Make(caller, wanted, config, requestId, id, now);
            var write = new HotWrite();
            RunStore.InsertUnlessChanged(write, run);
            // A caller who leaves now leaves a run behind, which must be carried.
            if ((await database.Write(write, CancellationToken.None))[0] == 1)
                return run;
            choices.Forget(tenant, environment, flow, configId);
        }
    }

    private async Task<Outcome<Run>> Write(
        Session session,
        Caller caller,
        NewRun wanted,
        string requestId,
        (string Key, byte[] BodyHash)? key,
        string id,
        long now
    )
    {
        var call = key is var (text, hash) ? new IdempotentCall(text, hash, id, now) : null;
        if (call is not null && await Earlier(session, caller, call) is { } earlier)
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
        if (call is not null && await call.Claim(session, caller.TenantId, caller.Environment) == 0)
            return (await Earlier(session, caller, call))!.Value;
        // Two who try a dead letter again at once start one run.
        if (
            wanted.Retries is { } dead
            && await RunStore.Dismiss(session, caller.TenantId, dead, now) == 0
        )
            return RunRefusals.NoDeadLetter;
        var run = Make(caller, wanted, config, requestId, id, now);
        await Insert(session, run, wanted.Journal);
        return run;
    }

    private static async Task Insert(Session session, Run run, IReadOnlyList<JournalLine> journal)
    {
        await RunStore.Insert(session, run);
        foreach (var line in journal)
            await JournalStore.Append(session, run.TenantId, run.Id, line, run.Server);
        if (run.PausedAt is { } paused)
            await JournalStore.Append(
                session,
                run.TenantId,
                run.Id,
                JournalLine.Note(journal.Count + 1, JournalLine.Paused, paused),
                run.Server
            );
    }

    private Run Make(
        Caller caller,
        NewRun wanted,
        ConfigChoice config,
        string requestId,
        string id,
        long now
    )
    {
        var paused = wanted.Debug?.PauseAtStart == true;
        return new Run
        {
            TenantId = caller.TenantId,
            Id = id,
            Environment = caller.Environment,
            Flow = wanted.Graph.Row.Flow,
            GraphId = wanted.Graph.Row.Id,
            Status = paused ? RunStatus.Paused : RunStatus.Running,
            KeyId = caller.KeyId,
            ConfigId = config.ConfigId,
            NodeTimeoutSeconds = config.NodeTimeoutSeconds,
            Params = config.Params,
            SecretsVersion = config.At,
            Input = wanted.Input,
            Server = paused ? "" : presence.Name,
            RequestId = requestId,
            CreatedAt = now,
            StartedAt = paused ? null : now,
            PausedAt = paused ? now : null,
            DeadlineAt = now + wanted.TimeoutMs,
            Interactive = wanted.Wait ? 1 : 0,
            Priority = wanted.Priority,
            ReplayOf = wanted.ReplayOf,
            ForkSeq = wanted.ForkSeq,
            Breakpoints = BreakpointGate.Write(wanted.Debug?.Breakpoints),
        };
    }

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
