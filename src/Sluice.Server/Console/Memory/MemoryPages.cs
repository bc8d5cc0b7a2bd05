using Sluice.Server.Flows;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Memory;

/// <summary>What flows remember: the flows that do, one with its sessions and entries, a session with its turns.</summary>
internal static class MemoryPages
{
    public const string Root = "/console/memory";

    /// <summary>Sessions, entries or turns of a page: each may be long.</summary>
    private const string PageSize = "20";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, List);
        pages.MapGet(Root + "/flows/{owner}/{name}", Flow);
        pages.MapGet(Root + "/sessions/{id}", Session);
    }

    internal sealed record ListModel(
        IReadOnlyList<ListMemory.FlowShown> Flows,
        string? Next,
        bool IsLater,
        bool MayChange
    );

    /// <summary>What a flow remembers. Sessions and entries are gone through each by itself.</summary>
    internal sealed record FlowModel
    {
        public required ListMemory.FlowShown Flow { get; init; }

        public required IReadOnlyList<ListMemory.SessionShown> Sessions { get; init; }

        public required IReadOnlyList<SearchMemory.EntryShown> Entries { get; init; }

        /// <summary>What is looked for; null: all entries are listed.</summary>
        public required string? Query { get; init; }

        public required string? NextSessions { get; init; }

        public required string? NextEntries { get; init; }

        public required bool IsLaterSessions { get; init; }

        public required bool IsLaterEntries { get; init; }

        /// <summary>Why the search was refused; null for nothing.</summary>
        public Refusal? Refusal { get; init; }

        public required bool MayChange { get; init; }
    }

    internal sealed record SessionModel(
        ListMemory.SessionShown Session,
        IReadOnlyList<ListMemory.TurnShown> Turns,
        IReadOnlyList<SearchMemory.EntryShown> Entries,
        string? Next,
        bool IsLater,
        bool MayChange
    );

    public static string FlowPath(string flow) => $"{Root}/flows/{flow}";

    public static string SessionPath(string id) => $"{Root}/sessions/{id}";

    private static async Task<IResult> List(Visit visit, string? cursor)
    {
        var flows = await visit.Ask(
            "listMemory",
            MemoryJson.Default.FlowsResponse,
            ActInput.Asking(("cursor", cursor))
        );
        return flows.Refused
            ? visit.Refused(flows.Refusal)
            : visit.Page<MemoryList>(
                new ListModel(
                    flows.Value.Data,
                    flows.Value.NextCursor is { } next
                        ? Root + QueryString.Create("cursor", next)
                        : null,
                    cursor is not null,
                    visit.May(Scopes.RunsWrite)
                )
            );
    }

    private static async Task<IResult> Flow(
        Visit visit,
        string owner,
        string name,
        string? q,
        string? sessions,
        string? entries
    )
    {
        var flow = await Find(visit, owner, name);
        if (flow.Refused)
            return visit.Refused(flow.Refusal);
        var query = q?.Trim() is { Length: > 0 } asked ? asked : null;
        var listed = await visit.Ask(
            "listMemorySessions",
            MemoryJson.Default.SessionsResponse,
            ActInput.Asking(("flow", flow.Value.Flow), ("limit", PageSize), ("cursor", sessions))
        );
        if (listed.Refused)
            return visit.Refused(listed.Refusal);
        var found = await visit.Ask(
            "searchMemory",
            MemoryJson.Default.EntriesResponse,
            ActInput.Asking(
                ("flow", flow.Value.Flow),
                ("q", query),
                ("limit", PageSize),
                ("cursor", query is null ? entries : null)
            )
        );
        string At(string? ofSessions, string? ofEntries) =>
            FlowPath(flow.Value.Flow)
            + ActInput
                .Asking(("q", query), ("sessions", ofSessions), ("entries", ofEntries))
                .Query.Value;
        return visit.Page<MemoryFlow>(
            new FlowModel
            {
                Flow = flow.Value,
                Sessions = listed.Value.Data,
                Entries = found.Refused ? [] : found.Value.Data,
                Query = query,
                NextSessions = listed.Value.NextCursor is { } later ? At(later, entries) : null,
                // What is found has one page: the best.
                NextEntries =
                    query is null && !found.Refused && found.Value.NextCursor is { } more
                        ? At(sessions, more)
                        : null,
                IsLaterSessions = sessions is not null,
                IsLaterEntries = query is null && entries is not null,
                Refusal = found.Refused ? found.Refusal : null,
                MayChange = visit.May(Scopes.RunsWrite),
            }
        );
    }

    private static async Task<IResult> Session(Visit visit, string id, string? cursor)
    {
        var session = await visit.Ask(
            "getMemorySession",
            MemoryJson.Default.SessionResponse,
            ActInput.Asking(("limit", PageSize), ("cursor", cursor)).On("id", id)
        );
        if (session.Refused)
            return visit.Refused(session.Refusal);
        var entries = await visit.Ask(
            "searchMemory",
            MemoryJson.Default.EntriesResponse,
            ActInput.Asking(
                ("flow", session.Value.Session.Flow),
                ("session", id),
                ("limit", PageSize)
            )
        );
        return entries.Refused
            ? visit.Refused(entries.Refusal)
            : visit.Page<MemorySession>(
                new SessionModel(
                    session.Value.Session,
                    session.Value.Turns,
                    entries.Value.Data,
                    session.Value.NextCursor is { } next
                        ? SessionPath(id) + QueryString.Create("cursor", next)
                        : null,
                    cursor is not null,
                    visit.May(Scopes.RunsWrite)
                )
            );
    }

    /// <summary>
    /// How much a flow remembers. The API lists flows by name and has no call for one, so that the list is asked for from just before it;
    /// a flow that is there and remembers nothing is shown as such.
    /// </summary>
    internal static async Task<Outcome<ListMemory.FlowShown>> Find(
        Visit visit,
        string owner,
        string name
    )
    {
        var flow = $"{owner}/{name}";
        if (!Config.FlowShape().IsMatch(flow))
            return Acts.Noted(visit.Context, FlowRefusals.NotFound);
        string? cursor = flow[..^1];
        while (cursor is not null)
        {
            var flows = await visit.Ask(
                "listMemory",
                MemoryJson.Default.FlowsResponse,
                ActInput.Asking(("limit", "200"), ("cursor", cursor))
            );
            if (flows.Refused)
                return flows.Refusal;
            if (flows.Value.Data.FirstOrDefault(each => each.Flow == flow) is { } found)
                return found;
            cursor = flows.Value.NextCursor;
        }
        var there = await visit.Ask(
            "getFlow",
            FlowJson.Default.OneResponse,
            new ActInput
            {
                Route = new() { ["owner"] = owner, ["name"] = name },
            }
        );
        return there.Refused
            ? there.Refusal
            : new ListMemory.FlowShown(flow, 0, 0, 0, there.Value.UpdatedAt);
    }

    /// <summary>A name, or the beginning of a text, that fits a line.</summary>
    public static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length == 0 ? "(blank)"
            : line.Length <= 60 ? line
            : line[..(char.IsHighSurrogate(line[58]) ? 58 : 59)] + "…";
    }

    /// <summary>The beginning of a long text; the CLI shows all of it.</summary>
    public static string Clip(string text, int longest, string whole)
    {
        if (text.Length <= longest)
            return text;
        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return $"{text[..end]}… {Words.Count(text.Length - end)} more characters: {whole} shows all of it";
    }
}
