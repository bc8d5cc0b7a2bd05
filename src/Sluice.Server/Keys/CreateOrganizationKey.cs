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
    /// <summary>Whose keys the operator makes, and what such a key may do at most; null scopes: all that its owner may.</summary>
    internal sealed record FirstOwner(string Kind, string Id, long? Scopes);

    /// <summary>The first owner, else the account named <c>first</c>; null when the organisation has neither.</summary>
    internal static async Task<FirstOwner?> OwnerOf(Session session, string tenantId) =>
        await OwnerStore.FirstOwner(session, tenantId) is { } owner
            ? new FirstOwner(OwnerKinds.Member, owner.Id, null)
        : await OwnerStore.FindAccountByName(session, tenantId, "first") is { } account
            ? new FirstOwner(OwnerKinds.ServiceAccount, account.Id, account.Scopes)
        : null;

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
        var now = clock.GetUtcNow();
        var wish = KeyWishes.Read(body.Value, EnvironmentNames.Live, options.Value, now);
        if (wish.Refused)
            return wish.Refusal;
        var made = await database.Write(
            session =>
                Make(
                    session,
                    origin,
                    org,
                    wish.Value,
                    options.Value,
                    ids,
                    now.ToUnixTimeMilliseconds()
                ),
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
        UlidSource ids,
        long now
    )
    {
        if (await TenantStore.FindByHandle(session, org) is not { } tenant)
            return KeyRefusals.OrganizationNotFound;
        if (await OwnerOf(session, tenant.Id) is not { } owner)
            return KeyRefusals.OrganizationNotFound;
        if (owner.Scopes is { } scopes && wish.Scopes is null)
            wish = wish with { Scopes = (Scopes)scopes };
        var minted = CreateKey.Mint(wish, owner.Kind, owner.Id, options, ids, now);
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
