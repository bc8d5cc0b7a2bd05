using System.Globalization;
using Sluice.Server.Ledger;
using Sluice.Server.Webhooks;

namespace Sluice.Server.Console.Audit;

/// <summary>The audit log: who did what, when, from where and with what result; filtered, and exported as it is.</summary>
internal static class AuditPages
{
    public const string Root = "/console/audit";

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet(Root, Show);

    /// <summary>What is asked for, as it was typed.</summary>
    internal sealed record Filter(
        string? Action,
        string? Who,
        string? Result,
        string? Target,
        string? From,
        string? Until
    )
    {
        public string Query(string? cursor) =>
            ActInput
                .Asking(
                    ("action", Action),
                    ("who", Who),
                    ("result", Result),
                    ("target", Target),
                    ("from", From),
                    ("until", Until),
                    ("cursor", cursor)
                )
                .Query.Value
            ?? "";

        public bool IsEmpty => Query(null).Length == 0;
    }

    internal sealed record Model(
        IReadOnlyList<LedgerEntryShown> Entries,
        long Total,
        Filter Filter,
        string? Next,
        bool IsLater,
        ShowChain.Response? Chain,
        IReadOnlyList<StreamShown> Streams
    );

    private static async Task<IResult> Show(
        Visit visit,
        string? action,
        string? who,
        string? result,
        string? target,
        string? from,
        string? until,
        string? cursor
    )
    {
        var filter = new Filter(action, who, result, target, from, until);
        var request = new SearchLedger.Request
        {
            Action = Given(action),
            UserEmail = Given(who),
            Result = Given(result),
            Target = Given(target),
            StartTime = Day(from) is { } first ? visit.Zone.Begin(first) : null,
            // The whole of the day is meant: up to where the next begins.
            EndTime = Day(until) is { } last ? visit.Zone.End(last) : null,
            Limit = 50,
            Cursor = Given(cursor),
        };
        var found = await visit.Ask(
            "searchLedger",
            LedgerJson.Default.SearchLedgerResponse,
            ActInput.With(request, LedgerJson.Default.SearchLedgerRequest)
        );
        var chain = await visit.Ask("showLedgerChain", LedgerJson.Default.ShowChainResponse);
        var streams = await visit.Ask("listAuditStreams", StreamJson.Default.ReadStreamsResponse);
        return found.Refused
            ? visit.Refused(found.Refusal)
            : visit.Page<AuditPage>(
                new Model(
                    found.Value.Entries,
                    found.Value.Total,
                    filter,
                    found.Value.NextCursor is { } next ? Root + filter.Query(next) : null,
                    cursor is not null,
                    chain.Value,
                    streams.Refused ? [] : streams.Value.Data
                )
            );
    }

    /// <summary>How the chain stands, in words.</summary>
    public static string Standing(ShowChain.Response chain) =>
        chain.Status switch
        {
            ShowChain.Broken =>
                $"The chain is broken: entry {Words.Count(chain.BrokenAt ?? 0)} was changed or is missing. Tell the operator of this server, keep what you have exported, and verify it.",
            _ when chain.Checked == chain.Seq =>
                $"The chain holds: {Words.Count(chain.Seq, "entry", "entries")}, all of them looked at just now.",
            _ =>
                $"The chain holds: {Words.Count(chain.Seq, "entry", "entries")}, the newest {Words.Count(chain.Checked)} looked at just now.",
        };

    private static string? Given(string? text) =>
        text?.Trim() is { Length: > 0 } given ? given : null;

    /// <summary>Null for what is no day.</summary>
    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(
            text,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day
            : null;
}
