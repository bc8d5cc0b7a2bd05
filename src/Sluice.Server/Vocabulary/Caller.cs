using System.Reflection;

namespace Sluice.Server.Vocabulary;

/// <summary>One way a caller proves who it is.</summary>
[Flags]
internal enum Door
{
    None = 0,
    Key = 1,
    License = 2,
    Session = 4,
    Scim = 8,
    Admin = 16,
}

/// <summary>Who owns a credential: a person, or an account that belongs to no person.</summary>
internal static class OwnerKinds
{
    public const string Member = "member";
    public const string ServiceAccount = "service_account";

    /// <summary>A license key speaks for its organisation as a whole.</summary>
    public const string License = "license";
}

/// <summary>
/// Who is calling, as a door found it: the only thing about a credential that a room ever sees.
/// </summary>
internal sealed record Caller
{
    /// <summary>The door that the caller came through.</summary>
    public required Door Door { get; init; }

    /// <summary>ULID of the tenant; empty for the operator (admin door), who belongs to none.</summary>
    public required string TenantId { get; init; }

    /// <summary>The tenant's handle, the prefix of its package and flow names.</summary>
    public required string Handle { get; init; }

    /// <summary><c>live</c> or <c>test</c>.</summary>
    public required string Environment { get; init; }

    /// <summary>What the caller may do now: the credential's scopes within its owner's.</summary>
    public required Scopes Scopes { get; init; }

    /// <summary>The key that was used; null at other doors.</summary>
    public string? KeyId { get; init; }

    /// <summary>The session that was used; null at other doors.</summary>
    public string? SessionId { get; init; }

    /// <summary><see cref="OwnerKinds"/>.</summary>
    public string OwnerKind { get; init; } = OwnerKinds.Member;

    /// <summary>Id of the member or service account behind the credential.</summary>
    public string OwnerId { get; init; } = "";

    /// <summary>The member's e-mail address or the account's name, for the ledger.</summary>
    public string? OwnerName { get; init; }

    /// <summary>Why the operator has suspended the tenant; null: it is not suspended.</summary>
    public string? Suspended { get; init; }

    public bool May(Scopes scope) => (Scopes & scope) == scope;

    /// <summary>Lets an act take its caller as a parameter; the doors have put it there.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<Caller?>(
            context.Features.Get<Caller>()
                ?? throw new InvalidOperationException(
                    $"{context.Request.Path} asks for a caller, but its row in Doors.cs has no door."
                )
        );
}

/// <summary>The two environments of a tenant.</summary>
internal static class EnvironmentNames
{
    public const string Live = "live";
    public const string Test = "test";

    public static bool IsKnown(string text) => text is Live or Test;

    public static string Other(string environment) => environment == Live ? Test : Live;
}
