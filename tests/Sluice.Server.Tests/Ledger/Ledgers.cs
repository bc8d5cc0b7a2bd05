using System.Text;
using System.Text.Json;
using Sluice.Seal;

namespace Sluice.Server.Tests.Ledger;

/// <summary>What tests do with a tenant's ledger.</summary>
internal static class Ledgers
{
    /// <summary>Lines of the export; null for the operator's own.</summary>
    public static async Task<List<string>> Export(
        this TestHouse house,
        TestTenant? tenant,
        string query = ""
    )
    {
        using var answer = await house.Send(
            HttpMethod.Get,
            (tenant is null ? "/api/v1/admin/audit/export" : "/api/v1/audit/export") + query,
            key: tenant?.Key,
            admin: tenant is null
        );
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>A checkpoint as somebody keeps it elsewhere.</summary>
    public static async Task<Checkpoint> KeepCheckpoint(this TestTenant tenant)
    {
        using var answer = await tenant.Get("/api/v1/audit/checkpoint");
        return Checkpoint.Read(await TestHouse.Json(answer));
    }

    public static LedgerVerdict Verify(IEnumerable<string> lines, params Checkpoint[] kept)
    {
        var verifier = new LedgerVerifier();
        foreach (var line in lines)
            verifier.Read(Encoding.UTF8.GetBytes(line));
        foreach (var checkpoint in kept)
            verifier.Keep(checkpoint);
        return verifier.End();
    }

    /// <summary>Entries that a search finds, newest first.</summary>
    public static async Task<List<JsonElement>> Search(this TestTenant tenant, string body)
    {
        using var answer = await tenant.Post("/api/v1/audit/search", body);
        var json = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return [.. json.GetProperty("entries").EnumerateArray()];
    }

    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
