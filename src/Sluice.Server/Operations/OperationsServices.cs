namespace Sluice.Server.Operations;

internal static class OperationsServices
{
    public static IServiceCollection AddOperations(this IServiceCollection services, string data) =>
        services.AddSingleton(_ => new FolderLock(data)).AddSingleton<DevelopmentTenant>();
}
