using System.Net;
using System.Text.Json;
using Sluice.Server.Doors;
using Sluice.Server.Keys;

namespace Sluice.Server.Tests.Licenses;

/// <summary>The operator's own key: needed in every mode, rotated while serving, bound to addresses.</summary>
public abstract class AdminKeyTests
{
    private const string Path = "/api/v1/admin/organizations";

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_rotated_admin_key_is_dead_on_its_very_next_use_on_every_server()
    {
        var store = await Store();
        await using var house = await TestHouse.Open(
            store: store,
            args: ["--SLUICE_ADMIN_API_KEY", ""]
        );
        await using var second = store is null
            ? null
            : await TestHouse.Open(store: store, args: ["--SLUICE_ADMIN_API_KEY", ""]);
        var key = await house.Database.Write(AdminKey.Replace);
        Assert.Equal(HttpStatusCode.OK, await Ask(house, key));
        using var rotated = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/key/rotate",
            adjust: request => request.Headers.Add(AdminDoor.Header, key)
        );
        Assert.True(await Recorded(house, "admin_key.rotate"));
        var next = (await TestHouse.Json(rotated)).GetProperty("key").GetString()!;
        foreach (var server in (TestHouse?[])[house, second])
        {
            if (server is null)
                continue;
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask(server, key));
            Assert.Equal(HttpStatusCode.OK, await Ask(server, next));
        }
    }

    [Fact]
    public async Task An_admin_key_that_is_set_outside_is_not_rotated_and_addresses_hold_for_it()
    {
        var store = await Store();
        await using var house = await TestHouse.Open(store: store);
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(house, null));
        using var refused = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/key/rotate",
            admin: true
        );
        Assert.Equal("admin_key_set_outside", Code(await TestHouse.Json(refused)));
        await using var bound = await TestHouse.Open(
            args: ["--Admin:AllowedCidrs:0", "10.0.0.0/8"]
        );
        using var elsewhere = await bound.Send(HttpMethod.Get, Path, admin: true);
        Assert.Equal(
            (HttpStatusCode.Forbidden, "address_not_allowed"),
            (elsewhere.StatusCode, Code(await TestHouse.Json(elsewhere)))
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(bound, "wrong"));
        await using var near = await TestHouse.Open(
            args: ["--Admin:AllowedCidrs:0", "10.0.0.0/8", "--Admin:AllowedCidrs:1", "127.0.0.0/8"]
        );
        Assert.Equal(HttpStatusCode.OK, await Ask(near, TestHouse.AdminKey));
    }

    [Fact]
    public async Task Guesses_of_the_admin_key_bar_their_address_and_not_the_right_key_beside_them()
    {
        await using var house = await TestHouse.Open(
            store: await Store(),
            args: ["--Keys:BadKeysPerMinute", "3"]
        );
        Assert.Equal(HttpStatusCode.OK, await Ask(house, TestHouse.AdminKey));
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask(house, $"guess {i}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Ask(house, "guess 3"));
        Assert.Equal(HttpStatusCode.OK, await Ask(house, TestHouse.AdminKey));
    }

    private static Task<bool> Recorded(TestHouse house, string action) =>
        house.Database.Read(async session =>
            await session
                .Across("the test looks into the installation's ledger")
                .First<long>(
                    "SELECT COUNT(*) FROM ledger WHERE tenant_id = 'house' AND action = @action",
                    new { action }
                ) > 0
        );

    private static async Task<HttpStatusCode> Ask(TestHouse house, string? key)
    {
        using var answer = await house.Send(
            HttpMethod.Get,
            Path,
            adjust: request =>
            {
                if (key is not null)
                    request.Headers.Add(AdminDoor.Header, key);
            }
        );
        return answer.StatusCode;
    }

    private static string? Code(JsonElement json) => json.GetProperty("code").GetString();
}

public sealed class AdminKeyTestsOnSqlite : AdminKeyTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class AdminKeyTestsOnPostgres : AdminKeyTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
