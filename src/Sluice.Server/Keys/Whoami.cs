using Sluice.Server.Identity;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>Who the presented credential is (seed 002: <c>whoami</c> prints Email and Tenant).</summary>
internal static class Whoami
{
    internal sealed record Response
    {
        /// <summary>The member's address; null for a service account.</summary>
        public required string? Email { get; init; }

        /// <summary>The tenant's handle.</summary>
        public required string Tenant { get; init; }

        public required string TenantId { get; init; }

        public required string TenantName { get; init; }

        public required string Environment { get; init; }

        public required string? KeyId { get; init; }

        /// <summary>What this credential may do now.</summary>
        public required IReadOnlyList<string> Scopes { get; init; }

        public required OwnerShown Owner { get; init; }
    }

    internal sealed record OwnerShown(string Type, string Id, string Name);

    public static async Task<IResult> Handle(
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var (tenant, email, name) = await database.Read(
            async session =>
            {
                var found = await TenantStore.Find(session, caller.TenantId);
                if (caller.OwnerKind == OwnerKinds.Member)
                {
                    var member = await OwnerStore.FindMember(
                        session,
                        caller.TenantId,
                        caller.OwnerId
                    );
                    return (found, member?.Email, member?.Name);
                }
                var account = await OwnerStore.FindAccount(
                    session,
                    caller.TenantId,
                    caller.OwnerId
                );
                return (found, (string?)null, account?.Name);
            },
            stop
        );
        var response = new Response
        {
            Email = email,
            Tenant = caller.Handle,
            TenantId = caller.TenantId,
            TenantName = tenant?.Name ?? caller.Handle,
            Environment = caller.Environment,
            KeyId = caller.KeyId,
            Scopes = ScopeNames.Names(caller.Scopes),
            Owner = new OwnerShown(caller.OwnerKind, caller.OwnerId, name ?? ""),
        };
        return TypedResults.Json(response, KeyJson.Default.WhoamiResponse);
    }
}
