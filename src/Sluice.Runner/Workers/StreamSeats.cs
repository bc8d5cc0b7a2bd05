namespace Sluice.Runner.Workers;

/// <summary>
/// Workers that streams may hold at once. The nodes of a pipeline hold a worker each until its end, so a run begins when
/// all of them can have theirs: two that each had half would wait for each other for ever. Some workers are always left
/// for calls that end by themselves. First come, first served, within a tenant and where the house is full.
/// </summary>
internal sealed class StreamSeats(int most, int mostPerTenant)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _held = [];
    private readonly LinkedList<Waiting> _waiting = [];
    private int _all;

    /// <summary>Most that one tenant can have, so that a longer pipeline never runs here.</summary>
    public int Most { get; } = Math.Max(1, Math.Min(most, mostPerTenant));

    /// <summary>Waits until there are as many seats.</summary>
    /// <returns>What gives them back; null when there never will be as many.</returns>
    public async Task<IDisposable?> Take(string tenantId, int count, CancellationToken stop)
    {
        if (count > Most)
            return null;
        var asked = new Waiting(tenantId, count);
        lock (_gate)
        {
            _waiting.AddLast(asked);
            Admit();
        }
        try
        {
            await asked.Task.WaitAsync(stop);
            return new Seats(this, tenantId, count);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (asked.Task.IsCompleted)
                    Give(tenantId, -count);
                else
                    _waiting.Remove(asked);
                Admit();
            }
            throw;
        }
    }

    /// <summary>Lets in who fits; nobody is overtaken by another of the same tenant, or where the house is full.</summary>
    private void Admit()
    {
        HashSet<string>? full = null;
        for (var place = _waiting.First; place is not null; )
        {
            var (next, asked) = (place.Next, place.Value);
            if (_all + asked.Count > Math.Max(most, Most))
                return;
            if (
                full?.Contains(asked.TenantId) == true
                || _held.GetValueOrDefault(asked.TenantId) + asked.Count > Most
            )
                (full ??= []).Add(asked.TenantId);
            else
            {
                _waiting.Remove(place);
                Give(asked.TenantId, asked.Count);
                asked.TrySetResult();
            }
            place = next;
        }
    }

    private void Give(string tenantId, int count)
    {
        _all += count;
        if ((_held[tenantId] = _held.GetValueOrDefault(tenantId) + count) == 0)
            _held.Remove(tenantId);
    }

    private sealed class Waiting(string tenantId, int count)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string TenantId => tenantId;

        public int Count => count;
    }

    private sealed class Seats(StreamSeats from, string tenantId, int count) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) != 0)
                return;
            lock (from._gate)
            {
                from.Give(tenantId, -count);
                from.Admit();
            }
        }
    }
}
