using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Identity.Invitations;
using Sluice.Server.Ledger;
using Sluice.Server.Licenses;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Makes a tenant with its owner and its first key, in one write (design decision 14). Repeating the call changes
/// nothing and answers without a key; without an owner the first key is a service account's, named <c>first</c>.
/// </summary>
internal static partial class CreateOrganization
{
    internal sealed record Request
    {
        /// <summary>The handle: 1 to 39 of <c>a-z 0-9 -</c>.</summary>
        public string? OrgId { get; init; }

        public string? Name { get; init; }

        public OwnerWish? Owner { get; init; }

        /// <summary>Community (default), Professional, Enterprise or Enterprise Plus.</summary>
        public string? Tier { get; init; }
    }

    internal sealed record OwnerWish
    {
        public string? Email { get; init; }

        public string? Name { get; init; }
    }

    internal sealed record Response
    {
        public required string OrgId { get; init; }

        public required string TenantId { get; init; }

        public required string Name { get; init; }

        public required string Tier { get; init; }

        public required bool Created { get; init; }

        public string? KeyId { get; init; }

        /// <summary>The first key's text, once.</summary>
        public string? Key { get; init; }

        /// <summary>Where the owner sets a password, once: whoever has the link can.</summary>
        public string? Invitation { get; init; }

        // Both open the organisation: they must not reach a log by way of a record's printer.
        public override string ToString() => $"Response {{ OrgId = {OrgId}, Created = {Created} }}";
    }

    /// <summary>What was made, and the code that lets the owner in; null where there is none.</summary>
    internal sealed record Made(Response Response, string? Code)
    {
        public override string ToString() => Response.ToString();
    }

    private static readonly string[] Tiers = [.. LicenseTier.All.Select(tier => tier.Name)];

    public static async Task<IResult> Handle(
        HttpContext context,
        Origin origin,
        Database database,
        IOptions<KeyOptions> options,
        PublicAddress address,
        UlidSource ids,
        ILogger<Tenant> log
    )
    {
        var body = await Body.Read(context, KeyJson.Default.CreateOrganizationRequest);
        if (body.Refused)
            return body.Refusal;
        var mistakes = Check(body.Value);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        var made = await database.Write(
            session => Make(session, origin, body.Value, options.Value, ids),
            context.RequestAborted
        );
        var shown = made.Response with
        {
            Invitation = made.Code is { } code ? Invitation.Link(address, code) : null,
        };
        if (shown.Created)
            LogCreated(log, shown.TenantId, shown.OrgId);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            shown,
            KeyJson.Default.CreateOrganizationResponse,
            statusCode: shown.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK
        );
    }

    /// <summary>The tenant, its owner and its first key; or the tenant as it is, untouched.</summary>
    internal static async Task<Made> Make(
        Session session,
        Origin origin,
        Request request,
        KeyOptions options,
        UlidSource ids
    )
    {
        var now = origin.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var tenant = new Tenant
        {
            Id = ids.Next().ToString(),
            Handle = request.OrgId!,
            Name = request.Name!.Trim(),
            Tier = request.Tier ?? Tiers[0],
            CreatedAt = now,
        };
        if (!await TenantStore.Insert(session, tenant))
        {
            var there = (await TenantStore.FindByHandle(session, tenant.Handle))!;
            return new Made(Show(there, created: false), null);
        }
        var (kind, id) = await MakeOwner(session, tenant, request.Owner, now, ids);
        var scopes = kind == OwnerKinds.Member ? (Scopes?)null : AccountScopes;
        var (key, text) = CreateKey.Mint(
            new KeyWish("first", EnvironmentNames.Live, "standard", scopes),
            kind,
            id,
            options,
            ids,
            now
        );
        await KeyStore.Insert(session, tenant.Id, key);
        var code = kind == OwnerKinds.Member ? await Invite(session, tenant, id, now, ids) : null;
        await Audit.Record(session, origin, Facts(tenant, request.Owner, kind, id));
        await Audit.Record(session, origin, KeyFacts.Created(key) with { TenantId = tenant.Id });
        var shown = Show(tenant, created: true) with { KeyId = key.Id, Key = text };
        return new Made(shown, code);
    }

    /// <summary>The owner is a member already and has no way in yet.</summary>
    private static async Task<string> Invite(
        Session session,
        Tenant tenant,
        string ownerId,
        long now,
        UlidSource ids
    )
    {
        var owner = (await OwnerStore.FindMember(session, tenant.Id, ownerId))!;
        var (invitation, code) = Invitation.Make(
            ids.Next().ToString(),
            owner.Email,
            owner.Name,
            owner.Role,
            owner.Id,
            Invitation.ByOperator,
            now
        );
        await InvitationStore.Insert(session, tenant.Id, invitation);
        return code;
    }

    private static Fact Facts(Tenant tenant, OwnerWish? owner, string kind, string id) =>
        new("tenant.create", "tenant", tenant.Id)
        {
            TenantId = tenant.Id,
            ["handle"] = tenant.Handle,
            ["name"] = tenant.Name,
            ["tier"] = tenant.Tier,
            ["owner"] = $"{kind} {id}",
            ["owner_email"] = owner?.Email,
        };

    private static Scopes AccountScopes => Scopes.All & ~Scopes.ScimWrite;

    private static async Task<(string Kind, string Id)> MakeOwner(
        Session session,
        Tenant tenant,
        OwnerWish? owner,
        long now,
        UlidSource ids
    )
    {
        var id = ids.Next().ToString();
        if (owner is null)
        {
            var account = new ServiceAccount
            {
                Id = id,
                Name = "first",
                Scopes = (long)AccountScopes,
                CreatedAt = now,
            };
            await OwnerStore.Insert(session, tenant.Id, account);
            return (OwnerKinds.ServiceAccount, id);
        }
        var email = Email.Read(owner.Email)!;
        var member = new Member
        {
            Id = id,
            Email = email,
            Name = owner.Name?.Trim() is { Length: > 0 } name ? name : email,
            Role = "owner",
            CreatedAt = now,
        };
        await OwnerStore.Insert(session, tenant.Id, member);
        return (OwnerKinds.Member, id);
    }

    private static Response Show(Tenant tenant, bool created) =>
        new()
        {
            OrgId = tenant.Handle,
            TenantId = tenant.Id,
            Name = tenant.Name,
            Tier = tenant.Tier,
            Created = created,
        };

    private static List<Mistake> Check(Request request)
    {
        var mistakes = new List<Mistake>();
        if (request.OrgId is null || !Tenant.HandleShape().IsMatch(request.OrgId))
            mistakes.Add(
                new Mistake(
                    "org_id",
                    "org_id is needed: 1 to 39 of a-z, 0-9 and -, starting with a letter or digit",
                    Where: "org_id"
                )
            );
        if (request.Name?.Trim() is not { Length: >= 1 and <= 200 } name || !PlainText.Is(name))
            mistakes.Add(
                new Mistake("name", "name is needed: 1 to 200 printable characters", Where: "name")
            );
        if (request.Tier is { } tier && !Tiers.Contains(tier))
            mistakes.Add(
                new Mistake("tier", $"tier is one of {string.Join(", ", Tiers)}", Where: "tier")
            );
        if (request.Owner is { } owner && Email.Read(owner.Email) is null)
            mistakes.Add(
                new Mistake(
                    "email",
                    "owner.email is needed: an address such as ada@example.org",
                    Where: "owner.email"
                )
            );
        if (
            request.Owner?.Name is { } ownerName
            && (ownerName.Length > 200 || !PlainText.Is(ownerName))
        )
            mistakes.Add(
                new Mistake(
                    "name",
                    "owner.name has at most 200 printable characters",
                    Where: "owner.name"
                )
            );
        return mistakes;
    }

    [LoggerMessage(
        1110,
        LogLevel.Information,
        "Organisation {OrgId} created as tenant {TenantId} with its first key"
    )]
    private static partial void LogCreated(ILogger log, string tenantId, string orgId);
}
