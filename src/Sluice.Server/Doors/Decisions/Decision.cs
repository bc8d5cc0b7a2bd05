using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Server.Keys;
using Sluice.Server.Ledger;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors.Decisions;

/// <summary>One refusal, with all that was known when it was made. It holds no credential and no body.</summary>
internal sealed record Decision
{
    /// <summary>Whose it is to see; <see cref="Audit.House"/> where no tenant is known.</summary>
    public required string TenantId { get; init; }

    public required string RequestId { get; init; }

    public required long At { get; init; }

    public required string Method { get; init; }

    /// <summary>The pattern, never the path that was asked for.</summary>
    public required string Route { get; init; }

    public required int Status { get; init; }

    public required string Code { get; init; }

    public required string Detail { get; init; }

    /// <summary>The scope that is missing, where that is the reason.</summary>
    public string? Scope { get; init; }

    public required Door Door { get; init; }

    public required string ActorKind { get; init; }

    public string? Actor { get; init; }

    public string? ActorName { get; init; }

    public string? KeyId { get; init; }

    /// <summary>What came of the presented key, where it was not let in.</summary>
    public KeyFinding? Finding { get; init; }

    public string? Environment { get; init; }

    public string? Address { get; init; }

    /// <summary>The decision of a request that was answered with a refusal.</summary>
    public static Decision Of(HttpContext context, Refusal refusal, TimeProvider clock)
    {
        var attempt = context.Features.Get<Attempt>();
        var origin =
            context.Features.Get<Origin>()
            ?? Origin.Of(context, attempt?.Caller ?? context.Features.Get<Caller>());
        var key = attempt?.Key;
        var owner = key?.Key;
        return new Decision
        {
            TenantId =
                owner?.TenantId ?? (origin.TenantId.Length > 0 ? origin.TenantId : Audit.House),
            RequestId = context.TraceIdentifier,
            At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Method = context.Request.Method,
            Route = context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
                ? pattern
                : "(none)",
            Status = refusal.Status,
            Code = refusal.Code,
            Detail = refusal.Detail,
            Scope = refusal.Scope,
            Door = key is null ? origin.Door : Door.Key,
            ActorKind = owner?.OwnerKind ?? origin.ActorKind,
            Actor = owner?.OwnerId ?? origin.ActorId,
            ActorName = owner?.OwnerName ?? origin.ActorName,
            KeyId = owner?.Id ?? origin.KeyId,
            Finding = key?.Finding,
            Environment = owner?.Environment ?? origin.Environment,
            Address = origin.Address,
        };
    }

    /// <summary>What the ledger remembers of so many equal refusals, of which this was the first.</summary>
    public LedgerEntry Entry(TimeProvider clock, long count)
    {
        var fact = new Fact("access.refuse", "route", $"{Method} {Route}")
        {
            Code = Code,
            ["finding"] = Finding is { } finding ? DecisionJson.NameOf(finding) : null,
            ["scope"] = Scope,
            ["count"] = count > 1 ? count.ToString() : null,
        };
        var origin = new Origin
        {
            Clock = clock,
            Door = Door,
            ActorKind = ActorKind,
            ActorId = Actor,
            ActorName = ActorName,
            KeyId = KeyId,
            Environment = Environment,
            Address = Address,
            RequestId = RequestId,
        };
        return LedgerEntry.Of(origin, fact, TenantId) with { At = At };
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(ShowDecision.Response), TypeInfoPropertyName = "ShowDecisionResponse")]
internal sealed partial class DecisionJson : JsonSerializerContext
{
    /// <summary>The finding's name in snake_case.</summary>
    public static string NameOf(KeyFinding finding) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.ToString());
}
