namespace Sluice.Server.Flows.Settings;

/// <summary>A limit that holds for a tenant, and where it comes from.</summary>
internal sealed record TenantLimit
{
    /// <summary>A setting of the server.</summary>
    public const string Server = "server";

    /// <summary>The tenant's license.</summary>
    public const string License = "license";

    /// <summary>What the tenant has said itself.</summary>
    public const string Tenant = "tenant";

    /// <summary>What is limited, for programs.</summary>
    public required string Name { get; init; }

    /// <summary>The same for people.</summary>
    public required string About { get; init; }

    /// <summary>At most so many; absent: no limit.</summary>
    public double? Value { get; init; }

    /// <summary>Of what, such as <c>calls a second</c>.</summary>
    public required string Unit { get; init; }

    /// <summary><see cref="Server"/>, <see cref="License"/> or <see cref="Tenant"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The server's setting, the tier of the license, or what the tenant changes it with.</summary>
    public required string SetBy { get; init; }

    /// <summary>Where it differs between them: the environment that it holds in.</summary>
    public string? Environment { get; init; }

    /// <summary>For runs: <c>queue</c>, <c>drop</c> or <c>replace</c>, which says what becomes of the next one.</summary>
    public string? Policy { get; init; }
}

/// <param name="Data">In an order for people: calls, runs, nodes, keys.</param>
internal sealed record TenantLimitList(IReadOnlyList<TenantLimit> Data);
