using Sluice.Server.Console.Accounts;
using Sluice.Server.Console.Audit;
using Sluice.Server.Console.Components;
using Sluice.Server.Console.Configs;
using Sluice.Server.Console.Flows;
using Sluice.Server.Console.Home;
using Sluice.Server.Console.Keys;
using Sluice.Server.Console.Licenses;
using Sluice.Server.Console.Members;
using Sluice.Server.Console.Memory;
using Sluice.Server.Console.Packages;
using Sluice.Server.Console.Profile;
using Sluice.Server.Console.Runs;
using Sluice.Server.Console.Secrets;
using Sluice.Server.Console.Security;
using Sluice.Server.Console.Sessions;
using Sluice.Server.Console.Settings;
using Sluice.Server.Console.SignIn;
using Sluice.Server.Console.Usage;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

internal static class ConsoleRoutes
{
    public static IServiceCollection AddConsole(this IServiceCollection services) =>
        services.AddSingleton<Acts>();

    /// <param name="development">Whether the page of all components is served.</param>
    public static void MapConsole(this IEndpointRouteBuilder app, bool development)
    {
        var pages = app.MapGroup("").ArePages();
        pages.MapGet("/console/assets/{name}", ConsoleAssets.Handle);
        pages.MapGet("/console/{**rest}", (Visit visit) => visit.Refused(CommonRefusals.NotFound));
        SignInPages.Map(pages);
        HomePages.Map(pages);
        SessionPages.Map(pages);
        OrganisationPages.Map(pages);
        ProfilePages.Map(pages);
        SecurityPages.Map(pages);
        PasswordPages.Map(pages);
        KeyPages.Map(pages);
        SecretPages.Map(pages);
        UsagePages.Map(pages);
        ConfigPages.Map(pages);
        RunPages.Map(pages);
        MemoryPages.Map(pages);
        MemoryDeletePages.Map(pages);
        PackagePages.Map(pages);
        FlowPages.Map(pages);
        CanvasPages.Map(pages);
        AccountPages.Map(pages);
        MemberPages.Map(pages);
        InvitationPages.Map(pages);
        AuditPages.Map(pages);
        LicensePages.Map(pages);
        SettingsPages.Map(pages);
        if (development)
            pages.MapGet("/console/_components", (Visit visit) => visit.Page<ComponentsPage>());
    }
}
