using System.Collections.Concurrent;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Configs;

/// <summary>
/// What runs go by, remembered, so that one that starts need not ask. Nothing here is ever trusted: each choice carries
/// the number of its environment's last change, and the statement that keeps a new run looks at whether that number
/// still stands. When it does not, forget the environment and ask again; what this server changes is forgotten by
/// itself. At most ten thousand choices are kept.
/// </summary>
internal sealed class ConfigChoices
{
    private const int Most = 10_000;

    private readonly Database _database;
    private readonly ConcurrentDictionary<
        (string TenantId, string Environment),
        ConcurrentDictionary<(string Flow, string? ConfigId), ConfigChoice>
    > _known = new();
    private int _count;

    public ConfigChoices(Database database)
    {
        _database = database;
        database.Changing = Forget;
    }

    /// <summary>As <see cref="ConfigStore.Choose"/>, perhaps of a moment ago.</summary>
    public async ValueTask<ConfigChoice?> Find(
        string tenantId,
        string environment,
        string flow,
        string? configId,
        CancellationToken stop
    )
    {
        if (
            _known.TryGetValue((tenantId, environment), out var here)
            && here.TryGetValue((flow, configId), out var known)
        )
            return known;
        var choice = await _database.Read(
            session => ConfigStore.Choose(session, tenantId, environment, flow, configId),
            stop
        );
        if (choice is null)
            return null;
        if (Interlocked.Increment(ref _count) > Most)
        {
            _known.Clear();
            Volatile.Write(ref _count, 1);
        }
        _known.GetOrAdd((tenantId, environment), static _ => new())[(flow, configId)] = choice;
        return choice;
    }

    /// <summary>The environment has changed since, or is about to.</summary>
    public void Forget(string tenantId, string environment)
    {
        if (_known.TryRemove((tenantId, environment), out var here))
            Interlocked.Add(ref _count, -here.Count);
    }
}
