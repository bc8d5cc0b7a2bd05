using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Seal;
using Sluice.Server.Doors;
using Sluice.Server.Keys;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Ledger;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Keys;

/// <summary>What a report of leaked texts ends beside API keys, and whom it tells of what cannot be ended.</summary>
public abstract class LeakKindTests
{
    private const string Place = "https://github.com/acme/app/blob/0a1b/.env#L3";
    private const string NoGraph =
        """{"graph_id":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}""";

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task Every_kind_of_credential_is_recognised_and_ended_and_what_cannot_be_is_told()
    {
        await using var smtp = await SmtpServer.Start();
        using var reporter = new Reporter("ours");
        var store = await Store();
        string[] settings =
        [
            .. smtp.Settings,
            "--Leaks:PublicKeys",
            reporter.Document(),
            "--Keys:OldCredentials",
            "true",
        ];
        await using var house = await TestHouse.Open(store: store, args: settings);
        await using var second = store is null
            ? null
            : await TestHouse.Open(
                store: store,
                args:
                [
                    .. settings,
                    "--Secrets:MasterKeyFile",
                    Path.Combine(house.Data, "master.key"),
                ]
            );
        var other = second ?? house;
        var tenant = await house.NewTenant();
        var at = $"/api/v1/admin/organizations/{tenant.Handle}";
        var token = await Made(
            house,
            $"{at}/user-tokens",
            $$"""{"user_email":"owner@{{tenant.Handle}}.example"}""",
            "token"
        );
        foreach (var id in (string[])["client-acme-prod-a1b2c3", "b", "c"])
            await Made(
                house,
                $"{at}/client-credentials",
                $$"""{"client_id":"{{id}}","client_secret":"secret-of-{{id}}"}""",
                null
            );
        await ManyYoungerPairs(house, tenant);
        var sold = $"\"org_id\":\"{tenant.Handle}\",\"tier\":\"professional\"";
        var brief = await Made(house, "/api/v1/admin/licenses", $"{{{sold}}}", "key");
        var signed = await Made(
            house,
            "/api/v1/admin/licenses",
            $$"""{{{sold}},"form":"signed"}""",
            "key"
        );
        var install = await Made(
            house,
            "/api/v1/admin/licenses",
            """{"organization":"A customer","tier":"enterprise","form":"signed"}""",
            "key"
        );
        using var hook = await tenant.Post(
            "/api/v1/audit/streams",
            """{"url":"https://siem.example.com/in","enabled":false}"""
        );
        var secret = (await TestHouse.Json(hook)).GetProperty("secret").GetString()!;

        var pair = Convert.ToBase64String("b:secret-of-b"u8);
        string[] ours =
        [
            token,
            "client-acme-prod-a1b2c3:secret-of-client-acme-prod-a1b2c3",
            "Basic " + pair,
            "secret-of-c",
            brief,
            signed,
            install,
            secret,
            TestHouse.AdminKey,
        ];
        string[] none =
        [
            "client-acme-prod-a1b2c3",
            "secret-of-d",
            brief[..^1] + (brief[^1] == '0' ? '1' : '0'),
            signed[..^2] + (signed[^2] == 'A' ? "BA" : "AA"),
            WebhookSignature.Show(new byte[32]),
            "whsec_none",
        ];
        Assert.Equal(HttpStatusCode.OK, await Ask(other, "Authorization", "Basic " + pair));
        Assert.Equal(HttpStatusCode.NotFound, await Invoke(other, brief));
        Assert.Equal(HttpStatusCode.OK, await Admin(other, TestHouse.AdminKey));

        Assert.Equal([.. ours, .. none], await Labelled(reporter, house, [.. ours, .. none], ours));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await Ask(other, "Authorization", $"Bearer {token}")
        );
        foreach (var each in (string[])[ours[1], "b:secret-of-b", "c:secret-of-c"])
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                await Ask(
                    other,
                    "Authorization",
                    "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(each))
                )
            );
        Assert.Equal(HttpStatusCode.Unauthorized, await Invoke(other, brief));
        Assert.Equal(HttpStatusCode.Unauthorized, await Invoke(other, signed));
        Assert.Equal(HttpStatusCode.Unauthorized, await Admin(house, TestHouse.AdminKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await Admin(other, TestHouse.AdminKey));

        // A finder takes no tier away: what was bought is in force.
        using var standing = await tenant.Get("/api/v1/license");
        Assert.Equal(
            "Professional",
            (await TestHouse.Json(standing)).GetProperty("tier").GetString()
        );
        Assert.NotNull((await TestHouse.Json(standing)).GetProperty("keyLeakedAt").GetString());
        using var changed = await tenant.Post("/api/v1/keys", """{"name":"another"}""");
        Assert.Equal(HttpStatusCode.Created, changed.StatusCode);

        // On record where it was found, and no text; the owner is told once of all that is theirs.
        var ledgers = string.Concat([
            .. (await tenant.Search("{}")).Select(entry => entry.ToString()),
            .. await Rows(house),
        ]);
        Assert.All(
            (string[])["key.revoke", "license.leak", "audit_stream.leak", "admin_key.leak"],
            action =>
                Assert.Contains(
                    $"\"{action}\"",
                    ledgers.Replace(": ", ":"),
                    StringComparison.Ordinal
                )
        );
        Assert.All(ours, text => Assert.DoesNotContain(text, ledgers, StringComparison.Ordinal));
        var (to, letter) = await smtp.Next();
        Assert.Equal($"owner@{tenant.Handle}.example", to);
        Assert.Equal(7, letter.Split(Place).Length - 1);
        Assert.All(ours, text => Assert.DoesNotContain(text, letter, StringComparison.Ordinal));

        // The console tells those who can have it renewed.
        using var page = await (await (await tenant.NewPerson("admin")).SignIn()).Get(
            "/console/license"
        );
        Assert.Contains(
            "The license key was found in public",
            await page.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );

        // Again, and nothing changes.
        Assert.Equal(ours, await Labelled(reporter, other, ours, ours));
        Assert.Equal(0, smtp.Left);
        Assert.Single(await tenant.Search("""{"action":"audit_stream.leak"}"""));
        Assert.Equal(2, (await tenant.Search("""{"action":"license.leak"}""")).Count);
    }

    [Fact]
    public async Task An_admin_key_that_leaked_is_never_taken_again_and_the_next_start_makes_another()
    {
        using var reporter = new Reporter("ours");
        await using var house = await TestHouse.Open(
            store: await Store(),
            args: ["--SLUICE_ADMIN_API_KEY", "", "--Leaks:PublicKeys", reporter.Document()]
        );
        var leaked = await house.Database.Write(AdminKey.Replace);
        Assert.Equal(HttpStatusCode.OK, await Admin(house, leaked));
        Assert.Equal([leaked], await Labelled(reporter, house, [leaked], [leaked]));
        Assert.Equal(HttpStatusCode.Unauthorized, await Admin(house, leaked));

        var key = house.Services.GetRequiredService<AdminKey>();
        var made = await key.Prepare("", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await Admin(house, made!));
        Assert.Equal(HttpStatusCode.Unauthorized, await Admin(house, leaked));
        Assert.Null(await key.Prepare("", TestContext.Current.CancellationToken));

        // Set outside, it opens nothing either.
        Assert.Null(await key.Prepare(leaked, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await Admin(house, leaked));
    }

    /// <summary>Those texts whose label is as it should be.</summary>
    private static async Task<List<string>> Labelled(
        Reporter reporter,
        TestHouse house,
        string[] texts,
        string[] ours
    )
    {
        var report = JsonSerializer.Serialize(
            texts.Select(text => new
            {
                token = text,
                type = "sluice",
                url = Place,
                source = "content",
            })
        );
        using var answer = await reporter.Send(house, report);
        var labels = (await TestHouse.Json(answer))
            .EnumerateArray()
            .Select(label => label.GetProperty("label").GetString())
            .ToList();
        return
        [
            .. texts.Where(
                (text, i) => labels[i] == (ours.Contains(text) ? "true_positive" : "false_positive")
            ),
        ];
    }

    private static async Task<string> Made(
        TestHouse house,
        string path,
        string body,
        string? member
    )
    {
        using var answer = await house.Send(HttpMethod.Post, path, body, admin: true);
        var json = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        if (json.TryGetProperty("user_token", out var token))
            json = token;
        return member is null ? "" : json.GetProperty(member).GetString()!;
    }

    private static async Task<HttpStatusCode> Ask(TestHouse house, string header, string value)
    {
        using var answer = await house.Send(
            HttpMethod.Get,
            "/api/v1/whoami",
            adjust: request => request.Headers.TryAddWithoutValidation(header, value)
        );
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> Invoke(TestHouse house, string license)
    {
        using var answer = await house.Send(
            HttpMethod.Post,
            "/invocations/v1/flows/invoke",
            NoGraph,
            adjust: request => request.Headers.Add("X-License-Key", license)
        );
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> Admin(TestHouse house, string key)
    {
        using var answer = await house.Send(
            HttpMethod.Get,
            "/api/v1/admin/organizations",
            adjust: request => request.Headers.Add(AdminDoor.Header, key)
        );
        return answer.StatusCode;
    }

    /// <summary>A secret alone is found however many pairs were brought along after its own, and by nobody who has a copy of the database alone.</summary>
    private static async Task ManyYoungerPairs(TestHouse house, TestTenant tenant)
    {
        var ids = house.Services.GetRequiredService<UlidSource>();
        await house.Database.Write(async session =>
        {
            for (var i = 0; i < 1001; i++)
                await KeyStore.Insert(
                    session,
                    tenant.Id,
                    new Key
                    {
                        Id = ids.NextText(),
                        Environment = "live",
                        Name = $"younger {i}",
                        Shape = OldCredentials.Shape,
                        Hash = KeyText.Hash($"younger {i}:secret"),
                        Masked = "",
                        OwnerKind = OwnerKinds.Member,
                        OwnerId = "",
                        CreatedAt = 0,
                    }
                );
        });
        var kept = await house.Database.Read(session =>
            session
                .Of(tenant.Id)
                .Query<byte[]>(
                    "SELECT secret_fingerprint FROM keys WHERE tenant_id = @tenant AND secret_fingerprint IS NOT NULL"
                )
        );
        Assert.Equal(3, kept.Count);
        Assert.DoesNotContain(
            kept,
            each => each.AsSpan().SequenceEqual(KeyText.Hash("secret-of-c"))
        );
    }

    /// <summary>What is in the installation's ledger: its operator's key is gone.</summary>
    private static async Task<IEnumerable<string>> Rows(TestHouse house) =>
        await house.Database.Read(session =>
            session
                .Across("the test looks into the installation's ledger")
                .Query<string>(
                    "SELECT '\"' || action || '\" ' || COALESCE(details, '') FROM ledger WHERE tenant_id = 'house'"
                )
        );
}

public sealed class LeakKindTestsOnSqlite : LeakKindTests
{
    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class LeakKindTestsOnPostgres : LeakKindTests
{
    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
