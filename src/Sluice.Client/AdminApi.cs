namespace Sluice.Client;

/// <summary>The operator's family; needs <see cref="SluiceClientOptions.AdminKey"/>.</summary>
public sealed class AdminApi
{
    private readonly Wire _wire;

    internal AdminApi(Wire wire) => _wire = wire;

    /// <summary>Makes a tenant with its owner and first key. Repeated for the same <c>org_id</c> it changes nothing and
    /// answers without a key.</summary>
    public Task<Organization> CreateOrganization(
        NewOrganization organization,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/admin/organizations",
            organization,
            SluiceJson.Default.NewOrganization,
            SluiceJson.Default.Organization,
            stop
        );

    public Task<MintedKey> CreateKey(string orgId, NewKey key, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            $"api/v1/admin/organizations/{Wire.Segment(orgId)}/keys",
            key,
            SluiceJson.Default.NewKey,
            SluiceJson.Default.MintedKey,
            stop
        );
}

/// <param name="OrgId">The tenant's handle.</param>
/// <param name="Owner">Null: the first key belongs to a service account.</param>
public sealed record NewOrganization(
    string OrgId,
    string Name,
    NewOwner? Owner = null,
    string? Tier = null
);

public sealed record NewOwner(string Email, string? Name = null);

public sealed record Organization
{
    public required string OrgId { get; init; }
    public string? TenantId { get; init; }
    public string? Name { get; init; }
    public bool Created { get; init; }
    public string? KeyId { get; init; }

    /// <summary>The first key's text, when the tenant was made by this call.</summary>
    public string? Key { get; init; }

    // The text of a key must not reach a log by way of a record's printer.
    public override string ToString() => $"Organization {{ OrgId = {OrgId}, Created = {Created} }}";
}
