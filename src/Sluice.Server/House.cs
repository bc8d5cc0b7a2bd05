using Sluice.Seal;
using Sluice.Server.Doors;
using Sluice.Server.Flows;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Flows.Packages;
using Sluice.Server.Flows.Runs;
using Sluice.Server.Flows.Usage;
using Sluice.Server.Keys;
using Sluice.Server.Runners;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server;

/// <summary>Puts the rooms together: one Add and one Map for each. Program.cs runs it, and so do the tests.</summary>
internal static class House
{
    /// <summary>A server that is ready to start: store open and migrated.</summary>
    /// <exception cref="SchemaException">The store does not fit this program.</exception>
    public static async Task<WebApplication> Build(
        string[] args,
        Action<WebApplicationBuilder>? adjust = null,
        CancellationToken stop = default
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                Args = Normalise(args),
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        var options = ServerOptions.Read(builder.Configuration);
        Directory.CreateDirectory(options.Data);
        Hosting.Configure(builder, options);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new UlidSource(
            provider.GetRequiredService<TimeProvider>()
        ));
        builder.Services.AddSingleton(Open(options));
        builder.Services.AddKeys(builder.Configuration);
        builder.Services.AddSecrets(builder.Configuration, options.Data);
        builder.Services.AddRunner(builder.Configuration, options.Data);
        builder.Services.AddRuns(builder.Configuration);
        builder.Services.AddDoors();
        adjust?.Invoke(builder);

        var app = builder.Build();
        await Migrations.Apply(
            app.Services.GetRequiredService<Database>(),
            app.Services.GetRequiredService<TimeProvider>(),
            stop
        );
        await app.Services.OpenSecrets(stop);
        await app.Services.GetRequiredService<LocalRunner>().Start(stop);
        app.UseMiddleware<RequestEdge>();
        app.UseRouting();
        app.UseMiddleware<DoorMiddleware>();
        app.MapHealth();
        app.MapErrorPages();
        app.MapKeys();
        app.MapSecrets();
        app.MapConfigs();
        app.MapPackages();
        app.MapFlows();
        app.MapRuns();
        app.MapUsage();
        DoorMiddleware.CheckAll(((IEndpointRouteBuilder)app).DataSources);
        await app
            .Services.GetRequiredService<AdminDoor>()
            .Announce(builder.Configuration["SLUICE_ADMIN_API_KEY"], stop);
        return app;
    }

    private static Database Open(ServerOptions options) =>
        options.Store == "sqlite"
            ? SqliteDatabase.OpenFile(Path.Combine(options.Data, "sluice.db"))
            : PostgresDatabase.Connect(options.Store);

    // `--dev` alone means `--dev true`, which the configuration reader does not know by itself.
    private static string[] Normalise(string[] args) =>
        [
            .. args.SelectMany(arg =>
                arg is "--dev" or "--allow-plain-http" ? new[] { arg, "true" } : [arg]
            ),
        ];
}
