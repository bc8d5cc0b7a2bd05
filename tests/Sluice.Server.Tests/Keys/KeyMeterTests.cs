using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Keys;

namespace Sluice.Server.Tests.Keys;

/// <summary>What calls cost the store: their counts are written behind them, once for many.</summary>
public sealed class KeyMeterTests
{
    [Fact]
    public async Task Checking_a_key_writes_nothing_before_its_answer()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(adjust: builder =>
            builder.Services.AddSingleton<TimeProvider>(clock)
        );
        var tenant = await house.NewTenant();
        var (_, text) = await tenant.MintKey(
            "\"rate_limit\":1000000,\"daily_quota\":1000000,\"allowed_cidrs\":[\"127.0.0.0/8\"]"
        );
        await using var store = new SqliteConnection(
            $"Data Source={Path.Combine(house.Data, "sluice.db")};Mode=ReadOnly;Pooling=False"
        );
        await store.OpenAsync(TestContext.Current.CancellationToken);
        var (changes, last) = (0, await Version(store));
        for (var i = 0; i < 200; i++)
        {
            await Check(tenant, text);
            var now = await Version(store);
            changes += now == last ? 0 : 1;
            last = now;
        }
        // What was on its way when it began may come; the rest waits for the clock, which stands still.
        Assert.InRange(changes, 0, 2);

        while (await Version(store) == last)
        {
            clock.Advance(TimeSpan.FromMilliseconds(KeyMeter.FlushMs));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task Check(TestTenant tenant, string text)
    {
        using var answer = await tenant.Post(
            "/api/v1/keys/verify",
            JsonSerializer.Serialize(new { key = text, address = "127.0.0.1" })
        );
        Assert.True((await TestHouse.Json(answer)).GetProperty("valid").GetBoolean());
    }

    /// <summary>A number that is another one after any commit of another connection.</summary>
    private static async Task<long> Version(SqliteConnection store)
    {
        await using var command = store.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
