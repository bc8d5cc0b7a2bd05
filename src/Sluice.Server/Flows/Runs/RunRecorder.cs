using Sluice.Server.Store;

namespace Sluice.Server.Flows.Runs;

/// <summary>
/// Writes what happens in a run, and when the store is lost waits until it is back: what was not recorded has not
/// happened.
/// </summary>
internal sealed partial class RunRecorder(
    Database database,
    RunPayloads payloads,
    RunFeed feed,
    TimeProvider clock,
    ILogger<RunRecorder> log
)
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    /// <summary>Records lines, and the state where it changed with them; first of all the run itself, if it is not on record.</summary>
    /// <exception cref="RunLostException">The run is not this server's any more.</exception>
    /// <exception cref="RunDeclinedException">The run is not on record, and cannot be.</exception>
    public async Task Keep(ActiveRun run, IReadOnlyList<JournalLine> lines, string? status)
    {
        var (tenant, id, server) = (run.Run.TenantId, run.Run.Id, run.Run.Server);
        var write = new HotWrite();
        var sealer = await Sealer(run);
        List<PayloadSealer.Large>? aside = null;
        var accepts = !run.IsOnRecord;
        if (accepts)
            RunStore.InsertUnlessChanged(write, sealer, run.Run);
        var from = write.Parts.Count;
        foreach (var line in lines)
            JournalStore.Append(write, sealer, ref aside, tenant, id, line, server);
        if (status is not null)
            RunStore.SetStatus(write, tenant, id, status, server);
        PayloadStore.Add(write, tenant, id, aside);
        var rows = await Retry(run, () => database.Write(write, CancellationToken.None));
        if (accepts)
        {
            if (rows[0] == 0)
                throw new RunDeclinedException();
            run.Accept();
        }
        if (rows.Skip(from).Take(lines.Count).Sum() < lines.Count)
            await CheckKept(run, lines);
        if (lines.Count > 0)
            feed.Grew(id, lines[^1].Seq);
    }

    /// <summary>Records the last lines and the end, or finds out what ended the run.</summary>
    /// <exception cref="RunLostException">The run is another server's, and goes on there.</exception>
    /// <exception cref="RunDeclinedException">The run is not on record, and cannot be.</exception>
    public async Task<RunEnd> End(ActiveRun run, IReadOnlyList<JournalLine> lines, RunEnd end)
    {
        if (!run.IsOnRecord)
            return await KeepWhole(run, lines, end);
        var (tenant, id, server) = (run.Run.TenantId, run.Run.Id, run.Run.Server);
        var write = new HotWrite();
        var sealer = await Sealer(run);
        List<PayloadSealer.Large>? aside = null;
        foreach (var line in lines)
            JournalStore.Append(write, sealer, ref aside, tenant, id, line, server);
        RunStore.End(write, sealer, ref aside, tenant, id, end, server);
        PayloadStore.Add(write, tenant, id, aside);
        var rows = await Retry(run, () => database.Write(write, CancellationToken.None));
        feed.Grew(id, long.MaxValue);
        if (rows[lines.Count] == 1)
            return end;
        var kept = await Retry(run, () => database.Read(s => RunStore.Find(s, tenant, id)));
        return kept is { EndedAt: { } ended }
            ? new RunEnd(kept.Status, kept.Output, kept.Error, ended)
            : throw new RunLostException();
    }

    /// <summary>Records a run that has come to its end before anything of it was recorded: one row, as it stays.</summary>
    private async Task<RunEnd> KeepWhole(
        ActiveRun run,
        IReadOnlyList<JournalLine> lines,
        RunEnd end
    )
    {
        var (tenant, id, server) = (run.Run.TenantId, run.Run.Id, run.Run.Server);
        var write = new HotWrite();
        var sealer = await Sealer(run);
        List<PayloadSealer.Large>? aside = null;
        RunStore.InsertUnlessChanged(write, sealer, run.Run.Ended(end));
        foreach (var line in lines)
            JournalStore.Append(write, sealer, ref aside, tenant, id, line, server, ofEnded: true);
        PayloadStore.Add(write, tenant, id, aside);
        var rows = await Retry(run, () => database.Write(write, CancellationToken.None));
        if (rows[0] == 0)
            throw new RunDeclinedException();
        feed.Grew(id, long.MaxValue);
        return end;
    }

    /// <summary>Puts the run away, unless something else is wished of it by now.</summary>
    /// <param name="asked">True: because of a wish, which may have been taken back; false: a breakpoint, or after a single step.</param>
    public async Task<bool> Pause(ActiveRun run, JournalLine note, bool asked)
    {
        var (tenant, id) = (run.Run.TenantId, run.Run.Id);
        var rows = await Write(
            run,
            async session =>
            {
                if (await RunWishStore.Pause(session, tenant, id, note, asked, run.Run.Server) == 0)
                    return 0;
                // Nobody carries it now.
                return await JournalStore.Append(
                    session,
                    PayloadSealer.Plain,
                    tenant,
                    id,
                    note,
                    server: ""
                );
            }
        );
        feed.Grew(id, note.Seq);
        return rows == 1;
    }

    /// <summary>Reads again what is wished of a run.</summary>
    /// <exception cref="RunLostException">The run is not this server's any more.</exception>
    public async Task Heed(ActiveRun run)
    {
        var (tenant, id) = (run.Run.TenantId, run.Run.Id);
        run.Heed(
            await Retry(
                run,
                () => database.Read(s => RunWishStore.Read(s, tenant, id, run.Run.Server))
            ) ?? throw new RunLostException()
        );
    }

    /// <summary>Writes when the store is there.</summary>
    /// <returns>Rows that changed; 0 also when an earlier try was kept although its answer was lost.</returns>
    public Task<T> Write<T>(ActiveRun run, Func<Session, Task<T>> write) =>
        Retry(run, () => database.Write(write, CancellationToken.None));

    /// <summary>Does what needs the store, again while that is away; whoever waits for the run is told meanwhile.</summary>
    /// <exception cref="OperationCanceledException">This server may not carry the run any more.</exception>
    /// <exception cref="StoreUnavailableException">Only of a run that is not on record: it is not waited for.</exception>
    public async Task<T> Retry<T>(ActiveRun run, Func<Task<T>> work)
    {
        while (true)
        {
            var attempt = work();
            try
            {
                // What hangs is given up with the run: it is read again from the record, once this can change it no more.
                return await attempt.WaitAsync(run.Closing);
            }
            catch (OperationCanceledException) when (!attempt.IsCompleted)
            {
                run.Abandon(attempt);
                throw;
            }
            catch (TenantGoneException) when (run.IsOnRecord)
            {
                throw new RunLostException();
            }
            catch (StoreUnavailableException error) when (run.IsOnRecord)
            {
                LogStoreLost(log, run.Run.Id);
                run.Disappoint(error);
                await Task.Delay(StoreRetry, clock, run.Closing);
            }
        }
    }

    /// <summary>Seals what is written of the run.</summary>
    public async ValueTask<PayloadSealer> Sealer(ActiveRun run)
    {
        var sealer = payloads.Sealer(run.Run.TenantId, CancellationToken.None);
        return sealer.IsCompletedSuccessfully
            ? sealer.Result
            : await Retry(
                run,
                () => payloads.Sealer(run.Run.TenantId, CancellationToken.None).AsTask()
            );
    }

    private async Task CheckKept(ActiveRun run, IReadOnlyList<JournalLine> lines)
    {
        var (tenant, id, server) = (run.Run.TenantId, run.Run.Id, run.Run.Server);
        var (kept, ours) = await database.Read(async session =>
            (
                await JournalStore.After(session, tenant, id, lines[0].Seq - 1, lines.Count),
                await RunStore.IsCarriedBy(session, tenant, id, server)
            )
        );
        var same =
            kept.Count == lines.Count
            && kept.Zip(lines)
                .All(pair =>
                    (pair.First.Seq, pair.First.Key, pair.First.Attempt, pair.First.StartedAt)
                    == (
                        pair.Second.Seq,
                        pair.Second.Key,
                        pair.Second.Attempt,
                        pair.Second.StartedAt
                    )
                );
        if (!ours || !same)
            throw new RunLostException();
    }

    [LoggerMessage(1302, LogLevel.Error, "Run {RunId} waits: the store is unavailable")]
    private static partial void LogStoreLost(ILogger log, string runId);
}

/// <summary>The run is another server's, or was taken up anew by this one; what was about to be recorded has no place any more.</summary>
internal sealed class RunLostException : Exception;

/// <summary>A run that began before it was on record cannot be put there: what it went by has changed since, or this server lost its runs.</summary>
internal sealed class RunDeclinedException : Exception;
