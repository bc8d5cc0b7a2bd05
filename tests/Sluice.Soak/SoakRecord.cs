using Sluice.Language.Flows;
using Sluice.Server.Flows.Graphs;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Store;

namespace Sluice.Soak;

/// <summary>Everything that is known when all is over: the server's record, the callers' book and the nodes' calls.</summary>
internal sealed record SoakRecord
{
    public required IReadOnlyList<RecordedRun> Runs { get; init; }

    public required IReadOnlyList<Call> Calls { get; init; }

    public required SoakBook Book { get; init; }

    /// <summary>By tenant, the ids of the runs that its list shows.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Shown { get; init; }

    /// <summary>Names of processes that stood still for longer than their lease, once for each time.</summary>
    public required IReadOnlyCollection<string> Suspended { get; init; }

    /// <summary>How many things a process can do in one moment.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    public static async Task<SoakRecord> Read(
        IServiceProvider services,
        SoakWorld world,
        SoakBook book,
        IReadOnlyDictionary<string, IReadOnlyList<string>> shown
    )
    {
        // It tells the store how payloads are kept.
        _ = services.GetRequiredService<RunPayloads>();
        var database = services.GetRequiredService<Database>();
        var graphs = services.GetRequiredService<GraphCache>();
        var all = await database.Read(session =>
            session
                .Across("the soak looks at all")
                .Query<RunId>("SELECT tenant_id, id FROM runs ORDER BY id")
        );
        var runs = new List<RecordedRun>(all.Count);
        foreach (var (tenant, id) in all.Select(each => (each.TenantId, each.Id)))
        {
            var (run, lines) = await database.Read(async session =>
                (
                    (await RunStore.Find(session, tenant, id))!,
                    await JournalStore.Read(session, tenant, id)
                )
            );
            runs.Add(
                new RecordedRun(
                    run,
                    lines,
                    (await graphs.Find(tenant, run.GraphId, CancellationToken.None))!.Plan
                )
            );
        }
        return new SoakRecord
        {
            Runs = runs,
            Calls = CallLog.Read(world.CallsFolder),
            Book = book,
            Shown = shown,
            Suspended = [.. world.Suspended],
        };
    }

    private sealed record RunId
    {
        public required string TenantId { get; init; }

        public required string Id { get; init; }
    }
}

/// <summary>A run as the store has it.</summary>
internal sealed record RecordedRun(Run Run, IReadOnlyList<JournalLine> Lines, FlowPlan Plan)
{
    /// <summary>Of the request that began it.</summary>
    public string Text { get; } = SoakNote.Read(Run.Input).Text;

    /// <summary>
    /// Lines that a call of a node in this run came to, each with the call's stamp. What was taken over from another run,
    /// or answered by a run of its own, or stopped, has none.
    /// </summary>
    public IEnumerable<(JournalLine Line, string Stamp)> Stamped()
    {
        foreach (var line in Lines)
        {
            if (
                !line.IsStep
                || line.Origin is not null
                || Plan.Node(line.Alias).Node.Subflow is not null
            )
                continue;
            if (line.Status == JournalLine.Succeeded)
                yield return (line, SoakNote.Read(line.Output).Trail[^1]);
            else if (
                RunError.Read(line.Error)?.Message is ['(', .. var stamp, ')']
                && line.Status is JournalLine.Failed or JournalLine.Retrying
            )
                yield return (line, stamp);
        }
    }
}
