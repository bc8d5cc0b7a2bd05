namespace Sluice.Runner.Workers;

/// <summary>Who may have a worker when there are not enough. Everything here runs under the pool's gate unless it says otherwise.</summary>
internal sealed partial class WorkerPool
{
    private Lane FindLane(WorkerKey key, WorkerSpec? spec)
    {
        if (_lanes.TryGetValue(key, out var lane))
            return lane;
        return _lanes[key] = new Lane(
            key,
            spec ?? throw new InvalidOperationException("A worker outlived its lane.")
        );
    }

    private TenantShare Share(WorkerKey key)
    {
        if (!_tenants.TryGetValue(key.TenantId, out var share))
            _tenants[key.TenantId] = share = new TenantShare();
        return share;
    }

    private void Queue(Lane lane, PendingCall call)
    {
        call.Cold = lane.Alive == lane.Starting;
        call.Place = lane.Waiting.AddLast(call);
        Share(call.Key).Waiting++;
        _waiting++;
        Grow(lane);
        if (!_growing)
        {
            _growing = true;
            _growTimer.Change(s_growAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void Unqueue(Lane lane, PendingCall call)
    {
        lane.Waiting.Remove(call.Place!);
        call.Place = null;
        _waiting--;
        var share = Share(call.Key);
        share.Waiting--;
        Forget(call.Key.TenantId, share);
        ForgetIfEmpty(lane);
    }

    private void ForgetIfEmpty(Lane lane)
    {
        if (lane.IsEmpty && _lanes.TryGetValue(lane.Key, out var known) && known == lane)
            _lanes.Remove(lane.Key);
    }

    /// <summary>A process of this key is gone, or never came to be.</summary>
    private void Release(WorkerKey key)
    {
        _processes--;
        var share = Share(key);
        share.Workers--;
        share.LeftAt = _clock.GetTimestamp();
        Forget(key.TenantId, share);
        if (_closing && _processes == 0)
            _empty.TrySetResult();
    }

    private void Forget(string tenantId, TenantShare share)
    {
        if (share is { Workers: 0, Waiting: 0 })
            _tenants.Remove(tenantId);
    }

    private bool HasRoom(Lane lane) =>
        !_closing
        && _processes < _options.MaxWorkers
        && Share(lane.Key).Workers < _options.MaxWorkersPerTenant;

    /// <summary>Starts one more worker for a lane that needs it, or makes room for one.</summary>
    private void Grow(Lane lane)
    {
        if (
            _closing
            || lane.Waiting.First is not { Value: var first }
            || lane.Waiting.Count <= lane.Starting
        )
            return;
        var settled = lane.Alive >= Environment.ProcessorCount;
        if (settled && (lane.Starting > 0 || _clock.GetElapsedTime(first.Asked) < s_growAfter))
            return;
        if (HasRoom(lane))
            _ = StartWorker(lane);
        else if (_leaving == 0)
            EvictIdle(lane);
    }

    /// <summary>
    /// Ends the worker that has been idle longest, to make room for one of a lane; of its own tenant where that has all it
    /// may have, and of no tenant that has fewer workers than its own. Its room is free once its process is gone.
    /// </summary>
    private void EvictIdle(Lane lane)
    {
        var mine = Share(lane.Key).Workers;
        var ownOnly = mine >= _options.MaxWorkersPerTenant;
        var oldest = _lanes
            .Values.Where(other =>
                other.Key.TenantId == lane.Key.TenantId
                || (!ownOnly && Share(other.Key).Workers >= mine)
            )
            .SelectMany(other => other.Idle)
            .MinBy(worker => worker.IdleSince);
        if (oldest is not null)
            Dismiss(oldest);
    }

    private void Dismiss(Worker worker)
    {
        Retire(_lanes[worker.Key], worker);
        worker.Shutdown();
    }

    /// <summary>
    /// Is there a key without any worker whose first call is older than this lane's, or has waited its while and is of a
    /// tenant with fewer workers?
    /// </summary>
    private bool OthersComeFirst(Lane lane)
    {
        if (
            _waiting == lane.Waiting.Count
            || (
                _processes < _options.MaxWorkers
                && Share(lane.Key).Workers < _options.MaxWorkersPerTenant
            )
        )
            return false;
        var mine = lane.Waiting.First?.Value.Asked ?? long.MaxValue;
        var wholeHouse = _processes >= _options.MaxWorkers;
        var workers = Share(lane.Key).Workers;
        return _lanes.Values.Any(other =>
            other.Alive == 0
            && other.Waiting.First?.Value is { } first
            && (wholeHouse || other.Key.TenantId == lane.Key.TenantId)
            && (
                first.Asked < mine
                || (
                    Share(other.Key).Workers < workers
                    && _clock.GetElapsedTime(first.Asked) >= s_fairAfter
                )
            )
        );
    }

    /// <summary>Room has come free: of the keys without a worker, one of the tenant that has the fewest gets it; of several, not the one that has just left it; then the one that has waited longest.</summary>
    private void GrowStarving()
    {
        foreach (
            var lane in _lanes
                .Values.Where(lane => lane.Alive == 0 && lane.Waiting.Count > 0)
                .OrderBy(lane => Share(lane.Key).Workers)
                .ThenBy(lane => Share(lane.Key).LeftAt)
                .ThenBy(lane => lane.Waiting.First!.Value.Asked)
                .ToList()
        )
            Grow(lane);
    }

    /// <summary>Looks again at every key whose calls wait. Takes the gate.</summary>
    private void GrowAll()
    {
        lock (_gate)
        {
            foreach (var lane in _lanes.Values.Where(lane => lane.Waiting.Count > 0).ToList())
                Grow(lane);
            _growing = _waiting > 0 && !_closing;
            if (_growing)
                _growTimer.Change(s_growAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the workers that have had no call for too long. Takes the gate.</summary>
    private void EndIdle()
    {
        lock (_gate)
        {
            var stale = _lanes
                .Values.SelectMany(lane => lane.Idle)
                .Where(worker => _clock.GetElapsedTime(worker.IdleSince) >= _options.IdleAfter)
                .ToList();
            foreach (var worker in stale)
                Dismiss(worker);
        }
    }
}
