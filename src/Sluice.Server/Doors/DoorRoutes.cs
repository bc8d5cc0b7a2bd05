using Sluice.Server.Doors.Decisions;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors;

internal static class DoorRoutes
{
    public static IServiceCollection AddDoors(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<LimitOptions>().Bind(configuration.GetSection("Limits"));
        services.AddOptions<AdminOptions>().Bind(configuration.GetSection("Admin"));
        return services
            .AddSingleton<RefusalLog>()
            .AddHostedService(provider => provider.GetRequiredService<RefusalLog>())
            .AddSingleton<KeyDoor>()
            .AddSingleton<SessionDoor>()
            .AddSingleton<LicenseDoor>()
            .AddSingleton<KeyFields>()
            .AddSingleton<TenantLimits>()
            .AddSingleton<ShowLimits>()
            .AddSingleton<AdminDoor>();
    }

    public static void MapLimits(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/settings/limits", ShowLimits.Handle)
            .WithName("listLimits")
            .Does("Say which limits hold for this tenant, and where each comes from")
            .Gives(SettingsJson.Default.TenantLimitList);

    public static void MapDecisions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/decisions/{request_id}", ShowDecision.Handle)
            .WithName("showDecision")
            .Does("Say why a request of this tenant was refused")
            .Gives(DecisionJson.Default.ShowDecisionResponse)
            .Refuses(DoorRefusals.DecisionNotFound);
        app.MapGet("/api/v1/admin/decisions/{request_id}", ShowDecision.Handle)
            .WithName("showTenantlessDecision")
            .Does("Say why a request was refused of which no tenant is known")
            .Gives(DecisionJson.Default.ShowDecisionResponse)
            .Refuses(DoorRefusals.DecisionNotFound);
    }
}
