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

    /// <summary>All of them, newest first, page by page.</summary>
    public Task<Page<OrganizationState>> Organizations(
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query(All, ("cursor", cursor)),
            SluiceJson.Default.PageOrganizationState,
            stop
        );

    public Task<OrganizationState> GetOrganization(
        string orgId,
        CancellationToken stop = default
    ) => _wire.Get(One(orgId), SluiceJson.Default.OrganizationState, stop);

    public Task<OrganizationState> UpdateOrganization(
        string orgId,
        OrganizationChange change,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Patch,
            One(orgId),
            change,
            SluiceJson.Default.OrganizationChange,
            SluiceJson.Default.OrganizationState,
            stop
        );

    /// <summary>Has its calls refused from the very next one on, with the reason.</summary>
    public Task<OrganizationState> SuspendOrganization(
        string orgId,
        string reason,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            One(orgId) + "/suspend",
            new Suspension(reason),
            SluiceJson.Default.Suspension,
            SluiceJson.Default.OrganizationState,
            stop
        );

    public Task<OrganizationState> ResumeOrganization(
        string orgId,
        CancellationToken stop = default
    ) => Order(HttpMethod.Post, One(orgId) + "/resume", stop);

    /// <summary>Suspends it, and has it removed when the waiting time is over.</summary>
    public Task<OrganizationState> DeleteOrganization(
        string orgId,
        CancellationToken stop = default
    ) => Order(HttpMethod.Delete, One(orgId), stop);

    /// <summary>What it has made, as JSON lines.</summary>
    public async Task<byte[]> ExportOrganization(string orgId, CancellationToken stop = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, One(orgId) + "/export");
        using var answer = await _wire.Open(request, stop);
        return await answer.Content.ReadAsByteArrayAsync(stop);
    }

    /// <summary>Makes another admin key; the one that this client has is dead then.</summary>
    public Task<AdminKey> RotateKey(CancellationToken stop = default) =>
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, "api/v1/admin/key/rotate"),
            SluiceJson.Default.AdminKey,
            TimeSpan.FromSeconds(100),
            stop
        );

    private const string All = "api/v1/admin/organizations";

    private static string One(string orgId) => $"{All}/{Wire.Segment(orgId)}";

    private Task<OrganizationState> Order(HttpMethod method, string path, CancellationToken stop) =>
        _wire.Send(
            new HttpRequestMessage(method, path),
            SluiceJson.Default.OrganizationState,
            TimeSpan.FromSeconds(100),
            stop
        );

    /// <summary>Who still uses client ids with secrets, and client keys.</summary>
    public Task<OldCredentials> OldCredentials(CancellationToken stop = default) =>
        _wire.Get("api/v1/admin/old-credentials", SluiceJson.Default.OldCredentials, stop);

    /// <summary>Where the server that is asked listens, and which doors it leads to there.</summary>
    public Task<Page<Listener>> Listeners(CancellationToken stop = default) =>
        _wire.Get("api/v1/admin/listeners", SluiceJson.Default.PageListener, stop);

    public Task<MintedKey> CreateKey(string orgId, NewKey key, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            $"api/v1/admin/organizations/{Wire.Segment(orgId)}/keys",
            key,
            SluiceJson.Default.NewKey,
            SluiceJson.Default.MintedKey,
            stop
        );

    /// <summary>Makes a token for a member; its text is in this answer and nowhere else, ever.</summary>
    public Task<UserTokenMade> CreateUserToken(
        string orgId,
        NewUserToken token,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            One(orgId) + "/user-tokens",
            token,
            SluiceJson.Default.NewUserToken,
            SluiceJson.Default.UserTokenMade,
            stop
        );

    /// <summary>Makes a user token's successor; both work until the overlap is over.</summary>
    public Task<UserTokenMade> RotateUserToken(
        string orgId,
        UserTokenRotation rotation,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            One(orgId) + "/user-tokens/rotate",
            rotation,
            SluiceJson.Default.UserTokenRotation,
            SluiceJson.Default.UserTokenMade,
            stop
        );

    /// <summary>Ends a user token, or all of a member, at once and on every server.</summary>
    public Task<UserTokensRevoked> RevokeUserTokens(
        string orgId,
        UserTokenRevocation revocation,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Delete,
            One(orgId) + "/user-tokens",
            revocation,
            SluiceJson.Default.UserTokenRevocation,
            SluiceJson.Default.UserTokensRevoked,
            stop
        );

    /// <summary>Makes a link that sets a new password, for somebody who has lost the way in.</summary>
    /// <param name="email">Null: the organisation's owner.</param>
    public Task<PasswordLink> MakePasswordLink(
        string orgId,
        string? email,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            $"api/v1/admin/organizations/{Wire.Segment(orgId)}/password",
            new NewPasswordLink(email),
            SluiceJson.Default.NewPasswordLink,
            SluiceJson.Default.PasswordLink,
            stop
        );

    /// <summary>Which master key wraps, and what is left of a rotation; names of keys, never keys.</summary>
    public Task<SecretKeys> SecretKeys(CancellationToken stop = default) =>
        _wire.Get("api/v1/admin/secrets/keys", SluiceJson.Default.SecretKeys, stop);

    /// <summary>Begins to wrap every data key with a new master key. Refused when the master key is not in a file.</summary>
    public Task<SecretKeys> RotateMasterKey(CancellationToken stop = default) =>
        Rotate("rotate-master", stop);

    /// <summary>Begins to seal every value with a new data key of its tenant.</summary>
    public Task<SecretKeys> RotateDataKeys(CancellationToken stop = default) =>
        Rotate("rotate-data", stop);

    private Task<SecretKeys> Rotate(string what, CancellationToken stop) =>
        _wire.Send(
            new HttpRequestMessage(HttpMethod.Post, "api/v1/admin/secrets/keys/" + what),
            SluiceJson.Default.SecretKeys,
            TimeSpan.FromSeconds(100),
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

    /// <summary>Where the owner sets a password, when the tenant was made by this call.</summary>
    public string? Invitation { get; init; }

    // The text of a key must not reach a log by way of a record's printer.
    public override string ToString() => $"Organization {{ OrgId = {OrgId}, Created = {Created} }}";
}

/// <param name="UserEmail">The member's address.</param>
/// <param name="Role">Whose rights it has; null: the member's.</param>
/// <param name="TtlHours">1 to 8760; null: 720.</param>
/// <param name="Environment"><c>live</c> (null) or <c>test</c>.</param>
public sealed record NewUserToken(
    string UserEmail,
    string? Role = null,
    long? TtlHours = null,
    string? Environment = null
);

/// <summary>Either the id or the member's address names the token.</summary>
/// <param name="TtlHours">Null: as long as the old one was to live.</param>
/// <param name="OverlapSeconds">How long the old one still works; null: a day.</param>
public sealed record UserTokenRotation(
    string? Jti,
    string? UserEmail,
    long? TtlHours = null,
    long? OverlapSeconds = null
);

/// <summary>Either the id names one, or the member's address all.</summary>
/// <param name="Reason">For the ledger, 1 to 500 characters.</param>
public sealed record UserTokenRevocation(string? Jti, string? UserEmail, string Reason);

public sealed record UserTokenMade(bool Success, UserToken UserToken);

public sealed record UserToken
{
    /// <summary>The text, once; it is the bearer credential.</summary>
    public required string Token { get; init; }

    /// <summary>Its id.</summary>
    public required string Jti { get; init; }
    public string? OrgId { get; init; }
    public string? UserEmail { get; init; }
    public string? Environment { get; init; }
    public IReadOnlyList<string>? Scopes { get; init; }
    public DateTimeOffset? IssuedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public string? RotatedFrom { get; init; }

    // The text must not reach a log by way of a record's printer.
    public override string ToString() => $"UserToken {{ Jti = {Jti} }}";
}

/// <param name="Revoked">Ids of those that the call ended.</param>
public sealed record UserTokensRevoked(bool Success, IReadOnlyList<string> Revoked);

public sealed record NewPasswordLink(string? Email);

public sealed record PasswordLink(string Email, string Link, DateTimeOffset ExpiresAt)
{
    // It opens an account: it must not reach a log by way of a record's printer.
    public override string ToString() => $"PasswordLink {{ ExpiresAt = {ExpiresAt} }}";
}

/// <summary>An organisation as the operator sees it.</summary>
public sealed record OrganizationState
{
    public required string OrgId { get; init; }
    public required string TenantId { get; init; }
    public required string Name { get; init; }
    public required string Tier { get; init; }

    /// <summary><c>active</c>, <c>suspended</c> or <c>deleting</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What its people are told.</summary>
    public string? Reason { get; init; }
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>When everything of it is removed, unless it is resumed before.</summary>
    public DateTimeOffset? DeleteAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: it has none of its own.</summary>
    public IssuedLicense? License { get; init; }
}

/// <summary>What is null stays.</summary>
public sealed record OrganizationChange(string? Name = null, string? Tier = null);

/// <param name="Reason">What its people are told, 1 to 500 characters.</param>
public sealed record Suspension(string Reason);

/// <param name="Key">The text.</param>
public sealed record AdminKey(string Key)
{
    // The text of a key must not reach a log by way of a record's printer.
    public override string ToString() => "AdminKey";
}

/// <summary>A place where a server listens.</summary>
public sealed record Listener
{
    public required string Name { get; init; }
    public required string Url { get; init; }

    /// <summary><c>none</c> or <c>require</c>.</summary>
    public required string ClientCertificates { get; init; }

    /// <summary>Who alone may come; empty: everyone whose certificate is good.</summary>
    public IReadOnlyList<string> ClientNames { get; init; } = [];

    /// <summary>End of the certificate that it shows; null over plain HTTP.</summary>
    public DateTimeOffset? CertificateExpiresAt { get; init; }

    /// <summary>Families of routes that are served there.</summary>
    public IReadOnlyList<string> Doors { get; init; } = [];

    /// <summary>Families that are not found there.</summary>
    public IReadOnlyList<string> ClosedDoors { get; init; } = [];
}

/// <param name="SwitchedOn">Whether they are taken at all.</param>
/// <param name="Until">From then on they are not; null: no end is set.</param>
public sealed record OldCredentials(
    bool SwitchedOn,
    DateTimeOffset? Until,
    IReadOnlyList<OldCredential> Data
);

/// <param name="Shape"><c>basic</c> or <c>client</c>.</param>
/// <param name="Calls">Of the last 30 days.</param>
public sealed record OldCredential(
    string OrgId,
    string KeyId,
    string Name,
    string Shape,
    string Masked,
    long Calls,
    DateTimeOffset? LastUsedAt
);

public sealed record SecretKeys
{
    /// <summary>Name of the master key that wraps from now on.</summary>
    public required string MasterKeyId { get; init; }

    /// <summary>Names of those that can still unwrap.</summary>
    public IReadOnlyList<string> FormerMasterKeyIds { get; init; } = [];

    /// <summary><c>file</c> or <c>environment</c>.</summary>
    public string? Source { get; init; }
    public long DataKeys { get; init; }

    /// <summary>Data keys that a former master key still wraps.</summary>
    public long LeftToWrap { get; init; }

    /// <summary>Values that a retired data key still seals.</summary>
    public long LeftToSeal { get; init; }

    /// <summary>What a rotation has still to do; 0 when none is going on.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Left => LeftToWrap + LeftToSeal;
}
