namespace Sluice.Client;

/// <summary>Who the key is, and how the server is.</summary>
public sealed class IdentityApi
{
    private readonly Wire _wire;

    internal IdentityApi(Wire wire) => _wire = wire;

    public Task<Whoami> Whoami(CancellationToken stop = default) =>
        _wire.Get("api/v1/whoami", SluiceJson.Default.Whoami, stop);

    /// <summary>The member whose key it is; refused to a service account, which has no profile.</summary>
    public Task<Profile> Profile(CancellationToken stop = default) =>
        _wire.Get("api/v1/profile", SluiceJson.Default.Profile, stop);

    /// <summary>Changes the profile of the member whose key it is; what is null is as if it had never been said.</summary>
    public Task<Profile> PutProfile(NewProfile profile, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Put,
            "api/v1/profile",
            profile,
            SluiceJson.Default.NewProfile,
            SluiceJson.Default.Profile,
            stop
        );

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

/// <param name="TimeZone">In which the console shows times: a name of the IANA database such as <c>Europe/Berlin</c>; null: none.</param>
public sealed record NewProfile(string? TimeZone = null);

/// <summary>A member as it sees itself.</summary>
/// <param name="Role"><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</param>
/// <param name="TimeZone">In which the console shows times; null: none was chosen.</param>
/// <param name="LocalTime">The time there now, with its offset; in UTC where none was chosen.</param>
public sealed record Profile(
    string Id,
    string Email,
    string? Name,
    string Role,
    string? TimeZone,
    DateTimeOffset LocalTime
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
