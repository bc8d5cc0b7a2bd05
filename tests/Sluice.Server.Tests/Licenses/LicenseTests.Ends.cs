using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;

namespace Sluice.Server.Tests.Licenses;

// How licenses end, are renewed, and come to the house.
public abstract partial class LicenseTests
{
    [Fact]
    public async Task An_ended_license_has_seven_days_and_then_refuses_changes_until_it_is_renewed()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var (id, key) = await Issue(
            house,
            $"\"org_id\":\"{tenant.Handle}\",\"tier\":\"enterprise\",\"days\":10"
        );

        clock.Advance(TimeSpan.FromDays(16.9));
        var grace = await TestHouse.Json(await tenant.Get("/api/v1/license"));
        Assert.Equal(
            (true, "grace"),
            (grace.GetProperty("valid").GetBoolean(), grace.GetProperty("state").GetString())
        );
        Assert.Contains("2026-01-18", grace.GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.Created, await Save(tenant, "DURING_GRACE"));
        using var stillGood = await With(
            house,
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            key,
            NoGraph
        );
        Assert.Equal("graph_not_found", await Code(stillGood));

        clock.Advance(TimeSpan.FromDays(0.2));
        using var refused = await tenant.Put("/api/v1/secrets/AFTER", """{"value":"x"}""");
        Assert.Equal(
            (HttpStatusCode.Forbidden, "license_expired"),
            (refused.StatusCode, await Code(refused))
        );
        using var atDoor = await With(
            house,
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            key,
            NoGraph
        );
        Assert.Equal("license_expired", await Code(atDoor));

        // What reads, runs or takes away goes on.
        Assert.Equal(HttpStatusCode.OK, (await tenant.Get("/api/v1/secrets")).StatusCode);
        Assert.Equal(
            "graph_not_found",
            await Code(await tenant.Post("/invocations/v1/flows/invoke", NoGraph))
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await tenant.Delete("/api/v1/secrets/DURING_GRACE")).StatusCode
        );

        // A renewal is always accepted, once.
        var renewed = await Admin(
            house,
            HttpMethod.Post,
            $"/api/v1/admin/licenses/{id}/renew",
            """{"days":30}"""
        );
        Assert.Equal(
            (id, "Enterprise"),
            (
                renewed.GetProperty("renewed_from").GetString(),
                renewed.GetProperty("tier").GetString()
            )
        );
        Assert.Equal(HttpStatusCode.Created, await Save(tenant, "AFTER"));
        var again = await Admin(house, HttpMethod.Post, $"/api/v1/admin/licenses/{id}/renew", "{}");
        Assert.Equal("license_not_active", again.GetProperty("code").GetString());
        using var successor = await With(
            house,
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            renewed.GetProperty("key").GetString()!,
            NoGraph
        );
        Assert.Equal("graph_not_found", await Code(successor));
    }

    [Fact]
    public async Task The_houses_own_license_is_installed_ends_and_is_renewed_and_a_clock_turned_back_is_noticed()
    {
        var clock = new ManualClock();
        await using var house = await Open(clock);
        var tenant = await house.NewTenant();
        var (_, key) = await Issue(
            house,
            "\"organization\":\"Analytical Engines\",\"tier\":\"enterprise\",\"form\":\"signed\",\"days\":10"
        );

        foreach (
            var (text, starts) in ((string, string)[])
                [
                    ("nonsense", "Invalid license key"),
                    (
                        key[..^20] + (key[^20] == 'A' ? 'B' : 'A') + key[^19..],
                        "License validation failed"
                    ),
                    ("SLC-PRO-12345-C2AY7-7KQ2M", "License validation failed"),
                ]
        )
        {
            var no = await Install(house, text);
            Assert.Equal("license_not_accepted", no.GetProperty("code").GetString());
            Assert.StartsWith(starts, no.GetProperty("detail").GetString());
        }
        var installed = await Install(house, key);
        Assert.Equal(
            ("Enterprise", "installed", 50),
            (
                installed.GetProperty("tier").GetString(),
                installed.GetProperty("source").GetString(),
                installed.GetProperty("maxNodes").GetInt32()
            )
        );

        clock.Advance(TimeSpan.FromDays(17.1));
        await Refresh(house);
        using var refused = await tenant.Put("/api/v1/secrets/X", """{"value":"x"}""");
        Assert.Equal("license_expired", await Code(refused));
        Assert.False((await Health(house)).GetProperty("valid").GetBoolean());

        // Turning the clock back brings nothing back to life, and is told.
        clock.Advance(TimeSpan.FromDays(-10));
        await Refresh(house);
        Assert.Equal(HttpStatusCode.Forbidden, await Save(tenant, "X"));
        var status = await Admin(house, HttpMethod.Get, "/api/v1/admin/license");
        Assert.Equal(
            new DateTimeOffset(2026, 1, 18, 2, 24, 0, TimeSpan.Zero),
            status.GetProperty("clockSetBackFrom").GetDateTimeOffset()
        );

        // The operator may say that the clock is right; a renewal is accepted in any case.
        var (_, renewal) = await Issue(
            house,
            "\"organization\":\"Analytical Engines\",\"tier\":\"enterprise\",\"form\":\"signed\""
        );
        var reset = await TestHouse.Json(
            await house.Send(
                HttpMethod.Put,
                "/api/v1/admin/license",
                $$"""{"key":"{{renewal}}","reset_clock":true}""",
                admin: true
            )
        );
        Assert.Equal(JsonValueKind.Null, reset.GetProperty("clockSetBackFrom").ValueKind);
        Assert.Equal(HttpStatusCode.Created, await Save(tenant, "X"));
    }

    [Fact]
    public async Task A_revoked_license_does_not_come_back_with_its_signature_written_otherwise()
    {
        await using var house = await Open(new ManualClock());
        var (id, key) = await Issue(
            house,
            "\"organization\":\"Analytical Engines\",\"tier\":\"enterprise\",\"form\":\"signed\""
        );
        // Of each signature (r, s) of ECDSA there is another, (r, n - s), that anybody can make.
        var dot = key.LastIndexOf('.');
        var signature = Base64Url.DecodeFromChars(key.AsSpan(dot + 1));
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var order = BigInteger.Parse(
            "0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture
        );
        var twin = new byte[32];
        var other = (order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        other.CopyTo(twin, 32 - other.Length);
        var again =
            $"{key[..dot]}.{Base64Url.EncodeToString((byte[])[.. signature[..32], .. twin])}";
        Assert.NotEqual(key, again);
        Assert.Equal("Enterprise", (await Install(house, again)).GetProperty("tier").GetString());

        using var revoked = await house.Send(
            HttpMethod.Delete,
            $"/api/v1/admin/licenses/{id}",
            admin: true
        );
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        foreach (var text in (string[])[key, again])
            Assert.Equal(
                "license_not_accepted",
                (await Install(house, text)).GetProperty("code").GetString()
            );
        await Refresh(house);
        Assert.False((await Health(house)).GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task A_revoked_license_of_the_short_form_does_not_come_back_either()
    {
        await using var house = await Open(new ManualClock());
        var (id, key) = await Issue(
            house,
            "\"organization\":\"Analytical Engines\",\"tier\":\"enterprise\""
        );
        Assert.Equal("Enterprise", (await Install(house, key)).GetProperty("tier").GetString());
        using var revoked = await house.Send(
            HttpMethod.Delete,
            $"/api/v1/admin/licenses/{id}",
            admin: true
        );
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.False((await Health(house)).GetProperty("valid").GetBoolean());
        Assert.Equal(
            "license_not_accepted",
            (await Install(house, key)).GetProperty("code").GetString()
        );
    }

    [Fact]
    public async Task A_clock_that_is_turned_back_while_the_server_is_down_is_noticed_when_it_starts()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-clock-").FullName;
        var store = await Store();
        var clock = new ManualClock();
        TestTenant tenant;
        await using (var house = await OpenAt(clock))
        {
            tenant = await house.NewTenant();
            var (_, key) = await Issue(
                house,
                "\"organization\":\"Analytical Engines\",\"tier\":\"enterprise\",\"form\":\"signed\",\"days\":10"
            );
            await Install(house, key);
            Assert.Equal(HttpStatusCode.Created, await Save(tenant, "X"));
            clock.Advance(TimeSpan.FromDays(18));
            await Refresh(house);
            Assert.Equal(HttpStatusCode.Forbidden, await Save(tenant, "Y"));
        }
        var ended = clock.GetUtcNow();
        await using (var again = await OpenAt(new ManualClock()))
        {
            Assert.Equal(HttpStatusCode.Forbidden, await Save(tenant with { House = again }, "Y"));
            var status = await Admin(again, HttpMethod.Get, "/api/v1/admin/license");
            Assert.Equal(ended, status.GetProperty("clockSetBackFrom").GetDateTimeOffset());
        }
        DataFolder.Remove(folder);

        Task<TestHouse> OpenAt(ManualClock at) =>
            TestHouse.Open(
                folder,
                store,
                builder => builder.Services.AddSingleton<TimeProvider>(at)
            );
    }

    [Fact]
    public async Task A_file_is_read_again_while_the_server_runs_and_an_unreadable_license_lets_it_start()
    {
        var clock = new ManualClock();
        var file = Path.Combine(
            Directory.CreateTempSubdirectory("sluice-license-").FullName,
            "license"
        );
        await File.WriteAllTextAsync(
            file,
            "SLC-PRO-12345-C2AY7-7KQ2M\n",
            TestContext.Current.CancellationToken
        );
        await using var house = await Open(clock, "--Licenses:File", file);
        var tenant = await house.NewTenant();
        var bad = await Health(house);
        Assert.False(bad.GetProperty("valid").GetBoolean());
        Assert.StartsWith("License validation failed", bad.GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, await Save(tenant, "X"));
        Assert.Equal(
            "graph_not_found",
            await Code(await tenant.Post("/invocations/v1/flows/invoke", NoGraph))
        );

        var (_, key) = await Issue(house, "\"organization\":\"x\",\"tier\":\"enterprise-plus\"");
        await File.WriteAllTextAsync(file, key + "\n", TestContext.Current.CancellationToken);
        await Refresh(house);
        var good = await Health(house);
        Assert.Equal(
            (true, "Enterprise Plus", JsonValueKind.Null),
            (
                good.GetProperty("valid").GetBoolean(),
                good.GetProperty("tier").GetString(),
                good.GetProperty("maxNodes").ValueKind
            )
        );
        Assert.Equal(HttpStatusCode.Created, await Save(tenant, "X"));

        // A file that is gone for a while takes nothing away.
        File.Delete(file);
        await Refresh(house);
        Assert.True((await Health(house)).GetProperty("valid").GetBoolean());
        Assert.Equal(
            "license_set_outside",
            (await Install(house, key)).GetProperty("code").GetString()
        );
    }
}
