using Sluice.Runner;

namespace Sluice.Server.Runners;

/// <summary>
/// Calls one node and says what came of it: the one thing that the run loop asks of whoever runs nodes. The runner in
/// this process answers to it; one beside it, over a lease, can.
/// </summary>
internal delegate Task<NodeOutcome> NodeCaller(NodeCall call, CancellationToken stop);

/// <summary>Whether nobody outside can tell that a node of a package was called; see <see cref="NodeRunner.Confines"/>.</summary>
internal delegate bool NodeConfinement(WorkerSpec package);

/// <summary>Waits until so many pipeline nodes can run at once for a tenant; see <see cref="NodeRunner.TakeStreamSeats"/>.</summary>
internal delegate Task<IDisposable?> SeatTaker(string tenantId, int count, CancellationToken stop);

/// <summary>The runner in the server's own process.</summary>
internal sealed partial class LocalRunner(
    RunnerOptions options,
    TimeProvider clock,
    ILoggerFactory logs
) : IAsyncDisposable
{
    private NodeRunner? _nodes;

    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public NodeRunner Nodes =>
        _nodes ?? throw new InvalidOperationException("the runner has not been started");

    /// <summary>Probes the isolation tiers and starts; what the tier in use does not stop goes to the log.</summary>
    public async Task Start(CancellationToken stop)
    {
        _nodes = await NodeRunner.Start(options, clock, logs, stop);
        var log = logs.CreateLogger<LocalRunner>();
        foreach (var warning in Nodes.Isolation.Warnings)
            LogWarning(log, Nodes.Isolation.Tier, warning);
    }

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? ValueTask.CompletedTask;

    [LoggerMessage(1401, LogLevel.Warning, "Isolation {Tier}: {Warning}")]
    private static partial void LogWarning(ILogger log, string tier, string warning);
}

internal static class RunnerRoutes
{
    /// <summary>Settings of the section <c>Runner</c>; see <see cref="RunnerOptions"/> for what each means.</summary>
    public static IServiceCollection AddRunner(
        this IServiceCollection services,
        IConfiguration configuration,
        string data
    )
    {
        var defaults = new RunnerOptions { DataPath = Path.Combine(data, "runner") };
        var section = configuration.GetSection("Runner");
        services.AddSingleton(
            defaults with
            {
                Isolation =
                    configuration["isolation"] ?? section["Isolation"] ?? defaults.Isolation,
                AllowWeakIsolation = section.GetValue(
                    "AllowWeakIsolation",
                    defaults.AllowWeakIsolation
                ),
                ControlGroups = section.GetValue("ControlGroups", defaults.ControlGroups),
                Egress = defaults.Egress with
                {
                    Allow = section.GetSection("Egress:Allow").Get<string[]>() ?? [],
                    AllowNetworks =
                    [
                        .. (
                            section.GetSection("Egress:AllowNetworks").Get<string[]>() ?? []
                        ).Select(System.Net.IPNetwork.Parse),
                    ],
                },
                Restore = RestoreSettings.Read(configuration.GetSection("Packages")),
                MaxWorkers = section.GetValue("MaxWorkers", defaults.MaxWorkers),
                MaxWorkersPerTenant = section.GetValue(
                    "MaxWorkersPerTenant",
                    defaults.MaxWorkersPerTenant
                ),
                MaxWaitingPerTenant = section.GetValue(
                    "MaxWaitingPerTenant",
                    defaults.MaxWaitingPerTenant
                ),
            }
        );
        services.AddSingleton<LocalRunner>();
        services.AddSingleton<SeatTaker>(provider =>
            provider.GetRequiredService<LocalRunner>().Nodes.TakeStreamSeats
        );
        services.AddSingleton<NodeConfinement>(provider =>
            provider.GetRequiredService<LocalRunner>().Nodes.Confines
        );
        return services.AddSingleton<NodeCaller>(provider =>
            provider.GetRequiredService<LocalRunner>().Nodes.Call
        );
    }
}
