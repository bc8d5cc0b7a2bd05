using Microsoft.Extensions.Options;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Settings;

internal static partial class SettingsRoutes
{
    /// <param name="RetentionDays">Days for which runs are kept after their end.</param>
    /// <param name="MemoryDays">Days for which sessions are kept after something was last added, and entries after they were written.</param>
    /// <param name="DeadLetterDays">By flow, days for which its dead letters are kept.</param>
    /// <param name="IsDefault">Whether <paramref name="RetentionDays"/> is the house's default.</param>
    /// <param name="MemoryIsDefault">Whether <paramref name="MemoryDays"/> is the house's default.</param>
    internal sealed record Response(
        int RetentionDays,
        int MemoryDays,
        IReadOnlyDictionary<string, int> DeadLetterDays,
        bool IsDefault,
        bool MemoryIsDefault
    );

    public static IServiceCollection AddSettings(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<RetentionOptions>()
            .Bind(configuration.GetSection("Retention"))
            .Validate(
                retention =>
                    retention.Days is >= 1 and <= TenantSettings.MostDays
                    && retention.MemoryDays is >= 1 and <= TenantSettings.MostDays
                    && retention.Every > TimeSpan.Zero,
                "Retention: Days and MemoryDays are 1 to 3650, Every a time."
            );
        services.AddSingleton<RunRemover>();
        services.AddHostedService(provider => provider.GetRequiredService<RunRemover>());
        return services;
    }

    public static void MapSettings(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/settings", Show)
            .WithName("getSettings")
            .Does("Show how long runs, dead letters and what flows remember are kept")
            .Gives(SettingsJson.Default.SettingsResponse);
        app.MapPut("/api/v1/settings", Save)
            .WithName("saveSettings")
            .Does(
                "Say how long runs, dead letters and what flows remember are kept; what is left out is the default again"
            )
            .Takes(SettingsJson.Default.TenantSettings)
            .Gives(SettingsJson.Default.SettingsResponse);
    }

    private static async Task<IResult> Show(
        Caller caller,
        Database database,
        IOptions<RetentionOptions> retention,
        CancellationToken stop
    ) =>
        Shown(
            await database.Read(s => TenantSettings.Read(s, caller.TenantId), stop),
            retention.Value
        );

    private static async Task<IResult> Save(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        IOptions<RetentionOptions> retention,
        TimeProvider clock,
        ILogger<TenantSettings> log
    )
    {
        var body = await Body.Read(context, SettingsJson.Default.TenantSettings);
        if (body.Refused)
            return body.Refusal;
        var mistakes = body.Value.Mistakes().ToList();
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await database.Write(
            async session =>
            {
                await body.Value.Write(session, caller.TenantId, now);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("settings.save", "settings", "settings")
                    {
                        ["retention_days"] = body.Value.RetentionDays?.ToString() ?? "default",
                        ["memory_days"] = body.Value.MemoryDays?.ToString() ?? "default",
                        ["dead_letter_flows"] = body.Value.DeadLetterDays?.Count.ToString(),
                    }
                );
            },
            context.RequestAborted
        );
        var days = body.Value.RetentionDays ?? retention.Value.Days;
        LogSaved(log, caller.TenantId, days, body.Value.DeadLetterDays?.Count ?? 0);
        return Shown(body.Value, retention.Value);
    }

    private static IResult Shown(TenantSettings settings, RetentionOptions retention) =>
        TypedResults.Json(
            new Response(
                settings.RetentionDays ?? retention.Days,
                settings.MemoryDays ?? retention.MemoryDays,
                settings.DeadLetterDays ?? [],
                settings.RetentionDays is null,
                settings.MemoryDays is null
            ),
            SettingsJson.Default.SettingsResponse
        );

    [LoggerMessage(
        1340,
        LogLevel.Information,
        "Tenant {TenantId} keeps runs for {Days} days, and dead letters of {Flows} flows for other times"
    )]
    private static partial void LogSaved(ILogger log, string tenantId, int days, int flows);
}
