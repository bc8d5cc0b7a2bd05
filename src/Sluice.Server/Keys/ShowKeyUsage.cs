using Sluice.Language;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>What a key was used for, day by day in UTC; written within seconds of the calls.</summary>
internal static class ShowKeyUsage
{
    private const long DayMs = 86_400_000;

    internal sealed record Day(DateOnly Date, long Calls, long Refusals);

    internal sealed record Response
    {
        public required string KeyId { get; init; }

        /// <summary>Calls that were let in, in all of the days.</summary>
        public required long Calls { get; init; }

        /// <summary>Calls that the key's own limits or addresses refused.</summary>
        public required long Refusals { get; init; }

        public required DateTimeOffset? LastUsedAt { get; init; }

        public required string? LastAddress { get; init; }

        /// <summary>Every day, oldest first, those without a call too.</summary>
        public required IReadOnlyList<Day> Days { get; init; }
    }

    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Database database,
        TimeProvider clock
    )
    {
        var mistakes = new List<Mistake>();
        var days = 30;
        var text = context.Request.Query["days"].ToString();
        if (text.Length > 0 && (!int.TryParse(text, out days) || days is < 1 or > 365))
            mistakes.Add(
                new Mistake("out_of_range", "days is a whole number from 1 to 365", Where: "days")
            );
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var today = clock.GetUtcNow().ToUnixTimeMilliseconds() / DayMs;
        var since = today - days + 1;
        var read = await database.Read(
            async session =>
            {
                var found = await FindKey.Find(session, caller, id);
                if (found.Refused)
                    return (found, []);
                return (found, await KeyUsageStore.Days(session, caller.TenantId, id, since));
            },
            context.RequestAborted
        );
        return read.found.Refused
            ? read.found.Refusal
            : TypedResults.Json(
                Show(read.found.Value, read.Item2, since, today),
                KeyJson.Default.ShowKeyUsageResponse
            );
    }

    private static Response Show(Key key, IReadOnlyList<KeyDay> kept, long since, long today)
    {
        var byDay = kept.ToDictionary(day => day.Day);
        var shown = KeyShown.Of(key);
        return new Response
        {
            KeyId = key.Id,
            Calls = kept.Sum(day => day.Calls),
            Refusals = kept.Sum(day => day.Refusals),
            LastUsedAt = shown.LastUsedAt,
            LastAddress = shown.LastAddress,
            Days =
            [
                .. Enumerable
                    .Range(0, (int)(today - since) + 1)
                    .Select(offset => since + offset)
                    .Select(day => new Day(
                        DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day)),
                        byDay.GetValueOrDefault(day)?.Calls ?? 0,
                        byDay.GetValueOrDefault(day)?.Refusals ?? 0
                    )),
            ],
        };
    }
}
