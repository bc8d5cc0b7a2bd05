using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Keys;
using Sluice.Server.Tests.Hostile;

namespace Sluice.Server.Tests.Keys;

// What other services and owners learn of a key.
public abstract partial class KeyBoundTests
{
    [Fact]
    public async Task Another_service_can_check_a_key_and_only_of_its_own_tenant()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var (mine, theirs) = (await house.NewTenant(), await house.NewTenant());
        var (id, text) = await mine.MintKey(
            "\"scopes\":[\"runs:read\"],\"metadata\":{\"plan\":\"pro\"}"
        );
        var valid = await Verify(mine, text);
        Assert.Equal("valid", valid.GetProperty("code").GetString());
        Assert.Equal(id, valid.GetProperty("key_id").GetString());
        Assert.Equal("pro", valid.GetProperty("metadata").GetProperty("plan").GetString());
        Assert.Equal(
            "missing_scope",
            Code(await Verify(mine, text, ",\"scopes\":[\"runs:write\"]"))
        );
        Assert.Equal("unknown", Code(await Verify(theirs, text)));
        Assert.Equal("unknown", Code(await Verify(mine, "no key at all")));
        var test = await mine.MintAsOperator("\"environment\":\"test\"");
        Assert.Equal("environment_mismatch", Code(await Verify(mine, test)));
        await mine.Delete($"/api/v1/keys/{id}");
        Assert.Equal("revoked", Code(await Verify(mine, text)));
    }

    [Fact]
    public async Task A_key_is_checked_alike_however_its_body_comes()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (id, text) = await tenant.MintKey();
        var other = await tenant.MintAsOperator("\"environment\":\"test\"");
        // Of two members one is looked at ahead of the body; it is the body that counts.
        string[] bodies =
        [
            $$"""{"key":"{{text}}"}""",
            $$"""{"scopes":["runs:read"],"key":"{{text}}"}""",
            $$"""{"\u006bey":"{{text}}"}""",
        ];
        foreach (var body in bodies)
        {
            Assert.Equal("valid", await VerifyRaw(house, tenant, body, inPieces: false));
            Assert.Equal("valid", await VerifyRaw(house, tenant, body, inPieces: true));
        }
        var both = $$"""{"key":"{{text}}","key":"{{other}}"}""";
        Assert.Equal("invalid_body", await VerifyRaw(house, tenant, both, inPieces: false));
        Assert.Equal("invalid_body", await VerifyRaw(house, tenant, "{\"key\"", inPieces: false));
        await tenant.Delete($"/api/v1/keys/{id}");
        foreach (var body in bodies)
            Assert.Equal("revoked", await VerifyRaw(house, tenant, body, inPieces: false));
    }

    [Fact]
    public async Task Keys_that_are_asked_about_at_once_are_each_answered_for_themselves()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (_, good) = await tenant.MintKey();
        var (id, revoked) = await tenant.MintKey();
        await tenant.Delete($"/api/v1/keys/{id}");
        // With a right checksum, so that the store is asked: of 64 digits any is.
        var unknown = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        (string Text, string Code)[] asked =
        [
            (good, "valid"),
            (revoked, "revoked"),
            (unknown, "unknown"),
            (tenant.Key, "valid"),
        ];
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 128).Select(i => Verify(tenant, asked[i % asked.Length].Text))
        );
        Assert.All(
            answers,
            (answer, i) => Assert.Equal(asked[i % asked.Length].Code, Code(answer))
        );
    }

    /// <summary>The code in the answer; the body comes with the head, or byte by byte after it.</summary>
    private static async Task<string> VerifyRaw(
        TestHouse house,
        TestTenant tenant,
        string body,
        bool inPieces
    )
    {
        using var socket = await RawSocket.Connect(house.Client.BaseAddress!);
        var head =
            $"POST /api/v1/keys/verify HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {tenant.Key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        if (!inPieces)
            await socket.Write(head + body);
        else
            await socket.Write([
                Encoding.Latin1.GetBytes(head),
                .. body.Select(character => new ReadOnlyMemory<byte>([(byte)character])),
            ]);
        var answer = RawSocket.Parse(await socket.ReadToEnd(TimeSpan.FromMinutes(1)));
        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.TryGetProperty("code", out var code)
            ? code.GetString()!
            : json.RootElement.GetProperty("error").GetProperty("code").GetString()!;
    }

    [Fact]
    public async Task A_checked_key_is_bound_to_the_addresses_of_whoever_presented_it()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (_, text) = await tenant.MintKey("\"allowed_cidrs\":[\"198.51.100.0/24\"]");
        Assert.Equal("address_not_allowed", Code(await Verify(tenant, text)));
        Assert.Equal("valid", Code(await Verify(tenant, text, ",\"address\":\"198.51.100.7\"")));
    }

    [Fact]
    public async Task Introspection_says_active_with_scopes_or_not_active_and_nothing_else()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var (id, text) = await tenant.MintKey("\"scopes\":[\"runs:read\",\"flows:read\"]");
        var active = await Introspect(house, tenant, $"token={text}");
        Assert.True(active.GetProperty("active").GetBoolean());
        Assert.Equal("flows:read runs:read", active.GetProperty("scope").GetString());
        Assert.Equal(id, active.GetProperty("client_id").GetString());
        await tenant.Delete($"/api/v1/keys/{id}");
        var gone = await Introspect(house, tenant, $"token={text}");
        Assert.Equal("""{"active":false}""", gone.GetRawText());
    }

    [Fact]
    public async Task Calls_and_refusals_of_a_key_are_counted_by_day_with_the_address_of_the_last_call_that_was_let_in()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock, args: ["--Proxies", "127.0.0.1"]);
        var tenant = await house.NewTenant();
        var (id, text) = await tenant.MintKey("\"allowed_cidrs\":[\"127.0.0.0/8\"]");
        foreach (var from in (string[])["127.0.0.1", "127.0.0.1", "198.51.100.7"])
            (
                await house.Send(
                    HttpMethod.Get,
                    "/api/v1/whoami",
                    key: text,
                    adjust: request => request.Headers.Add("X-Forwarded-For", from)
                )
            ).Dispose();
        JsonElement usage;
        do
        {
            clock.Advance(TimeSpan.FromMilliseconds(KeyMeter.FlushMs));
            usage = await TestHouse.Json(await tenant.Get($"/api/v1/keys/{id}/usage?days=7"));
        } while (
            usage.GetProperty("calls").GetInt64() < 2
            || usage.GetProperty("refusals").GetInt64() < 1
            || usage.GetProperty("last_address").ValueKind == JsonValueKind.Null
        );
        Assert.Equal(2, usage.GetProperty("calls").GetInt64());
        Assert.Equal(1, usage.GetProperty("refusals").GetInt64());
        Assert.Equal("127.0.0.1", usage.GetProperty("last_address").GetString());
        Assert.Equal(7, usage.GetProperty("days").GetArrayLength());
    }

    [Fact]
    public async Task Who_does_not_manage_people_sees_and_ends_only_its_owners_keys()
    {
        await using var house = await Open(new ManualClock());
        var tenant = await house.NewTenant();
        var others = await tenant.MintKey();
        var account = await Account(tenant);
        var minted = await TestHouse.Json(
            await tenant.Post(
                "/api/v1/keys",
                $$"""{"name":"robot","service_account":"{{account}}","scopes":["keys:read","keys:write"]}"""
            )
        );
        var robot = minted.GetProperty("key").GetString()!;
        var listed = await TestHouse.Json(
            await house.Send(HttpMethod.Get, "/api/v1/keys", key: robot)
        );
        Assert.Equal(
            [minted.GetProperty("id").GetString()],
            listed.GetProperty("data").EnumerateArray().Select(k => k.GetProperty("id").GetString())
        );
        using var revoke = await house.Send(
            HttpMethod.Delete,
            $"/api/v1/keys/{others.Id}",
            key: robot
        );
        Assert.Equal("key_not_found", await Code(revoke));
        using var wide = await tenant.Post(
            "/api/v1/keys",
            $$"""{"name":"robot","service_account":"{{account}}","scopes":["secrets:write"]}"""
        );
        Assert.Equal("key_wider_than_caller", await Code(wide));
    }

    private static async Task<JsonElement> Verify(
        TestTenant tenant,
        string text,
        string members = ""
    ) =>
        await TestHouse.Json(
            await tenant.Post("/api/v1/keys/verify", $$"""{"key":"{{text}}"{{members}}}""")
        );

    private static async Task<JsonElement> Introspect(
        TestHouse house,
        TestTenant tenant,
        string form
    ) =>
        await TestHouse.Json(
            await house.Send(
                HttpMethod.Post,
                "/api/v1/keys/introspect",
                key: tenant.Key,
                adjust: request =>
                    request.Content = new StringContent(
                        form,
                        Encoding.UTF8,
                        "application/x-www-form-urlencoded"
                    )
            )
        );
}
