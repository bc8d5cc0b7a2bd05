using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity;

/// <summary>A service account as programs and people see it.</summary>
internal sealed record ServiceAccountShown
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What its keys can be given at most; narrowing acts on them at once.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static ServiceAccountShown Of(ServiceAccount account) =>
        new()
        {
            Id = account.Id,
            Name = account.Name,
            Scopes = ScopeNames.Names((Scopes)account.Scopes),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(account.CreatedAt),
        };
}

/// <summary>What is asked of a service account; for a change, what is absent stays.</summary>
internal sealed record ServiceAccountRequest
{
    /// <summary>What it is for, such as <c>deploy</c>; 1 to 100 characters, once in a tenant.</summary>
    public string? Name { get; init; }

    /// <summary>Names of scopes, at least one.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }
}
