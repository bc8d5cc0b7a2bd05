using System.Text.RegularExpressions;
using Sluice.Seal;

namespace Sluice.Server.Secrets;

/// <summary>Where a value belongs; it opens nowhere else.</summary>
/// <param name="TenantId">ULID of the tenant.</param>
/// <param name="Environment"><c>live</c> or <c>test</c>.</param>
/// <param name="Holder">Empty for a secret of the tenant; else the id of the config that overrides one, or <see cref="OfWebhook"/>.</param>
/// <param name="Name">What node code asks for, see <see cref="NameShape"/>.</param>
internal sealed partial record SecretPlace(
    string TenantId,
    string Environment,
    string Holder,
    string Name
)
{
    /// <summary>The holder of a tenant's own secrets.</summary>
    public const string Tenant = "";

    private const string Webhook = "webhook:";

    /// <summary>The holder of what a webhook's messages are signed with; no config has such an id, so no run reads it.</summary>
    public static string OfWebhook(string id) => Webhook + id;

    /// <summary>Id of the webhook whose messages it signs; null for any other.</summary>
    public string? WebhookId =>
        Holder.StartsWith(Webhook, StringComparison.Ordinal) ? Holder[Webhook.Length..] : null;

    /// <summary>Id of the config that overrides; null for any other.</summary>
    public string? ConfigId => Holder.Length == 0 || WebhookId is not null ? null : Holder;

    /// <summary>A letter or underscore, then up to 127 letters, digits and underscores.</summary>
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,127}\\z", RegexOptions.None, 1000)]
    public static partial Regex NameShape();

    /// <summary>What is authenticated with the value; spec/envelope.md has the table.</summary>
    public byte[] AssociatedData(long version) =>
        Holder.Length == 0
            ? Seal.AssociatedData.Encode(version, "secret", TenantId, Environment, Name)
        : WebhookId is { } webhook
            ? Seal.AssociatedData.Encode(version, "webhook", TenantId, Environment, webhook, Name)
        : Seal.AssociatedData.Encode(version, "config", TenantId, Environment, Holder, Name);
}

/// <summary>What may be shown of a secret.</summary>
internal sealed record SecretEntry
{
    public required string Name { get; init; }

    /// <summary>When the name was first saved; replacing the value leaves it.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When the value was last saved.</summary>
    public required long SavedAt { get; init; }
}

/// <summary>A sealed value with the wrapped key that opens it: all that a read needs, in one row.</summary>
internal sealed record SealedSecret
{
    public required string Holder { get; init; }

    public required long Version { get; init; }

    public required byte[] Sealed { get; init; }

    public required byte[] Wrapped { get; init; }
}

/// <summary>A tenant's data key as it is kept.</summary>
internal sealed record WrappedKey
{
    public required string TenantId { get; init; }

    /// <summary>Derived from the key, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required string MasterKeyId { get; init; }

    public required byte[] Wrapped { get; init; }

    /// <summary>What is authenticated with a wrapped key: whose it is.</summary>
    public static byte[] AssociatedData(string tenantId) =>
        Seal.AssociatedData.Encode(0, "data-key", tenantId);
}
