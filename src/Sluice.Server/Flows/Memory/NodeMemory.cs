using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Runner;
using Sluice.Seal;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

/// <summary>
/// What nodes remember. Whose it is comes from the run; what a node says is looked up within that. Each write is durable
/// when it is answered, and whatever cannot be done is an answer that says why.
/// </summary>
internal sealed class NodeMemory(
    Database database,
    RunPayloads payloads,
    UlidSource ids,
    IOptions<MemoryOptions> options,
    SharedLimits shared,
    TimeProvider clock
)
{
    private static readonly string[] Roles = ["user", "assistant", "tool", "system"];

    private readonly TokenBuckets _buckets = shared.Of("memory");

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="origin">Which write of which call it is; a write with the same origin and content is one that was made before.</param>
    public async ValueTask<NodeAnswer> Answer(
        MemoryScope scope,
        NodeQuestion question,
        string origin,
        CancellationToken stop
    )
    {
        var rate = options.Value.MaxPerSecond;
        if (!_buckets.Take(scope.TenantId, rate, Math.Max(1, 2 * rate)).Taken)
            return NodeAnswer.No(
                "rate_limited",
                $"The tenant's nodes asked their memory more than {rate:0.#} times in a second; try again a little later."
            );
        if (Mistake(question) is { } mistake)
            return mistake;
        try
        {
            return question.Kind switch
            {
                QuestionKind.AppendTurn => await Append(scope, question, origin, stop),
                QuestionKind.LastTurns => await Last(scope, question, stop),
                QuestionKind.EndSession => await End(scope, question, stop),
                QuestionKind.WriteEntry => await Write(scope, question, origin, stop),
                _ => await Find(scope, question, stop),
            };
        }
        catch (StoreUnavailableException)
        {
            return NodeAnswer.No("unavailable", "The memory cannot be read or written just now.");
        }
    }

    private async Task<NodeAnswer> Append(
        MemoryScope scope,
        NodeQuestion question,
        string origin,
        CancellationToken stop
    )
    {
        var content = Encoding.UTF8.GetBytes(question.Text);
        var sealer = await payloads.Sealer(scope.TenantId, stop);
        var limits = options.Value;
        return await database.Write(
            async session =>
            {
                // Held first, so that of two that make the same call the second sees what the first wrote.
                var flow = await MemoryStore.Hold(session, scope, Now);
                var before = await MemoryStore.TurnOf(session, scope.TenantId, origin);
                if (before is not null && await Same(session, scope, before, question))
                    return new NodeAnswer { Id = before.Id };
                var (row, no) = await Enter(session, scope, flow, question.Session);
                if (no is not null)
                    return no;
                if (row!.Turns >= limits.MaxTurns)
                    return Full($"The session has {limits.MaxTurns} turns, as many as it may.");
                if (flow.Bytes + content.Length > limits.MaxBytes)
                    return FullOfBytes();
                var turn = new TurnRow
                {
                    SessionId = row.Id,
                    Seq = row.Turns + 1,
                    Id = ids.NextText(),
                    Role = question.Role,
                    ToolName = question.ToolName,
                    ToolCallId = question.ToolCallId,
                    Size = content.Length,
                    Origin = before is null ? origin : null,
                    CreatedAt = Now,
                };
                List<PayloadSealer.Large>? aside = null;
                var kept = sealer.Seal(row.Id, turn.Place, content, ref aside)!;
                await MemoryStore.Insert(session, scope.TenantId, turn with { Content = kept });
                await MemoryStore.Use(session, scope.TenantId, row.Id, 1, Now);
                await MemoryStore.Count(session, scope, 0, 0, content.Length, Now);
                return new NodeAnswer { Id = turn.Id };
            },
            stop
        );
    }

    private static async Task<bool> Same(
        Session session,
        MemoryScope scope,
        TurnRow before,
        NodeQuestion question
    ) =>
        before.Role == question.Role
        && before.Text == question.Text
        && before.ToolName == question.ToolName
        && before.ToolCallId == question.ToolCallId
        && (await MemoryStore.Session(session, scope.TenantId, before.SessionId))?.Name
            == question.Session;

    private async Task<NodeAnswer> Last(
        MemoryScope scope,
        NodeQuestion question,
        CancellationToken stop
    )
    {
        var turns = await database.Read(
            async session =>
                await MemoryStore.Named(session, scope, question.Session) is { } row
                    ? await MemoryStore.Last(
                        session,
                        scope.TenantId,
                        row.Id,
                        (int)question.Count,
                        MemoryOptions.MostBytesRead
                    )
                    : [],
            stop
        );
        return new NodeAnswer
        {
            Turns =
            [
                .. turns.Select(turn => new MemoryTurn(
                    turn.Id,
                    question.Session,
                    turn.Role,
                    turn.Text,
                    turn.CreatedAt,
                    turn.ToolName,
                    turn.ToolCallId
                )),
            ],
        };
    }

    private async Task<NodeAnswer> End(
        MemoryScope scope,
        NodeQuestion question,
        CancellationToken stop
    )
    {
        await database.Write(
            async session =>
            {
                if (await MemoryStore.Named(session, scope, question.Session) is { } row)
                    await MemoryStore.End(session, scope.TenantId, row.Id, Now);
            },
            stop
        );
        return NodeAnswer.Done;
    }

    private async Task<NodeAnswer> Write(
        MemoryScope scope,
        NodeQuestion question,
        string origin,
        CancellationToken stop
    )
    {
        var size = Encoding.UTF8.GetByteCount(question.Text);
        var limits = options.Value;
        return await database.Write(
            async session =>
            {
                var flow = await MemoryStore.Hold(session, scope, Now);
                var before = await EntryStore.EntryOf(session, scope.TenantId, origin);
                if (before?.Content == question.Text && (before.Session ?? "") == question.Session)
                    return new NodeAnswer { Id = before.Id };
                if (flow.Entries >= limits.MaxEntries)
                    return Full($"The flow has {limits.MaxEntries} entries, as many as it may.");
                if (flow.Bytes + size > limits.MaxBytes)
                    return FullOfBytes();
                string? of = null;
                if (question.Session.Length > 0)
                {
                    var (row, no) = await Enter(session, scope, flow, question.Session);
                    if (no is not null)
                        return no;
                    of = row!.Id;
                    await MemoryStore.Use(session, scope.TenantId, of, 0, Now);
                }
                var entry = new EntryRow
                {
                    Id = ids.NextText(),
                    Environment = scope.Environment,
                    Flow = scope.Flow,
                    SessionId = of,
                    Content = question.Text,
                    Importance = question.Importance,
                    Size = size,
                    Origin = before is null ? origin : null,
                    CreatedAt = Now,
                };
                await EntryStore.Insert(session, scope, entry);
                await MemoryStore.Count(session, scope, 0, 1, size, Now);
                return new NodeAnswer { Id = entry.Id };
            },
            stop
        );
    }

    private async Task<NodeAnswer> Find(
        MemoryScope scope,
        NodeQuestion question,
        CancellationToken stop
    )
    {
        var asked = MemoryWords.Asked(question.Text);
        var found = await database.Read(
            async session =>
            {
                string[] marks = [EntryStore.Own(scope)];
                if (
                    question.Session.Length > 0
                    && await MemoryStore.Named(session, scope, question.Session) is { } row
                )
                    marks = [.. marks, EntryStore.Of(scope, row.Id)];
                return await EntryStore.Search(
                    session,
                    scope.TenantId,
                    marks,
                    asked,
                    (int)question.Count
                );
            },
            stop
        );
        return new NodeAnswer
        {
            Entries =
            [
                .. found.Select(each => new MemoryEntry(
                    each.Entry.Id,
                    each.Entry.Content,
                    each.Entry.Session ?? "",
                    each.Entry.Importance,
                    each.Score,
                    each.Entry.CreatedAt
                )),
            ],
        };
    }

    /// <summary>The session to add to, which is made when it is not there.</summary>
    private async Task<(SessionRow? Row, NodeAnswer? No)> Enter(
        Session session,
        MemoryScope scope,
        FlowMemoryRow flow,
        string name
    )
    {
        if (await MemoryStore.Named(session, scope, name) is { } found)
            return found.EndedAt is null
                ? (found, null)
                : (null, NodeAnswer.No("ended", "The session has ended."));
        if (flow.Sessions >= options.Value.MaxSessions)
            return (
                null,
                Full($"The flow has {options.Value.MaxSessions} sessions, as many as it may.")
            );
        var row = new SessionRow
        {
            Id = ids.NextText(),
            Environment = scope.Environment,
            Flow = scope.Flow,
            Name = name,
            CreatedAt = Now,
            UsedAt = Now,
        };
        await MemoryStore.Insert(session, scope.TenantId, row);
        await MemoryStore.Count(session, scope, 1, 0, 0, Now);
        return (row, null);
    }

    private NodeAnswer FullOfBytes() =>
        Full($"The flow remembers {options.Value.MaxBytes >> 20} MiB, as much as it may.");

    private static NodeAnswer Full(string message) => NodeAnswer.No("full", message);

    /// <summary>What is wrong with a question.</summary>
    private static NodeAnswer? Mistake(NodeQuestion question)
    {
        var ofSession =
            question.Kind
            is QuestionKind.AppendTurn
                or QuestionKind.LastTurns
                or QuestionKind.EndSession;
        if (ofSession && question.Session.Length == 0)
            return Invalid("A session has a name.");
        if (TooLong(question.Session, MemoryOptions.LongestName))
            return Long("the name of a session", MemoryOptions.LongestName);
        if (
            TooLong(question.ToolName, MemoryOptions.LongestName)
            || TooLong(question.ToolCallId, MemoryOptions.LongestName)
        )
            return Long("a tool's name or call id", MemoryOptions.LongestName);
        foreach (
            var text in (string[])
                [question.Session, question.Text, question.ToolName, question.ToolCallId]
        )
            if (text.Contains('\0', StringComparison.Ordinal))
                return Invalid("U+0000 cannot be remembered.");
        return question.Kind switch
        {
            QuestionKind.AppendTurn when !Roles.Contains(question.Role) => Invalid(
                "A role is user, assistant, tool or system."
            ),
            QuestionKind.AppendTurn when TooLong(question.Text, MemoryOptions.LongestTurn) => Long(
                "a turn",
                MemoryOptions.LongestTurn
            ),
            QuestionKind.LastTurns when question.Count is < 1 or > MemoryOptions.MostTurnsRead =>
                Invalid($"1 to {MemoryOptions.MostTurnsRead} turns can be had at once."),
            QuestionKind.WriteEntry when question.Text.Length == 0 => Invalid(
                "An entry has a content."
            ),
            QuestionKind.WriteEntry when TooLong(question.Text, MemoryOptions.LongestEntry) => Long(
                "an entry",
                MemoryOptions.LongestEntry
            ),
            QuestionKind.WriteEntry when question.Importance is not (>= 0 and <= 1) => Invalid(
                "An importance is 0 to 1."
            ),
            QuestionKind.FindEntries when TooLong(question.Text, MemoryOptions.LongestQuery) =>
                Long("a query", MemoryOptions.LongestQuery),
            QuestionKind.FindEntries when question.Count is < 1 or > MemoryOptions.MostFound =>
                Invalid($"1 to {MemoryOptions.MostFound} entries can be had at once."),
            _ => null,
        };
    }

    private static bool TooLong(string text, int most) =>
        text.Length > most || Encoding.UTF8.GetByteCount(text) > most;

    private static NodeAnswer Invalid(string message) => NodeAnswer.No("invalid", message);

    private static NodeAnswer Long(string what, int most) =>
        NodeAnswer.No("too_large", $"The limit for {what} is {most} bytes.");
}
