using Sluice.Server.Identity;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>Whom a new key is for.</summary>
/// <param name="Rights">What the owner may do now.</param>
internal sealed record KeyOwner(string Kind, string Id, Scopes Rights)
{
    /// <summary>The caller's own owner, or a service account that the caller may manage.</summary>
    public static async Task<Outcome<KeyOwner>> For(
        Session session,
        Caller caller,
        string? serviceAccount
    )
    {
        if (serviceAccount is null)
            return new KeyOwner(
                caller.OwnerKind,
                caller.OwnerId,
                await RightsOf(session, caller.TenantId, caller.OwnerKind, caller.OwnerId)
            );
        if (!caller.May(Scopes.Admin))
            return KeyRefusals.OthersKeys;
        return
            await OwnerStore.FindAccount(session, caller.TenantId, serviceAccount)
                is { RemovedAt: null } account
            ? new KeyOwner(OwnerKinds.ServiceAccount, account.Id, (Scopes)account.Scopes)
            : IdentityRefusals.ServiceAccountNotFound;
    }

    /// <summary>Whether the caller may see and change a key: its owner may, and whoever manages people.</summary>
    public static bool MayManage(Caller caller, Key key) =>
        MayManage(caller, key.OwnerKind, key.OwnerId);

    /// <summary>The same by the key's owner.</summary>
    public static bool MayManage(Caller caller, string ownerKind, string ownerId) =>
        caller.May(Scopes.Admin) || (ownerKind == caller.OwnerKind && ownerId == caller.OwnerId);

    public static async Task<Scopes> RightsOf(
        Session session,
        string tenantId,
        string kind,
        string id
    ) =>
        kind == OwnerKinds.Member
            ? OwnerStore.RightsOf(await OwnerStore.FindMember(session, tenantId, id))
        : await OwnerStore.FindAccount(session, tenantId, id) is { RemovedAt: null } account
            ? (Scopes)account.Scopes
        : Scopes.None;
}
