namespace Sluice.Server.Doors;

internal static class DoorRoutes
{
    public static IServiceCollection AddDoors(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<LimitOptions>().Bind(configuration.GetSection("Limits"));
        return services
            .AddSingleton<KeyDoor>()
            .AddSingleton<SessionDoor>()
            .AddSingleton<KeyFields>()
            .AddSingleton<TenantLimits>()
            .AddSingleton<AdminDoor>();
    }
}
