using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>The operator mints another key of an organisation: its first owner's, or that of the account named <c>first</c>.</summary>
internal static class CreateOrganizationKey
{
    public static async Task<IResult> Handle(
        string org,
        HttpContext context,
        Origin origin,
        Database database,
        IOptions<KeyOptions> options,
        UlidSource ids,
        TimeProvider clock
    )
    {
        var body = await Body.Read(context, KeyJson.Default.CreateKeyRequest);
        if (body.Refused)
            return body.Refusal;
        var wish = KeyWishes.Read(
            body.Value,
            EnvironmentNames.Live,
            options.Value,
            clock.GetUtcNow()
        );
        if (wish.Refused)
            return wish.Refusal;
        var made = await database.Write(
            session => Make(session, origin, org, wish.Value, options.Value, ids),
            context.RequestAborted
        );
        return made.Refused ? made.Refusal : CreateKey.Answer(context, made.Value);
    }

    private static async Task<Outcome<MintedKey>> Make(
        Session session,
        Origin origin,
        string org,
        KeyWish wish,
        KeyOptions options,
        UlidSource ids
    )
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return KeyRefusals.OrganizationNotFound;
        var owner = await OwnerStore.FirstOwner(session, tenant.Id);
        var account = owner is null
            ? await OwnerStore.FindAccountByName(session, tenant.Id, "first")
            : null;
        if (owner is null && account is null)
            return KeyRefusals.OrganizationNotFound;
        if (account is not null && wish.Scopes is null)
            wish = wish with { Scopes = (Scopes)account.Scopes };
        var (kind, id) = owner is not null
            ? (OwnerKinds.Member, owner.Id)
            : (OwnerKinds.ServiceAccount, account!.Id);
        var minted = CreateKey.Mint(wish, kind, id, options, ids, origin.Clock);
        await KeyStore.Insert(session, tenant.Id, minted.Key);
        await Audit.Record(
            session,
            origin,
            KeyFacts.Created(minted.Key) with
            {
                TenantId = tenant.Id,
            }
        );
        return minted;
    }
}
