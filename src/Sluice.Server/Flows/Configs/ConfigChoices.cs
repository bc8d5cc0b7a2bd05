using System.Collections.Concurrent;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Configs;

/// <summary>
/// What runs go by, remembered, so that one that starts need not ask. Nothing here is ever trusted: each choice carries
/// the number of its environment's last change, and the statement that keeps a new run looks at whether that number
/// still stands. When it does not, forget the choice and ask again. At most ten thousand are kept.
/// </summary>
internal sealed class ConfigChoices(Database database)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<Question, ConfigChoice> _known = new();

    /// <summary>As <see cref="ConfigStore.Choose"/>, perhaps of a moment ago.</summary>
    public async ValueTask<ConfigChoice?> Find(
        string tenantId,
        string environment,
        string flow,
        string? configId,
        CancellationToken stop
    )
    {
        var question = new Question(tenantId, environment, flow, configId);
        if (_known.TryGetValue(question, out var known))
            return known;
        var choice = await database.Read(
            session => ConfigStore.Choose(session, tenantId, environment, flow, configId),
            stop
        );
        if (choice is null)
            return null;
        if (_known.Count >= Most)
            _known.Clear();
        _known[question] = choice;
        return choice;
    }

    /// <summary>The environment has changed since.</summary>
    public void Forget(string tenantId, string environment, string flow, string? configId) =>
        _known.TryRemove(new Question(tenantId, environment, flow, configId), out _);

    private readonly record struct Question(
        string TenantId,
        string Environment,
        string Flow,
        string? ConfigId
    );
}
