using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>One key; and the one way to a key by its id, for every act on it.</summary>
internal static class FindKey
{
    public static async Task<IResult> Handle(
        string id,
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var key = await database.Read(session => Find(session, caller, id), stop);
        return key.Refused
            ? key.Refusal
            : TypedResults.Json(KeyShown.Of(key.Value), KeyJson.Default.KeyShown);
    }

    /// <summary>The key, where it is of the caller's tenant and environment and the caller may manage it.</summary>
    public static async Task<Outcome<Key>> Find(Session session, Caller caller, string id)
    {
        if (
            await KeyStore.Find(session, caller.TenantId, id) is not { } key
            || !KeyOwner.MayManage(caller, key)
        )
            return KeyRefusals.NotFound;
        return key.Environment == caller.Environment ? key : CommonRefusals.EnvironmentMismatch;
    }
}
