using Sluice.Language;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>Renames a service account or changes its scopes; its keys have the new ones on their very next use.</summary>
internal static partial class UpdateServiceAccount
{
    public static async Task<IResult> Handle(
        string id,
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        ILogger<ServiceAccount> log
    )
    {
        var body = await Body.Read(context, IdentityJson.Default.ServiceAccountRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var name = body.Value.Name is null
            ? null
            : ServiceAccountRules.Name(body.Value.Name, mistakes);
        var scopes = ScopeNames.Read(body.Value.Scopes, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var changed = await database.Write(
            session => Change(session, caller, origin, id, name, scopes),
            context.RequestAborted
        );
        if (changed.Refused)
            return changed.Refusal;
        LogChanged(log, id, caller.TenantId);
        return TypedResults.Json(
            ServiceAccountShown.Of(changed.Value),
            IdentityJson.Default.ServiceAccountShown
        );
    }

    private static async Task<Outcome<ServiceAccount>> Change(
        Session session,
        Caller caller,
        Origin origin,
        string id,
        string? name,
        Scopes? scopes
    )
    {
        await OwnerStore.Lock(session, caller.TenantId);
        if (
            await OwnerStore.FindAccount(session, caller.TenantId, id)
            is not { RemovedAt: null } account
        )
            return IdentityRefusals.ServiceAccountNotFound;
        // Taking away is free; what is added must be the caller's own to give.
        var added = (scopes ?? Scopes.None) & ~(Scopes)account.Scopes;
        if (ServiceAccountRules.Beyond(added, caller) is { } refusal)
            return refusal;
        if (
            name is not null
            && await OwnerStore.FindAccountByName(session, caller.TenantId, name) is { } other
            && other.Id != id
        )
            return IdentityRefusals.NameTaken;
        var changed = account with
        {
            Name = name ?? account.Name,
            Scopes = scopes is { } set ? (long)set : account.Scopes,
        };
        await OwnerStore.Update(session, caller.TenantId, changed);
        await Audit.Record(
            session,
            origin,
            new Fact("service_account.update", "service_account", id)
            {
                ["name"] = changed.Name,
                ["scopes"] = string.Join(' ', ScopeNames.Names((Scopes)changed.Scopes)),
                ["scopes_before"] = string.Join(' ', ScopeNames.Names((Scopes)account.Scopes)),
            }
        );
        return changed;
    }

    [LoggerMessage(
        1121,
        LogLevel.Information,
        "Service account {AccountId} of tenant {TenantId} changed"
    )]
    private static partial void LogChanged(ILogger log, string accountId, string tenantId);
}
