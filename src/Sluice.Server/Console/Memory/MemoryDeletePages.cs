using Sluice.Server.Flows.Memory;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Memory;

/// <summary>Forgetting: an entry, a session, or all that a flow remembers; each is asked about first.</summary>
internal static class MemoryDeletePages
{
    private const string OfFlow = MemoryPages.Root + "/flows/{owner}/{name}/delete";
    private const string OfEntry = MemoryPages.Root + "/flows/{owner}/{name}/entries/{id}/delete";
    private const string OfSession = MemoryPages.Root + "/sessions/{id}/delete";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(
            OfFlow,
            (Visit visit, string owner, string name) => AskFlow(visit, owner, name, FormState.Fresh)
        );
        pages.MapPost(OfFlow, DeleteFlow);
        pages.MapGet(OfSession, (Visit visit, string id) => AskSession(visit, id, FormState.Fresh));
        pages.MapPost(OfSession, DeleteSession);
        pages.MapGet(
            OfEntry,
            (Visit visit, string owner, string name, string id) =>
                AskEntry(visit, owner, name, id, FormState.Fresh)
        );
        pages.MapPost(OfEntry, DeleteEntry);
    }

    internal sealed record FlowModel(ListMemory.FlowShown Flow, FormState Form);

    internal sealed record SessionModel(ListMemory.SessionShown Session, FormState Form);

    internal sealed record EntryModel(string Flow, SearchMemory.EntryShown Entry, FormState Form);

    public static string FlowPath(string flow) => $"{MemoryPages.FlowPath(flow)}/delete";

    public static string SessionPath(string id) => $"{MemoryPages.SessionPath(id)}/delete";

    public static string EntryPath(string flow, string id) =>
        $"{MemoryPages.FlowPath(flow)}/entries/{id}/delete";

    private static async Task<IResult> AskFlow(
        Visit visit,
        string owner,
        string name,
        FormState form
    )
    {
        var flow = await MemoryPages.Find(visit, owner, name);
        return flow.Refused
            ? visit.Refused(flow.Refusal)
            : visit.Page<MemoryFlowDelete>(new FlowModel(flow.Value, form));
    }

    private static async Task<IResult> DeleteFlow(Visit visit, string owner, string name)
    {
        var posted = await visit.Read();
        var refusal =
            posted.Refusal
            ?? await visit.Do("removeMemory", ActInput.Of("owner", owner).On("name", name));
        return refusal is null
            ? visit.Done(MemoryPages.Root, $"{owner}/{name} remembers nothing any more.")
            : await AskFlow(visit, owner, name, new FormState(posted, refusal));
    }

    private static async Task<IResult> AskSession(Visit visit, string id, FormState form)
    {
        var session = await FindSession(visit, id);
        return session.Refused
            ? visit.Refused(session.Refusal)
            : visit.Page<MemorySessionDelete>(new SessionModel(session.Value.Session, form));
    }

    private static async Task<IResult> DeleteSession(Visit visit, string id)
    {
        var posted = await visit.Read();
        if (posted.Refusal is { } outdated)
            return await AskSession(visit, id, new FormState(posted, outdated));
        // Where to go on, which is not known any more when it is gone.
        var session = await FindSession(visit, id);
        if (session.Refused)
            return visit.Refused(session.Refusal);
        var refusal = await visit.Do("removeMemorySession", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(
                MemoryPages.FlowPath(session.Value.Session.Flow),
                "The session is deleted, with its turns and entries."
            )
            : await AskSession(visit, id, new FormState(posted, refusal));
    }

    private static Task<Outcome<ListMemory.SessionResponse>> FindSession(Visit visit, string id) =>
        visit.Ask(
            "getMemorySession",
            MemoryJson.Default.SessionResponse,
            ActInput.Asking(("limit", "1")).On("id", id)
        );

    private static async Task<IResult> AskEntry(
        Visit visit,
        string owner,
        string name,
        string id,
        FormState form
    )
    {
        var flow = await MemoryPages.Find(visit, owner, name);
        if (flow.Refused)
            return visit.Refused(flow.Refusal);
        // The API has no call for one entry: the newest first, what comes just after a place behind its id is the entry itself.
        var entries = await visit.Ask(
            "searchMemory",
            MemoryJson.Default.EntriesResponse,
            ActInput.Asking(("flow", flow.Value.Flow), ("limit", "1"), ("cursor", id + "0"))
        );
        if (entries.Refused)
            return visit.Refused(entries.Refusal);
        return entries.Value.Data is [var entry, ..] && entry.Id == id
            ? visit.Page<MemoryEntryDelete>(new EntryModel(flow.Value.Flow, entry, form))
            : visit.Refused(Acts.Noted(visit.Context, MemoryRefusals.EntryNotFound));
    }

    private static async Task<IResult> DeleteEntry(
        Visit visit,
        string owner,
        string name,
        string id
    )
    {
        var posted = await visit.Read();
        var refusal = posted.Refusal ?? await visit.Do("removeMemoryEntry", ActInput.Of("id", id));
        return refusal is null
            ? visit.Done(MemoryPages.FlowPath($"{owner}/{name}"), "The entry is deleted.")
            : await AskEntry(visit, owner, name, id, new FormState(posted, refusal));
    }
}
