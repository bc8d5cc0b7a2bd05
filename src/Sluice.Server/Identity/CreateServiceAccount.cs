using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>A caller that belongs to no person (seed 003): made with scopes of its own, which are never wider than its maker's.</summary>
internal static partial class CreateServiceAccount
{
    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Origin origin,
        Database database,
        UlidSource ids,
        TimeProvider clock,
        ILogger<ServiceAccount> log
    )
    {
        var body = await Body.Read(context, IdentityJson.Default.ServiceAccountRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = new List<Mistake>();
        var name = ServiceAccountRules.Name(body.Value.Name, mistakes);
        var scopes = ScopeNames.Read(body.Value.Scopes ?? [], mistakes) ?? Scopes.None;
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        if (ServiceAccountRules.Beyond(scopes, caller) is { } refusal)
            return refusal;
        var account = new ServiceAccount
        {
            Id = ids.Next().ToString(),
            Name = name,
            Scopes = (long)scopes,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var made = await database.Write(
            async session =>
            {
                await OwnerStore.Lock(session, caller.TenantId);
                if (await OwnerStore.FindAccountByName(session, caller.TenantId, name) is not null)
                    return false;
                await OwnerStore.Insert(session, caller.TenantId, account);
                await Audit.Record(
                    session,
                    origin,
                    new Fact("service_account.create", "service_account", account.Id)
                    {
                        ["name"] = name,
                        ["scopes"] = string.Join(' ', ScopeNames.Names(scopes)),
                    }
                );
                return true;
            },
            context.RequestAborted
        );
        if (!made)
            return IdentityRefusals.NameTaken;
        LogMade(log, account.Id, caller.TenantId, name);
        return TypedResults.Json(
            ServiceAccountShown.Of(account),
            IdentityJson.Default.ServiceAccountShown,
            statusCode: StatusCodes.Status201Created
        );
    }

    [LoggerMessage(
        1120,
        LogLevel.Information,
        "Service account {AccountId} made in tenant {TenantId}: {Name}"
    )]
    private static partial void LogMade(
        ILogger log,
        string accountId,
        string tenantId,
        string name
    );
}
