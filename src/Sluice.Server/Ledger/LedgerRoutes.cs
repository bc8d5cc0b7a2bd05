using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Ledger;

internal static class LedgerRoutes
{
    /// <summary>Which ledger a caller may see: its tenant's; the operator the installation's.</summary>
    public static string ChainOf(Caller caller) =>
        caller.TenantId.Length == 0 ? Audit.House : caller.TenantId;

    public static IServiceCollection AddLedger(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services.AddOptions<LedgerOptions>().Bind(configuration.GetSection("Ledger"));
        services.AddSingleton<LedgerSigner>();
        services.AddSingleton<LedgerPruner>();
        services.AddHostedService<Notary>();
        return services;
    }

    public static void MapLedger(this IEndpointRouteBuilder app)
    {
        Map(app, "/api/v1/audit", "", "this tenant's ledger");
        Map(app, "/api/v1/admin/audit", "Installation", "the installation's own ledger");
    }

    private static void Map(IEndpointRouteBuilder app, string path, string whose, string what)
    {
        app.MapPost(path + "/search", SearchLedger.Handle)
            .WithName($"search{whose}Ledger")
            .Does($"Find entries of {what}, newest first")
            .Takes(LedgerJson.Default.SearchLedgerRequest)
            .Gives(LedgerJson.Default.SearchLedgerResponse);
        app.MapGet(path + "/export", ExportLedger.Handle)
            .WithName($"export{whose}Ledger")
            .Does(
                $"Export {what}, oldest entry first; a copy as JSON lines can be verified offline"
            )
            .Query("format", "jsonl (default) or csv")
            .Query(
                "after",
                "Only entries after this number, as it went on from an earlier copy",
                "integer"
            )
            .GivesText("application/x-ndjson", "A line for each key, checkpoint and entry");
        app.MapGet(path + "/checkpoint", SignCheckpoint.Handle)
            .WithName($"sign{whose}Checkpoint")
            .Does($"Sign how long {what} is now; keep the answer elsewhere")
            .Gives(LedgerJson.Default.SignCheckpointResponse)
            .Refuses(LedgerRefusals.Empty);
        app.MapGet(path + "/chain", ShowChain.Handle)
            .WithName($"show{whose}LedgerChain")
            .Does(
                $"Show how long {what} is, up to where it is signed, and whether its newest entries hold"
            )
            .Gives(LedgerJson.Default.ShowChainResponse);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 16
)]
[JsonSerializable(typeof(SearchLedger.Request), TypeInfoPropertyName = "SearchLedgerRequest")]
[JsonSerializable(typeof(SearchLedger.Response), TypeInfoPropertyName = "SearchLedgerResponse")]
[JsonSerializable(typeof(ShowChain.Response), TypeInfoPropertyName = "ShowChainResponse")]
[JsonSerializable(typeof(SignCheckpoint.Response), TypeInfoPropertyName = "SignCheckpointResponse")]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class LedgerJson : JsonSerializerContext;
