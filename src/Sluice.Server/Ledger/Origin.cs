using System.Net;
using System.Reflection;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

/// <summary>
/// Who does something, through which door, from where and when: all that the ledger remembers of a request. An act takes it as a
/// parameter, as it takes its caller.
/// </summary>
internal sealed record Origin
{
    /// <summary>Kinds of actors that own no credential; see <see cref="OwnerKinds"/> for those that do.</summary>
    public const string Operator = "operator";

    /// <summary>The server itself, behind no request.</summary>
    public const string Server = "server";

    /// <summary>Whoever signs reports of leaked keys; its name is that of the signing key.</summary>
    public const string Reporter = "reporter";

    /// <summary>Nobody has proven who it is.</summary>
    public const string Nobody = "nobody";

    /// <summary>Whose ledger it goes to unless the fact says otherwise; empty: the installation's.</summary>
    public string TenantId { get; init; } = "";

    public Door Door { get; init; }

    public required string ActorKind { get; init; }

    /// <summary>Id of the member or service account.</summary>
    public string? ActorId { get; init; }

    /// <summary>Its e-mail address or name at that moment.</summary>
    public string? ActorName { get; init; }

    public string? KeyId { get; init; }

    public string? Environment { get; init; }

    /// <summary>Text of the address that the request came from.</summary>
    public string? Address { get; init; }

    public string? RequestId { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>The origin of a request, with its caller where a door has found one.</summary>
    public static Origin Of(HttpContext context) => Of(context, context.Features.Get<Caller>());

    /// <summary>The origin of a request of this caller's, also where it was not let in.</summary>
    public static Origin Of(HttpContext context, Caller? caller)
    {
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var isTenants = caller is { TenantId.Length: > 0 };
        return new Origin
        {
            Clock = clock,
            TenantId = caller?.TenantId ?? "",
            Door = caller?.Door ?? Door.None,
            ActorKind =
                caller is null ? Nobody
                : isTenants ? caller.OwnerKind
                : Operator,
            ActorId = isTenants ? caller!.OwnerId : null,
            ActorName = isTenants ? caller!.OwnerName : null,
            KeyId = caller?.KeyId,
            Environment = isTenants ? caller!.Environment : null,
            Address = Text(context.Connection.RemoteIpAddress),
            RequestId = context.TraceIdentifier,
        };
    }

    /// <summary>The server itself, such as at its start or behind a timer.</summary>
    public static Origin OfServer(TimeProvider clock) =>
        new() { Clock = clock, ActorKind = Server };

    /// <summary>The same request, once it is known who it is: for acts that let somebody in.</summary>
    public Origin As(string tenantId, string ownerKind, string ownerId, string name) =>
        this with
        {
            TenantId = tenantId,
            ActorKind = ownerKind,
            ActorId = ownerId,
            ActorName = name,
        };

    /// <summary>
    /// Says whose a refusal of this request is, where the doors cannot know it: for acts that let somebody in. The name is what was
    /// claimed, and by nobody proven.
    /// </summary>
    public static void Claim(HttpContext context, string tenantId, string? name) =>
        context.Features.Set(Of(context) with { TenantId = tenantId, ActorName = name });

    /// <summary>Lets an act take it as a parameter.</summary>
    public static ValueTask<Origin?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<Origin?>(Of(context));

    /// <summary>An IPv4 address is the same whether it came over an IPv6 socket or not.</summary>
    private static string? Text(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
}
