using Sluice.Language;
using Sluice.Server.Console.Configs;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Settings;

/// <summary>Settings of the organisation: which limits hold and where each comes from, and how long runs, dead letters and what flows remember are kept.</summary>
internal static class SettingsPages
{
    public const string Root = "/console/settings";

    /// <summary>What the rows for flows are, to the act and in mistakes.</summary>
    public const string Letters = "dead_letter_days";

    /// <summary>Rows for flows that a form has beyond those that are there.</summary>
    public const int FreeRows = 2;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Root, (Visit visit) => Show(visit, FormState.Fresh, FormState.Fresh));
        pages.MapPost(Root, Save);
        pages.MapPost(Root + "/limits", SaveLimits);
    }

    /// <param name="Limits">All that hold, wherever they come from.</param>
    /// <param name="Config">The organisation's default config in the environment that is looked at, which has its own limits; null: there is none yet.</param>
    /// <param name="Form">Of how long things are kept.</param>
    /// <param name="LimitForm">Of the organisation's own limits.</param>
    internal sealed record Model(
        SettingsRoutes.Response Settings,
        IReadOnlyList<TenantLimit> Limits,
        ConfigShown? Config,
        bool MayLimit,
        FormState Form,
        FormState LimitForm
    );

    private static async Task<IResult> Show(Visit visit, FormState form, FormState limitForm)
    {
        var settings = await visit.Ask("getSettings", SettingsJson.Default.SettingsResponse);
        if (settings.Refused)
            return visit.Refused(settings.Refusal);
        var limits = await visit.Ask("listLimits", SettingsJson.Default.TenantLimitList);
        if (limits.Refused)
            return visit.Refused(limits.Refusal);
        var config = await DefaultConfig(visit);
        return config.Refused
            ? visit.Refused(config.Refusal)
            : visit.Page<SettingsPage>(
                new Model(
                    settings.Value,
                    limits.Value.Data,
                    config.Value.Data.FirstOrDefault(each => each.Flow is null),
                    visit.May("saveConfig"),
                    form,
                    limitForm
                )
            );
    }

    private static async Task<Outcome<ListConfigs.Response>> DefaultConfig(Visit visit) =>
        await visit.Ask("listConfigs", ConfigJson.Default.ListConfigsResponse);

    /// <summary>Limits of runs stand in the default config; its parameters stay as they are.</summary>
    private static async Task<IResult> SaveLimits(Visit visit)
    {
        var posted = await visit.Read();
        var mistakes = new List<Mistake>();
        var wish = ConfigFields.Read(posted, mistakes) with { Flow = null, Name = null };
        var kept = await DefaultConfig(visit);
        if (!kept.Refused && kept.Value.Data.FirstOrDefault(each => each.Flow is null) is { } now)
            wish = wish with { Params = now.Params };
        var refusal =
            posted.Refusal
            ?? (kept.Refused ? kept.Refusal : null)
            ?? (mistakes.Count > 0 ? CommonRefusals.InvalidInput.With(mistakes) : null)
            ?? await visit.Do(
                "saveConfig",
                ActInput.With(wish, ConfigJson.Default.SaveConfigRequest)
            );
        return refusal is null
            ? visit.Done(Root, "The limits hold for runs that start from now on.")
            : await Show(visit, FormState.Fresh, new FormState(posted, refusal));
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
            : await Show(visit, new FormState(posted, AtRows(refusal)), FormState.Fresh);
    }

    private static TenantSettings Wish(Posted posted, List<Mistake> mistakes)
    {
        var letters = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; posted.HasField($"flow_{row}"); row++)
        {
            if (posted.Text($"flow_{row}") is not { } flow)
                continue;
            var wrong = new List<Mistake>();
            if (posted.Number($"days_{row}", wrong) is not { } days)
                mistakes.Add(
                    AtRow(flow, wrong is [var why, ..] ? why.Message : "say for how many days")
                );
            else if (!letters.TryAdd(flow, Clamp(days)))
                mistakes.Add(AtRow(flow, "this flow is there twice"));
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

    private static Mistake AtRow(string flow, string message) =>
        new(Letters, $"for {flow}: {message}", Where: Letters);

    /// <summary>The act speaks of <c>dead_letter_days.FLOW</c>; the form shows what is wrong with its rows below them.</summary>
    private static Refusal AtRows(Refusal refusal) =>
        refusal.With([
            .. refusal.Mistakes.Select(mistake =>
                mistake.Where?.StartsWith(Letters + ".", StringComparison.Ordinal) == true
                    ? AtRow(mistake.Where[(Letters.Length + 1)..], mistake.Message)
                    : mistake
            ),
        ]);

    // What is out of range is for the act to say.
    private static int Clamp(long days) => (int)Math.Clamp(days, -1, int.MaxValue);
}
