namespace Sluice.Client;

/// <summary>Who the key is, and how the server is.</summary>
public sealed class IdentityApi
{
    private readonly Wire _wire;

    internal IdentityApi(Wire wire) => _wire = wire;

    public Task<Whoami> Whoami(CancellationToken stop = default) =>
        _wire.Get("api/v1/whoami", SluiceJson.Default.Whoami, stop);

    public Task<Health> Health(CancellationToken stop = default) =>
        _wire.Get("health", SluiceJson.Default.Health, stop);
}

/// <param name="Email">The owner's address; null when a service account owns the key.</param>
/// <param name="Tenant">The tenant's handle, the prefix of its package names.</param>
/// <param name="Environment"><c>live</c> or <c>test</c>.</param>
/// <param name="Scopes">Empty when the key carries its owner's full access.</param>
public sealed record Whoami(
    string? Email,
    string Tenant,
    string? TenantId,
    string? Environment,
    string? KeyId,
    IReadOnlyList<string>? Scopes,
    Owner? Owner
);

/// <param name="Type"><c>member</c> or <c>service_account</c>.</param>
public sealed record Owner(string Type, string? Id, string? Name);

public sealed record Health(
    string Status,
    string? Service,
    string? Version,
    DateTimeOffset? Timestamp,
    System.Text.Json.JsonElement? Store,
    System.Text.Json.JsonElement? Isolation,
    System.Text.Json.JsonElement? Runner,
    LicenseStatus? License
);
