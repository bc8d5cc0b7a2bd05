using Microsoft.Extensions.Logging;
using Sluice.Runner.Builds;
using Sluice.Runner.Restores;
using Sluice.Runner.Sandbox;
using Sluice.Runner.Workers;

namespace Sluice.Runner;

/// <summary>
/// Builds packages and runs their nodes, each in a sandboxed process of its own that is kept warm. One per host process.
/// </summary>
public sealed partial class NodeRunner : IAsyncDisposable
{
    private readonly IsolationTier? _tier;
    private readonly Builder? _builder;
    private readonly WorkerPool? _pool;
    private readonly StreamSeats _seats;
    private Restorer? _restorer;
    private ControlGroups? _groups;
    private string? _onlyTenant;
    private int _disposed;

    private NodeRunner(
        IsolationReport isolation,
        IsolationTier? tier,
        Builder? builder,
        WorkerPool? pool,
        RunnerOptions options
    )
    {
        (Isolation, _tier, _builder, _pool) = (isolation, tier, builder, pool);
        _seats = new StreamSeats(options.MaxWorkers * 3 / 4, options.MaxWorkersPerTenant - 1);
    }

    /// <summary>Told of each process that is gone.</summary>
    internal Action? WorkerEnded
    {
        set => _pool!.WorkerEnded = value;
    }

    /// <summary>Null when none works.</summary>
    internal IsolationTier? Tier => _tier;

    /// <summary>Which tier is in use, which were tried, and what to warn of.</summary>
    public IsolationReport Isolation { get; }

    public RunnerStats Stats =>
        _pool?.Stats
        ?? new RunnerStats
        {
            Workers = 0,
            Busy = 0,
            Waiting = 0,
            Calls = 0,
            Started = 0,
            Failed = 0,
        };

    /// <summary>
    /// Hardens this process, tries the isolation tiers and starts the runner. A machine on which no tier works gets a
    /// runner that says so and answers every call with Unavailable.
    /// </summary>
    public static async Task<NodeRunner> Start(
        RunnerOptions options,
        TimeProvider clock,
        ILoggerFactory loggers,
        CancellationToken stop
    )
    {
        var log = loggers.CreateLogger<NodeRunner>();
        if (Platform.WhyNot is null)
            HostHardening.Apply();
        var packages = new PackageStore(options.DataPath, options.MaxBuildSize, clock);
        var groups = options.ControlGroups && Platform.WhyNot is null ? ControlGroups.Find() : null;
        var (tier, report) = await TierProber.Choose(
            options,
            packages.Scratch,
            groups,
            clock,
            stop
        );
        foreach (var probe in report.Probes)
            LogProbe(log, probe.Tier, probe.Works, probe.WhyNot ?? "");
        foreach (var warning in report.Warnings)
            LogWarning(log, warning);
        if (tier is null)
        {
            groups?.Dispose();
            return new NodeRunner(report, null, null, null, options);
        }
        var restorer = new Restorer(options, clock, tier, packages.Scratch);
        return new NodeRunner(
            report,
            tier,
            new Builder(options, clock, tier, packages, restorer),
            new WorkerPool(options, clock, tier, packages, log),
            options
        )
        {
            _groups = groups,
            _restorer = restorer,
        };
    }

    /// <summary>Compiles a package and runs its tests, in the sandbox.</summary>
    public Task<BuildOutcome> Build(BuildRequest request, CancellationToken stop) =>
        Refusal(request.TenantId) is { } no
            ? Task.FromResult(new BuildOutcome { Ok = false, Failure = no })
            : _builder!.Build(request, stop);

    /// <summary>Calls a node and waits for what comes of it. Throws for bugs only.</summary>
    public Task<NodeOutcome> Call(NodeCall call, CancellationToken stop) =>
        Refusal(call.TenantId) is { } no
            ? Task.FromResult(new NodeOutcome { Kind = NodeOutcomeKind.Unavailable, Message = no })
            : _pool!.Call(call, stop);

    /// <summary>
    /// Whether nothing that a node of this package does reaches anyone but through what it answers and asks: it has no way
    /// out, and the tier in use leaves it none.
    /// </summary>
    public bool Confines(WorkerSpec package) =>
        package.Egress.Count == 0 && _tier is { HoldsEgress: true };

    /// <summary>
    /// Waits until so many nodes can stream at once for a tenant; to be taken before the first of them is called, for all
    /// together.
    /// </summary>
    /// <returns>What gives the seats back; null when this runner never has as many for a tenant.</returns>
    public Task<IDisposable?> TakeStreamSeats(string tenantId, int count, CancellationToken stop) =>
        _seats.Take(tenantId, count, stop);

    /// <summary>Starts a worker for each of these packages that has none, in parallel; done when all are ready or failed.</summary>
    public Task Warm(string tenantId, IEnumerable<WorkerSpec> packages) =>
        Refusal(tenantId) is null ? _pool!.Warm(tenantId, packages) : Task.CompletedTask;

    /// <summary>Ends every worker; calls in flight are answered with Unavailable.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_pool is not null)
            await _pool.DisposeAsync();
        _builder?.Dispose();
        _restorer?.Dispose();
        _tier?.Dispose();
        if (_groups is not null)
            await Task.Run(_groups.Dispose);
    }

    /// <summary>Null when this tenant's code may run here; otherwise why not, as a public sentence.</summary>
    private string? Refusal(string tenantId)
    {
        if (_tier is null)
            return "No node can run here: this machine offers none of the isolation that was asked for.";
        if (Isolation.SeveralTenants)
            return null;
        var first = Interlocked.CompareExchange(ref _onlyTenant, tenantId, null) ?? tenantId;
        return first == tenantId
            ? null
            : $"The isolation of this machine ({Isolation.Tier}) is good for one tenant only, and another one runs here.";
    }

    [LoggerMessage(4020, LogLevel.Information, "Isolation tier {Tier}: works {Works} {WhyNot}")]
    private static partial void LogProbe(ILogger log, string tier, bool works, string whyNot);

    [LoggerMessage(4021, LogLevel.Warning, "Isolation: {Warning}")]
    private static partial void LogWarning(ILogger log, string warning);
}
