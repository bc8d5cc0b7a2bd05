namespace Sluice.Server.Doors;

internal static class DoorRoutes
{
    public static IServiceCollection AddDoors(this IServiceCollection services) =>
        services.AddSingleton<KeyDoor>().AddSingleton<AdminDoor>();
}
