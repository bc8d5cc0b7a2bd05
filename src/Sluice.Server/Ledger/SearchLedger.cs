using System.Globalization;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>Finds entries of the caller's ledger, newest first. Beside our own names it takes and gives those of the older audit API.</summary>
internal static class SearchLedger
{
    private const int Default = 100;
    private const int Most = 1000;
    private const int MostCounted = 10_000;
    private const int FarthestOffset = 100_000;

    internal sealed record Request
    {
        /// <summary>Such as <c>key.revoke</c>; <c>key.*</c> for all that begins so.</summary>
        public string? Action { get; init; }

        /// <summary><c>done</c> or <c>refused</c>.</summary>
        public string? Result { get; init; }

        /// <summary>Code of a refusal.</summary>
        public string? Code { get; init; }

        /// <summary><c>key</c>, <c>license</c>, <c>session</c>, <c>scim</c>, <c>admin</c> or <c>none</c>.</summary>
        public string? Door { get; init; }

        /// <summary>Id of the member or service account.</summary>
        public string? Actor { get; init; }

        /// <summary>Its e-mail address, or a service account's name.</summary>
        public string? UserEmail { get; init; }

        public string? KeyId { get; init; }

        /// <summary>The same as <c>key_id</c>.</summary>
        public string? ClientId { get; init; }

        /// <summary><c>live</c> or <c>test</c>.</summary>
        public string? Environment { get; init; }

        /// <summary>Where it came from.</summary>
        public string? Address { get; init; }

        /// <summary>The <c>X-Request-Id</c> of an answer.</summary>
        public string? RequestId { get; init; }

        public string? TargetKind { get; init; }

        /// <summary>Id or name of the thing.</summary>
        public string? Target { get; init; }

        /// <summary>From this time on.</summary>
        public DateTimeOffset? StartTime { get; init; }

        /// <summary>Before this time.</summary>
        public DateTimeOffset? EndTime { get; init; }

        /// <summary>The same as <c>action</c>.</summary>
        public string? RequestType { get; init; }

        /// <summary>1 to 1000; 100 when absent.</summary>
        public int? Limit { get; init; }

        /// <summary>The <c>next_cursor</c> of the page before.</summary>
        public string? Cursor { get; init; }

        /// <summary>Entries to pass over, up to 100000; a cursor is faster, and does not slip while entries are added.</summary>
        public int? Offset { get; init; }
    }

    internal sealed record Response
    {
        public required IReadOnlyList<LedgerEntryShown> Entries { get; init; }

        /// <summary>How many match in all, counted up to 10000.</summary>
        public required long Total { get; init; }

        public required int Limit { get; init; }

        public required int Offset { get; init; }

        /// <summary>Asks for the next page; absent at the end.</summary>
        public string? NextCursor { get; init; }
    }

    public static async Task<IResult> Handle(HttpContext context, Caller caller, Database database)
    {
        var (bytes, tooLarge) = await Body.ReadAll(context, Body.ManagementLimit);
        if (tooLarge is not null)
            return tooLarge;
        var body =
            bytes.Length == 0
                ? new Request()
                : Body.Parse(bytes.Span, LedgerJson.Default.SearchLedgerRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var filter = LedgerFilter.Read(body.Value, mistakes);
        // What is counted is all that matches, whichever page is asked for.
        var all = LedgerFilter.Read(body.Value with { Cursor = null }, []);
        var limit = Within(body.Value.Limit ?? Default, 1, Most, "limit", mistakes);
        var offset = Within(body.Value.Offset ?? 0, 0, FarthestOffset, "offset", mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var chain = LedgerRoutes.ChainOf(caller);
        var (found, total) = await database.Read(
            async session =>
                (
                    await LedgerStore.Search(session, chain, filter, offset, limit + 1),
                    await LedgerStore.Count(session, chain, all, MostCounted)
                ),
            context.RequestAborted
        );
        return TypedResults.Json(
            new Response
            {
                Entries = [.. found.Take(limit).Select(LedgerEntryShown.Of)],
                Total = total,
                Limit = limit,
                Offset = offset,
                NextCursor =
                    found.Count > limit
                        ? found[limit - 1].Seq.ToString(CultureInfo.InvariantCulture)
                        : null,
            },
            LedgerJson.Default.SearchLedgerResponse
        );
    }

    private static int Within(int value, int least, int most, string where, List<Mistake> mistakes)
    {
        if (value < least || value > most)
            mistakes.Add(
                new Mistake(
                    "out_of_range",
                    $"{where} is a whole number from {least} to {most}",
                    Where: where
                )
            );
        return value;
    }
}

/// <summary>An entry as an answer shows it.</summary>
internal sealed record LedgerEntryShown
{
    /// <summary>Number in the ledger, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary>The same as a text that is unique in the whole house.</summary>
    public required string Id { get; init; }

    public required string At { get; init; }

    /// <summary>The same as <c>at</c>.</summary>
    public string Timestamp => At;

    public required string Action { get; init; }

    /// <summary>The same as <c>action</c>.</summary>
    public string RequestType => Action;

    public required string Result { get; init; }

    /// <summary>Whether it was done.</summary>
    public bool Success => Result == LedgerEntry.Done;

    /// <summary>Whether it was refused.</summary>
    public bool Blocked => !Success;

    public string? Code { get; init; }

    public required string Door { get; init; }

    public required string ActorKind { get; init; }

    public string? Actor { get; init; }

    public string? ActorName { get; init; }

    /// <summary>The same as <c>actor_name</c>, where a person did it.</summary>
    public string? UserEmail => ActorKind == OwnerKinds.Member ? ActorName : null;

    public string? KeyId { get; init; }

    /// <summary>The same as <c>key_id</c>.</summary>
    public string? ClientId => KeyId;

    public string? Environment { get; init; }

    public string? Address { get; init; }

    public string? RequestId { get; init; }

    public string? TargetKind { get; init; }

    public string? Target { get; init; }

    public required IReadOnlyDictionary<string, string> Details { get; init; }

    public required string TenantId { get; init; }

    /// <summary>64 hexadecimal digits; what it is over, spec/ledger.md says.</summary>
    public required string Hash { get; init; }

    public static LedgerEntryShown Of(LedgerEntry entry) =>
        new()
        {
            Seq = entry.Seq,
            Id = $"{entry.TenantId}:{entry.Seq}",
            At = LedgerTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(entry.At)),
            Action = entry.Action,
            Result = entry.Result,
            Code = entry.Code,
            Door = entry.Door,
            ActorKind = entry.ActorKind,
            Actor = entry.Actor,
            ActorName = entry.ActorName,
            KeyId = entry.KeyId,
            Environment = entry.Environment,
            Address = entry.Address,
            RequestId = entry.RequestId,
            TargetKind = entry.TargetKind,
            Target = entry.Target,
            Details = entry.ReadDetails(),
            TenantId = entry.TenantId,
            Hash = Convert.ToHexStringLower(entry.Hash),
        };
}
