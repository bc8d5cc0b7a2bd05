using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Secrets;

/// <summary>The names and dates of the caller's tenant and environment, by name; never a value.</summary>
internal static class ListSecrets
{
    internal sealed record Entry(string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    internal sealed record Response(IReadOnlyList<Entry> Data);

    public static async Task<IResult> Handle(
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var found = await database.Read(
            session =>
                SecretStore.List(session, caller.TenantId, caller.Environment, SecretPlace.Tenant),
            stop
        );
        var shown = found.Select(secret => new Entry(
            secret.Name,
            DateTimeOffset.FromUnixTimeMilliseconds(secret.CreatedAt),
            DateTimeOffset.FromUnixTimeMilliseconds(secret.SavedAt)
        ));
        return TypedResults.Json(
            new Response([.. shown]),
            SecretJsonContext.Default.ListSecretsResponse
        );
    }
}
