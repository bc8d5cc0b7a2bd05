using Sluice.Seal;
using Sluice.Server.Console;
using Sluice.Server.Description;
using Sluice.Server.Doors;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Flows.Settings;
using Sluice.Server.Flows.Usage;
using Sluice.Server.Identity;
using Sluice.Server.Identity.Factors;
using Sluice.Server.Identity.Invitations;
using Sluice.Server.Identity.Passkeys;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Identity.Profiles;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Keys;
using Sluice.Server.Keys.Device;
using Sluice.Server.Keys.Leaks;
using Sluice.Server.Keys.UserTokens;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Operations;
using Sluice.Server.Operations.Organizations;
using Sluice.Server.Outbound;
using Sluice.Server.Pages;
using Sluice.Server.Runners;
using Sluice.Server.Secrets;
using Sluice.Server.Store;
using Sluice.Server.Telemetry;
using Sluice.Server.Vocabulary;
using Sluice.Server.Webhooks;

namespace Sluice.Server;

/// <summary>Puts the rooms together: one Add and one Map for each. Program.cs runs it, and so do the tests.</summary>
internal static class House
{
    /// <summary>A server that is ready to start: folder locked, store open and migrated.</summary>
    /// <exception cref="SchemaException">The store does not fit this program.</exception>
    /// <exception cref="FolderInUseException">Another server runs on the folder.</exception>
    /// <exception cref="ListenerException">It cannot listen where it was told to; the store was not opened then.</exception>
    public static async Task<WebApplication> Build(
        string[] args,
        Action<WebApplicationBuilder>? adjust = null,
        CancellationToken stop = default
    )
    {
        var app = Assemble(args, adjust);
        try
        {
            await Open(app, stop);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every service and route, and nothing opened yet.</summary>
    public static WebApplication Assemble(
        string[] args,
        Action<WebApplicationBuilder>? adjust = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                Args = ServerOptions.Normalise(args),
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        var options = ServerOptions.Read(builder.Configuration);
        Hosting.Configure(builder, options, Hosting.Check(options));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        // Where credentials that are shown once are shown.
        builder.Services.AddSingleton(System.Console.Out);
        builder.Services.AddSingleton(provider => new UlidSource(
            provider.GetRequiredService<TimeProvider>()
        ));
        builder.Services.AddSingleton(_ => OpenStore(options));
        builder.Services.AddSingleton(provider => new PublicAddress(
            options.PublicUrl,
            () => provider.GetRequiredService<OpenListeners>().ForPeople
        ));
        builder.Services.AddOutbound(builder.Configuration);
        builder.Services.AddPasswords();
        builder.Services.AddSessions(builder.Configuration);
        builder.Services.AddFactors();
        builder.Services.AddPasskeys();
        builder.Services.AddInvitations();
        builder.Services.AddLedger(builder.Configuration);
        builder.Services.AddKeys(builder.Configuration);
        builder.Services.AddLeaks(builder.Configuration);
        builder.Services.AddDevice(builder.Configuration);
        builder.Services.AddPages();
        builder.Services.AddSecrets(builder.Configuration, options.Data);
        builder.Services.AddWebhooks(builder.Configuration);
        builder.Services.AddLicenses(builder.Configuration, options.Data);
        builder.Services.AddRunner(builder.Configuration, options.Data);
        builder.Services.AddRuns(builder.Configuration);
        builder.Services.AddMemory(builder.Configuration);
        builder.Services.AddSettings(builder.Configuration);
        builder.Services.AddUsage();
        builder.Services.AddConsole();
        builder.Services.AddDoors(builder.Configuration);
        builder.Services.AddOperations(options.Data);
        builder.Services.AddOrganizations(builder.Configuration);
        builder.AddTelemetry(Health.Version);
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseProxies();
        app.UseMiddleware<RequestEdge>();
        app.UseRouting();
        app.UseMiddleware<DoorMiddleware>();
        app.MapHealth();
        app.MapErrorPages();
        app.MapDescription(Health.Version);
        app.MapTelemetry();
        app.MapKeys();
        app.MapUserTokens();
        app.MapLeaks();
        app.MapDevice();
        app.MapPages();
        app.MapIdentity();
        app.MapSessions();
        app.MapPasswords();
        app.MapFactors();
        app.MapPasskeys();
        app.MapProfiles();
        app.MapInvitations();
        app.MapSecrets();
        app.MapLedger();
        app.MapWebhooks();
        app.MapDecisions();
        app.MapLimits();
        app.MapLicenses();
        app.MapOrganizations();
        app.MapAdminKey();
        app.MapListeners();
        app.MapConfigs();
        app.MapPackages();
        app.MapFlows();
        app.MapRuns();
        app.MapMemory();
        app.MapSettings();
        app.MapUsage();
        app.MapConsole(options.Dev);
        DoorMiddleware.CheckAll(((IEndpointRouteBuilder)app).DataSources);
        OpenActs(app);
        return app;
    }

    /// <summary>The pages call what programs call, and need the same scopes for it.</summary>
    private static void OpenActs(WebApplication app) =>
        app
            .Services.GetRequiredService<Acts>()
            .Open(
                ((IEndpointRouteBuilder)app)
                    .DataSources.SelectMany(source => source.Endpoints)
                    .OfType<RouteEndpoint>(),
                DoorMiddleware.NeededFor,
                (endpoint, method) => DoorMiddleware.RowOf(endpoint).NeedsLicense(method)
            );

    private static async Task Open(WebApplication app, CancellationToken stop)
    {
        var services = app.Services;
        var options = services.GetRequiredService<ServerOptions>();
        services.OpenTelemetry();
        Directory.CreateDirectory(options.Data);
        if (options.Embedded)
        {
            services.GetRequiredService<FolderLock>().Take();
            if (PendingRestore.Mend(options.Data) is { } mended)
                await System.Console.Out.WriteLineAsync(mended);
        }
        if (TakenAddresses.Mistakes(options.Listeners) is { Count: > 0 } mistakes)
            throw new ListenerException(string.Join('\n', mistakes));
        await Migrations.Apply(
            services.GetRequiredService<Database>(),
            services.GetRequiredService<TimeProvider>(),
            stop
        );
        await services.OpenSecrets(stop);
        await services.OpenLicenses(stop);
        await services.GetRequiredService<LocalRunner>().Start(stop);
        await services
            .GetRequiredService<AdminKey>()
            .Announce(app.Configuration["SLUICE_ADMIN_API_KEY"], stop);
        if (options.Dev)
            await services
                .GetRequiredService<DevelopmentTenant>()
                .Announce(Path.Combine(options.Data, "dev.key"), stop);
    }

    private static Database OpenStore(ServerOptions options) =>
        options.Embedded
            ? SqliteDatabase.OpenFile(Path.Combine(options.Data, "sluice.db"))
            : PostgresDatabase.Connect(options.Store);
}
