using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Language;
using Sluice.Server.Flows.Configs;
using Sluice.Server.Store;

namespace Sluice.Server.Flows.Settings;

/// <summary>What a tenant has said of how long things are kept.</summary>
internal sealed record TenantSettings
{
    public const int MostDays = 3650;

    private const int MostFlows = 1000;

    /// <summary>Days for which runs are kept after their end, with all that belongs to them; 1 to 3650; absent: the house's default.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Days for which sessions are kept after something was last added, and entries after they were written; 1 to 3650; absent: the house's default.</summary>
    public int? MemoryDays { get; init; }

    /// <summary>By flow (<c>handle/name</c>), days for which its dead letters are kept; 1 to 3650; a flow that is not named: as all runs.</summary>
    public Dictionary<string, int>? DeadLetterDays { get; init; }

    /// <summary>What is wrong with them.</summary>
    public IEnumerable<Mistake> Mistakes()
    {
        if (RetentionDays is < 1 or > MostDays)
            yield return OutOfRange("retention_days");
        if (MemoryDays is < 1 or > MostDays)
            yield return OutOfRange("memory_days");
        if (DeadLetterDays is { Count: > MostFlows })
            yield return new Mistake(
                "too_many",
                $"dead_letter_days has at most {MostFlows} flows",
                Where: "dead_letter_days"
            );
        foreach (var (flow, days) in DeadLetterDays ?? [])
        {
            var where = $"dead_letter_days.{(flow.Length <= 80 ? flow : flow[..80] + "…")}";
            if (!Config.FlowShape().IsMatch(flow))
                yield return new Mistake(
                    "flow",
                    "a flow is handle/name in lower-case letters, digits and hyphens",
                    Where: where
                );
            if (days is < 1 or > MostDays)
                yield return OutOfRange(where);
        }
    }

    /// <summary>Those of a tenant; empty when it has said nothing.</summary>
    public static async Task<TenantSettings> Read(Session session, string tenantId) =>
        await session
            .Of(tenantId)
            .First<string>("SELECT settings FROM tenant_settings WHERE tenant_id = @tenant")
            is { } json
            ? JsonSerializer.Deserialize(json, SettingsJson.Default.TenantSettings)!
            : new TenantSettings();

    public Task Write(Session session, string tenantId, long now) =>
        session
            .Of(tenantId)
            .Execute(
                """
                INSERT INTO tenant_settings (tenant_id, settings, updated_at) VALUES (@tenant, @settings, @now)
                ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at
                """,
                new
                {
                    settings = JsonSerializer.Serialize(this, SettingsJson.Default.TenantSettings),
                    now,
                }
            );

    private static Mistake OutOfRange(string where) =>
        new("out_of_range", $"days are 1 to {MostDays}", Where: where);
}

/// <summary>Settings of the section <c>Retention</c>.</summary>
internal sealed class RetentionOptions
{
    /// <summary>Days for which runs are kept whose tenant has said nothing; 1 to 3650; default 30.</summary>
    public int Days { get; set; } = 30;

    /// <summary>Days for which what flows remember is kept whose tenant has said nothing; 1 to 3650; default 365.</summary>
    public int MemoryDays { get; set; } = 365;

    /// <summary>How often it is looked for what can go. Default 1 hour.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 16
)]
[JsonSerializable(typeof(TenantSettings))]
[JsonSerializable(typeof(TenantLimitList))]
[JsonSerializable(typeof(SettingsRoutes.Response), TypeInfoPropertyName = "SettingsResponse")]
internal sealed partial class SettingsJson : JsonSerializerContext;
