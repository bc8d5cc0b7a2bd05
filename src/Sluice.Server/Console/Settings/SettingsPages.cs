using Sluice.Language;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Settings;

/// <summary>Settings of the organisation: how long runs, dead letters and what flows remember are kept.</summary>
internal static class SettingsPages
{
    public const string Root = "/console/settings";

    /// <summary>Rows for flows that a form has beyond those that are there.</summary>
    public const int FreeRows = 2;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, (Visit visit) => Show(visit, FormState.Fresh));
        pages.MapPost(Root, Save);
    }

    internal sealed record Model(SettingsRoutes.Response Settings, FormState Form);

    private static async Task<IResult> Show(Visit visit, FormState form)
    {
        var settings = await visit.Ask("getSettings", SettingsJson.Default.SettingsResponse);
        return settings.Refused
            ? visit.Refused(settings.Refusal)
            : visit.Page<SettingsPage>(new Model(settings.Value, form));
    }

    private static async Task<IResult> Save(Visit visit)
    {
        var posted = await visit.Read();
        var mistakes = new List<Mistake>();
        var wish = Wish(posted, mistakes);
        var refusal =
            posted.Refusal
            ?? (mistakes.Count > 0 ? CommonRefusals.InvalidInput.With(mistakes) : null)
            ?? await visit.Do(
                "saveSettings",
                ActInput.With(wish, SettingsJson.Default.TenantSettings)
            );
        return refusal is null
            ? visit.Done(Root, "The settings are saved.")
            : await Show(visit, new FormState(posted, refusal));
    }

    private static TenantSettings Wish(Posted posted, List<Mistake> mistakes)
    {
        var letters = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; posted.HasField($"flow_{row}"); row++)
        {
            if (posted.Text($"flow_{row}") is not { } flow)
                continue;
            if (posted.Number($"days_{row}", mistakes) is { } days)
                letters[flow] = Clamp(days);
        }
        return new TenantSettings
        {
            RetentionDays = posted.Number("retention_days", mistakes) is { } kept
                ? Clamp(kept)
                : null,
            MemoryDays = posted.Number("memory_days", mistakes) is { } remembered
                ? Clamp(remembered)
                : null,
            DeadLetterDays = letters,
        };
    }

    // What is out of range is for the act to say.
    private static int Clamp(long days) => (int)Math.Clamp(days, -1, int.MaxValue);
}
