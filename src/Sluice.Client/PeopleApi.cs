namespace Sluice.Client;

/// <summary>Members and service accounts; the calling key needs <c>admin</c>.</summary>
public sealed class PeopleApi
{
    private readonly Wire _wire;

    internal PeopleApi(Wire wire) => _wire = wire;

    public Task<Page<Member>> Members(string? cursor = null, CancellationToken stop = default) =>
        _wire.Get(
            Wire.Query("api/v1/members", ("cursor", cursor)),
            SluiceJson.Default.PageMember,
            stop
        );

    /// <param name="role"><c>owner</c>, <c>admin</c>, <c>policy_admin</c>, <c>developer</c> or <c>viewer</c>.</param>
    public Task<Member> SetRole(string id, string role, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Patch,
            "api/v1/members/" + Wire.Segment(id),
            new NewRole(role),
            SluiceJson.Default.NewRole,
            SluiceJson.Default.Member,
            stop
        );

    /// <summary>The member's keys fail on their very next use.</summary>
    public Task RemoveMember(string id, CancellationToken stop = default) =>
        _wire.Delete("api/v1/members/" + Wire.Segment(id), stop);

    public Task<Page<ServiceAccount>> ServiceAccounts(
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query("api/v1/service-accounts", ("cursor", cursor)),
            SluiceJson.Default.PageServiceAccount,
            stop
        );

    public Task<ServiceAccount> CreateServiceAccount(
        ServiceAccountChange account,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/service-accounts",
            account,
            SluiceJson.Default.ServiceAccountChange,
            SluiceJson.Default.ServiceAccount,
            stop
        );

    /// <summary>Its keys have the new scopes on their very next use. What is null stays.</summary>
    public Task<ServiceAccount> UpdateServiceAccount(
        string id,
        ServiceAccountChange change,
        CancellationToken stop = default
    ) =>
        _wire.Send(
            HttpMethod.Patch,
            "api/v1/service-accounts/" + Wire.Segment(id),
            change,
            SluiceJson.Default.ServiceAccountChange,
            SluiceJson.Default.ServiceAccount,
            stop
        );

    /// <summary>Its keys fail on their very next use.</summary>
    public Task RemoveServiceAccount(string id, CancellationToken stop = default) =>
        _wire.Delete("api/v1/service-accounts/" + Wire.Segment(id), stop);
}

public sealed record Member
{
    public required string Id { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

public sealed record NewRole(string Role);

public sealed record ServiceAccount
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What its keys can be given at most.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What is asked of a service account; for a change, null leaves as it is.</summary>
public sealed record ServiceAccountChange(
    string? Name = null,
    IReadOnlyList<string>? Scopes = null
);
