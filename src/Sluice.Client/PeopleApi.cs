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
            new MemberChange(role),
            SluiceJson.Default.MemberChange,
            SluiceJson.Default.Member,
            stop
        );

    /// <summary>Deactivated, a member may do nothing: sessions are over, keys rest until it is active again.</summary>
    public Task<Member> SetActive(string id, bool active, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Patch,
            "api/v1/members/" + Wire.Segment(id),
            new MemberChange(Active: active),
            SluiceJson.Default.MemberChange,
            SluiceJson.Default.Member,
            stop
        );

    /// <summary>The link goes by mail; where the server sends none, it is in the answer, once.</summary>
    public Task<Invitation> Invite(NewInvitation invitation, CancellationToken stop = default) =>
        _wire.Send(
            HttpMethod.Post,
            "api/v1/invitations",
            invitation,
            SluiceJson.Default.NewInvitation,
            SluiceJson.Default.Invitation,
            stop
        );

    public Task<Page<Invitation>> Invitations(
        string? cursor = null,
        CancellationToken stop = default
    ) =>
        _wire.Get(
            Wire.Query("api/v1/invitations", ("cursor", cursor)),
            SluiceJson.Default.PageInvitation,
            stop
        );

    /// <summary>Its link opens nothing any more.</summary>
    public Task RevokeInvitation(string id, CancellationToken stop = default) =>
        _wire.Delete("api/v1/invitations/" + Wire.Segment(id), stop);

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
    public bool Active { get; init; } = true;
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What is asked of a member; null leaves as it is.</summary>
public sealed record MemberChange(string? Role = null, bool? Active = null);

/// <param name="Name">What to call the person; the address when null.</param>
public sealed record NewInvitation(string Email, string Role, string? Name = null);

public sealed record Invitation
{
    public required string Id { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }

    /// <summary><c>pending</c>, <c>accepted</c>, <c>revoked</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Opens the account: in the answer that made it, where no mail is sent.</summary>
    public string? Link { get; init; }

    // It must not reach a log by way of a record's printer.
    public override string ToString() => $"Invitation {{ Id = {Id} }}";
}

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
