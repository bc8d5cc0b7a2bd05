using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Leaks;

internal static class LeakRoutes
{
    public static IServiceCollection AddLeaks(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<LeakOptions>()
            .Bind(configuration.GetSection("Leaks"))
            .Validate(
                static leaks => leaks.IsGood(),
                "Leaks: PublicKeys is an https address or the full path of a file, and PerMinute 1 or more."
            )
            .ValidateOnStart();
        services.AddSingleton<LeakKeys>();
        services.AddSingleton<LeakLetters>();
        services.AddSingleton<ILeakKind, KeyLeaks>();
        services.AddSingleton<ILeakKind, LicenseLeaks>();
        services.AddSingleton<ILeakKind, AdminKeyLeaks>();
        services.AddSingleton<ILeakKind, WebhookLeaks>();
        services.AddSingleton<ReportLeaks>();
        return services;
    }

    public static void MapLeaks(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/v1/leaks", ReportLeaks.Handle)
            .WithName("reportLeaks")
            .Does(
                "Report texts that were found in public; what is a credential of this server is ended at once (GitHub's secret scanning partner programme)"
            )
            .TakesBytes(
                "application/json",
                "a list of objects with token, type, url and source, as it was signed: Github-Public-Key-Identifier names the key, Github-Public-Key-Signature is its signature in base64"
            )
            .Gives(LeakJson.Default.LeakLabels)
            .Refuses(
                LeakRefusals.Off,
                LeakRefusals.NotSigned,
                LeakRefusals.NoKeys,
                KeyRefusals.RateLimited
            );
}
