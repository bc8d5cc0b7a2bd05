using Sluice.Language;
using Sluice.Server.Keys;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Keys;

/// <summary>How fast, and how much, one key may call.</summary>
internal static class KeyLimitPages
{
    private const string One = KeyPages.Root + "/{id}/limits";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(One, (Visit visit, string id) => Ask(visit, id, FormState.Fresh));
        pages.MapPost(One, Save);
    }

    private static async Task<IResult> Ask(Visit visit, string id, FormState form)
    {
        var key = await KeyPages.Find(visit, id);
        return key.Refused
            ? visit.Refused(key.Refusal)
            : visit.Page<KeyLimits>(new KeyPages.AskModel(key.Value, form));
    }

    private static async Task<IResult> Save(Visit visit, string id)
    {
        var posted = await visit.Read();
        var mistakes = new List<Mistake>();
        // 0 takes a limit away, and so does an empty field.
        var wish = new UpdateKey.Request
        {
            RateLimit = posted.Number("rate_limit", mistakes) ?? 0,
            DailyQuota = posted.Number("daily_quota", mistakes) ?? 0,
        };
        var refusal =
            posted.Refusal
            ?? (mistakes.Count > 0 ? CommonRefusals.InvalidInput.With(mistakes) : null)
            ?? await visit.Do(
                "updateKey",
                ActInput.With(wish, KeyJson.Default.UpdateKeyRequest).On("id", id)
            );
        return refusal is null
            ? visit.Done($"{KeyPages.Root}/{id}", "The limits hold from the key's next use on.")
            : await Ask(visit, id, new FormState(posted, refusal));
    }
}
