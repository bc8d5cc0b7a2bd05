using Microsoft.Extensions.Options;
using Sluice.Server.Store;

namespace Sluice.Server.Secrets;

/// <summary>Removes values that have ended and that no unfinished run has pinned, and data keys that seal nothing any more.</summary>
internal sealed class SecretForgetter(
    Database database,
    TimeProvider clock,
    IOptions<SecretOptions> options,
    OldestPin oldestPin,
    SealsPayloads sealsPayloads
)
{
    /// <summary>Everything that can go now.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = (clock.GetUtcNow() - options.Value.KeepEnded).ToUnixTimeMilliseconds();
        foreach (var ended in await database.Read(session => Environments(session, before), stop))
        {
            var oldest = await oldestPin(ended.TenantId, ended.Environment, stop) ?? long.MaxValue;
            await database.Write(session => Remove(session, ended, oldest, before), stop);
        }
        foreach (var key in await database.Read(s => DataKeyStore.Retired(s, before), stop))
        {
            if (!await sealsPayloads(key.TenantId, key.RetiredAt, stop))
                await database.Write(session => DataKeyStore.Forget(session, key), stop);
        }
    }

    private static Task<IReadOnlyList<Ended>> Environments(Session session, long before) =>
        session
            .Across("ended values of all tenants")
            .Query<Ended>(
                "SELECT DISTINCT tenant_id, environment FROM secret_values WHERE ended_at < @before",
                new { before }
            );

    private static Task<int> Remove(Session session, Ended ended, long oldest, long before) =>
        session
            .Of(ended.TenantId)
            .Execute(
                "DELETE FROM secret_values WHERE tenant_id = @tenant AND environment = @Environment AND ended_version <= @oldest AND ended_at < @before",
                new
                {
                    ended.Environment,
                    oldest,
                    before,
                }
            );

    private sealed record Ended
    {
        public required string TenantId { get; init; }

        public required string Environment { get; init; }
    }
}
