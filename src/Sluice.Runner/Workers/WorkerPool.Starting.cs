using Microsoft.Extensions.Logging;
using Sluice.Runner.Egress;
using Sluice.Runner.Languages;
using Sluice.Runner.Sandbox;

namespace Sluice.Runner.Workers;

/// <summary>How a worker comes to be, and what its calls are told when it does not.</summary>
internal sealed partial class WorkerPool
{
    /// <summary>Starts a process for a lane. Under the gate until its first wait; it never throws.</summary>
    private async Task StartWorker(Lane lane)
    {
        lane.Alive++;
        lane.Starting++;
        Share(lane.Key).Workers++;
        _processes++;
        Interlocked.Increment(ref _started);
        await Task.Yield();

        Worker? worker = null;
        EgressGate? gate = null;
        string? failure;
        try
        {
            var language = Runtimes.Find(lane.Spec.Language);
            failure = language is null
                ? $"This runner does not know the language {lane.Spec.Language}."
                : language.WhyNot ?? WhyNoEgress(lane.Spec);
            if (failure is null)
            {
                var (folder, missing) = await _packages.Ensure(lane.Spec, CancellationToken.None);
                failure = missing;
                if (folder is not null)
                {
                    gate = OpenEgress(lane.Key.TenantId, lane.Spec);
                    worker = await Worker.Start(
                        lane.Key,
                        language!,
                        _tier,
                        TaskFor(language!, folder, lane.Key, gate),
                        _context,
                        Enlist
                    );
                    failure = await worker.Ready;
                }
            }
        }
        catch (Exception e)
        {
            LogStartFailed(_log, e, lane.Key.TenantId, lane.Key.Digest);
            failure = "A worker could not be started on this machine.";
            if (worker is null)
                gate?.Dispose();
        }
        Started(lane, worker, failure);
    }

    private void Enlist(Worker worker)
    {
        bool closing;
        lock (_gate)
        {
            _alive.Add(worker);
            closing = _closing;
        }
        if (closing)
            worker.Shutdown();
    }

    /// <summary>Null when the package asks for no egress or can have it; otherwise why not, as a public sentence.</summary>
    private string? WhyNoEgress(WorkerSpec spec) =>
        spec.Egress.Count == 0 || _tier.HoldsEgress
            ? null
            : $"The package asks for egress, which the isolation of this machine ({_tier.Name}) cannot hold to a list; bubblewrap can.";

    private EgressGate? OpenEgress(string tenantId, WorkerSpec spec) =>
        spec.Egress.Count == 0
            ? null
            : EgressGate.Open(
                _options.Egress,
                new EgressOwner(tenantId, spec.Package),
                spec.Egress,
                _packages.Scratch,
                _clock,
                _log
            );

    private static SandboxTask TaskFor(
        ILanguage language,
        string folder,
        WorkerKey key,
        EgressGate? egress
    ) =>
        new()
        {
            Egress = egress,
            TenantId = key.TenantId,
            Package = folder,
            ReadOnly = language.ReadOnly,
            Command = paths => language.Worker(paths, key.Limits),
            Environment = language.WorkerEnvironment(key.Limits),
            Limits = key.Limits,
            ReadsProc = language.ReadsProc,
        };

    private void Started(Lane lane, Worker? worker, string? failure)
    {
        if (failure is null)
        {
            Freed(worker!, lane);
            return;
        }
        List<PendingCall> hopeless = [];
        lock (_gate)
        {
            lane.Starting--;
            Interlocked.Increment(ref _failed);
            if (worker is null)
            {
                // No process, so nobody will tell of its end.
                lane.Alive--;
                Release(lane.Key);
            }
            if (lane.Alive - lane.Starting <= 0)
            {
                hopeless = [.. lane.Waiting];
                foreach (var call in hopeless)
                    Unqueue(lane, call);
            }
            ForgetIfEmpty(lane);
        }
        foreach (var call in hopeless)
            call.End(NodeOutcomeKind.Unavailable, failure);
    }

    [LoggerMessage(
        4010,
        LogLevel.Error,
        "Starting a worker of tenant {Tenant}, package {Digest}, failed"
    )]
    private static partial void LogStartFailed(
        ILogger log,
        Exception error,
        string tenant,
        string digest
    );
}
