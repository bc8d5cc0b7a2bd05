using Sluice.Language;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows;

/// <summary>Lists flows, shows one with its document, its revisions, and takes one out of sight.</summary>
internal static class ReadFlows
{
    internal sealed record Entry
    {
        public required string Name { get; init; }

        public required long Revision { get; init; }

        public required string? LatestGraphId { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset UpdatedAt { get; init; }
    }

    internal sealed record ListResponse(IReadOnlyList<Entry> Data, string? NextCursor);

    internal sealed record OneResponse
    {
        public required string Name { get; init; }

        public required long Revision { get; init; }

        public required long LatestRevision { get; init; }

        public required string? LatestGraphId { get; init; }

        public required string Document { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset UpdatedAt { get; init; }
    }

    internal sealed record RevisionShown(long Revision, DateTimeOffset CreatedAt);

    internal sealed record RevisionsResponse(IReadOnlyList<RevisionShown> Data);

    public static async Task<IResult> List(HttpContext context, Caller caller, Database database)
    {
        var mistakes = new List<Mistake>();
        var page = Page.Read(context.Request, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var flows = await database.Read(
            session => FlowStore.List(session, caller.TenantId, caller.Environment, page),
            context.RequestAborted
        );
        var shown = flows.Take(page.Limit).Select(Show).ToList();
        var response = new ListResponse(shown, flows.Count > page.Limit ? shown[^1].Name : null);
        return TypedResults.Json(response, FlowJson.Default.ListResponse);
    }

    public static async Task<IResult> One(
        string owner,
        string name,
        long? revision,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var full = $"{owner}/{name}";
        var (flow, document, refusal) = await database.Read<(Flow?, FlowRevision?, Refusal?)>(
            async session =>
            {
                var found = await FlowStore.Find(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    full
                );
                if (found is null)
                    return (null, null, await WhyMissing(session, caller, full));
                var text = await FlowStore.Document(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    full,
                    revision ?? found.Revision
                );
                return (found, text, null);
            },
            stop
        );
        if (refusal is not null)
            return refusal;
        if (flow is null || document is null)
            return FlowRefusals.NotFound;
        var response = new OneResponse
        {
            Name = flow.Name,
            Revision = document.Revision,
            LatestRevision = flow.Revision,
            LatestGraphId = flow.LatestGraphId,
            Document = document.Document,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(flow.CreatedAt),
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(document.CreatedAt),
        };
        return TypedResults.Json(response, FlowJson.Default.OneResponse);
    }

    public static async Task<IResult> Revisions(
        string owner,
        string name,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var full = $"{owner}/{name}";
        var (revisions, refusal) = await database.Read(
            async session =>
            {
                var found = await FlowStore.Revisions(
                    session,
                    caller.TenantId,
                    caller.Environment,
                    full
                );
                return (found, found.Count > 0 ? null : await WhyMissing(session, caller, full));
            },
            stop
        );
        if (refusal is not null)
            return refusal;
        var shown = revisions.Select(each => new RevisionShown(
            each.Revision,
            DateTimeOffset.FromUnixTimeMilliseconds(each.CreatedAt)
        ));
        return TypedResults.Json(
            new RevisionsResponse([.. shown]),
            FlowJson.Default.RevisionsResponse
        );
    }

    /// <summary>
    /// The document and its name go out of sight, and what the flow remembers is deleted; graphs compiled from it, and
    /// their runs, stay.
    /// </summary>
    public static async Task<IResult> Delete(
        string owner,
        string name,
        Caller caller,
        Origin origin,
        Database database,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var full = $"{owner}/{name}";
        var refusal = await database.Write(
            async session =>
            {
                if (
                    await FlowStore.Delete(session, caller.TenantId, caller.Environment, full, now)
                    != 1
                )
                    return await WhyMissing(session, caller, full);
                await MemoryRemoval.Flow(
                    session,
                    new MemoryScope(caller.TenantId, caller.Environment, full)
                );
                await Audit.Record(session, origin, new Fact("flow.delete", "flow", full));
                return null;
            },
            stop
        );
        return refusal ?? (IResult)TypedResults.NoContent();
    }

    /// <summary>Why a flow is not to be had under this name: it is in the caller's other environment, or nowhere.</summary>
    internal static async Task<Refusal> WhyMissing(Session session, Caller caller, string name) =>
        await FlowStore.ElsewhereIn(session, caller.TenantId, caller.Environment, name) is null
            ? FlowRefusals.NotFound
            : CommonRefusals.EnvironmentMismatch;

    private static Entry Show(Flow flow) =>
        new()
        {
            Name = flow.Name,
            Revision = flow.Revision,
            LatestGraphId = flow.LatestGraphId,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(flow.CreatedAt),
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(flow.UpdatedAt),
        };
}
