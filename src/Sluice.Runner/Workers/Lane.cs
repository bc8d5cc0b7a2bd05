namespace Sluice.Runner.Workers;

/// <summary>The workers and the waiting calls of one key. Guarded by the pool.</summary>
internal sealed class Lane(WorkerKey key, WorkerSpec spec)
{
    public WorkerKey Key { get; } = key;

    public WorkerSpec Spec { get; } = spec;

    /// <summary>Workers with nothing to do; the last one in is the first one out, so that the others can go cold.</summary>
    public List<Worker> Idle { get; } = [];

    public LinkedList<PendingCall> Waiting { get; } = [];

    /// <summary>Workers that count on for this lane: starting, idle or busy, not those leaving.</summary>
    public int Alive { get; set; }

    public int Starting { get; set; }

    public bool IsEmpty => Alive <= 0 && Starting == 0 && Waiting.Count == 0;
}

/// <summary>What one tenant holds at the moment. Guarded by the pool.</summary>
internal sealed class TenantShare
{
    /// <summary>Processes, those leaving included.</summary>
    public int Workers { get; set; }

    public int Waiting { get; set; }

    /// <summary>When a process of it last made room; 0 for a tenant that has just come.</summary>
    public long LeftAt { get; set; }
}
