using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Ledger;

namespace Sluice.Server.Tests.Keys;

/// <summary>Reports of leaked keys as GitHub sends them, signed by openssl. Through the real server.</summary>
public abstract class LeakTests
{
    private const string Place = "https://github.com/acme/app/blob/0a1b/.env#L3";

    private protected abstract Task<TestHouse> Shared();

    private protected abstract Task<string?> Store();

    [Fact]
    public async Task A_signed_report_revokes_keys_of_every_shape_and_tenant_on_all_servers_and_tells_their_people()
    {
        await using var smtp = await SmtpServer.Start();
        using var reporter = new Reporter("ours");
        var store = await Store();
        string[] settings = [.. smtp.Settings, "--Leaks:PublicKeys", reporter.Document()];
        await using var house = await TestHouse.Open(store: store, args: settings);
        await using var second = store is null
            ? null
            : await TestHouse.Open(store: store, args: settings);
        var (acme, globex) = (await house.NewTenant(), await house.NewTenant());
        var developer = await acme.NewPerson("developer");
        var theirs = await acme.KeyOf(developer.Id);
        var (_, hex) = await acme.MintKey("\"shape\":\"hex\"");
        var (_, test) = await globex.MintKey("\"scopes\":[\"runs:read\"]");
        var imported = "ak_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(20));
        using var kept = await globex.Post(
            "/api/v1/keys/import",
            $$"""{"keys":[{"name":"old","sha256":"{{Hash(imported)}}"}]}"""
        );
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        string[] leaked = [theirs, hex, test, imported];
        string[] texts = [.. leaked, "slc_live_00000000000000000000000000000000", leaked[0]];

        var report = Report(texts);
        using var answer = await reporter.Send(house, report);
        var labels = (await TestHouse.Json(answer)).EnumerateArray().ToList();
        Assert.Equal(
            texts.Select(text =>
                (
                    Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
                    "sluice_key",
                    leaked.Contains(text) ? "true_positive" : "false_positive"
                )
            ),
            labels.Select(label =>
                (
                    label.GetProperty("token_hash").GetString()!,
                    label.GetProperty("token_type").GetString()!,
                    label.GetProperty("label").GetString()!
                )
            )
        );
        foreach (var text in leaked)
            Assert.Equal(HttpStatusCode.Unauthorized, await Whoami(second ?? house, text));
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, acme.Key));

        // On record where the finding was, and never the text.
        Assert.Equal(2, (await Revoked(acme)).Count);
        Assert.All(
            await Revoked(globex),
            entry =>
            {
                Assert.Equal(
                    "leaked",
                    entry.GetProperty("details").GetProperty("reason").GetString()
                );
                Assert.Equal(Place, entry.GetProperty("details").GetProperty("url").GetString());
                Assert.Equal("reporter", entry.GetProperty("actor_kind").GetString());
            }
        );
        var ledgers = string.Concat([
            .. await house.Export(null),
            .. await house.Export(acme),
            .. await house.Export(globex),
        ]);
        Assert.Contains("leak.report", ledgers, StringComparison.Ordinal);
        Assert.All(texts, text => Assert.DoesNotContain(text, ledgers, StringComparison.Ordinal));

        // The owners are told of all, the developer of their own.
        var letters = new Dictionary<string, string>();
        for (var i = 0; i < 3; i++)
        {
            var (to, text) = await smtp.Next();
            letters.Add(to, text);
        }
        Assert.Equal(2, Places(letters[$"owner@{acme.Handle}.example"]));
        Assert.Equal(2, Places(letters[$"owner@{globex.Handle}.example"]));
        Assert.Equal(1, Places(letters[developer.Email]));
        Assert.All(
            letters.Values,
            letter =>
                Assert.All(
                    texts,
                    text => Assert.DoesNotContain(text, letter, StringComparison.Ordinal)
                )
        );

        // Again, and nothing changes.
        using var again = await reporter.Send(second ?? house, report);
        Assert.Equal(
            await answer.Content.ReadAsStringAsync(),
            await again.Content.ReadAsStringAsync()
        );
        Assert.Equal(2, (await Revoked(acme)).Count);
        Assert.Equal(0, smtp.Left);
    }

    [Fact]
    public async Task A_report_that_no_trusted_key_signed_byte_for_byte_changes_nothing()
    {
        using var reporter = new Reporter("ours");
        using var other = new Reporter("other");
        using var larger = new Reporter("larger", curve: "secp384r1");
        // Openssl may take its time with the signatures: the limit must not fill meanwhile.
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(new ManualClock()),
            args: ["--Leaks:PublicKeys", reporter.Document(larger), "--Leaks:PerMinute", "40"]
        );
        var tenant = await house.NewTenant();
        var report = Report(tenant.Key);
        var good = reporter.Sign(report);
        var flipped = (byte[])good.Clone();
        flipped[^1] ^= 1;
        (string? Name, string? Signature, string Body)[] bad =
        [
            ("ours", Convert.ToBase64String(good), report + " "),
            (
                "ours",
                Convert.ToBase64String(good),
                report.Replace("content", "commit", StringComparison.Ordinal)
            ),
            ("ours", Convert.ToBase64String(flipped), report),
            ("ours", Convert.ToBase64String(good[..^1]), report),
            ("ours", Convert.ToBase64String([.. good, 0]), report),
            ("ours", Convert.ToBase64String(new byte[64]), report),
            ("ours", Convert.ToBase64String(other.Sign(report)), report),
            ("other", Convert.ToBase64String(other.Sign(report)), report),
            ("larger", Convert.ToBase64String(larger.Sign(report)), report),
            ("OURS", Convert.ToBase64String(good), report),
            ("ours", "no base64", report),
            ("ours", new string('A', 5000), report),
            ("ours", "", report),
            ("ours", null, report),
            (null, Convert.ToBase64String(good), report),
            (null, null, report),
        ];
        foreach (var (name, signature, body) in bad)
        {
            using var answer = await Reporter.Send(house, body, name, signature);
            Assert.Equal("leak_report_not_signed", await Code(answer));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        Assert.Equal(HttpStatusCode.OK, await Whoami(house, tenant.Key));

        // Signed, and still no report.
        foreach (
            var (body, code) in new[]
            {
                ("", "invalid_body"),
                ("{}", "invalid_body"),
                ("[null]", "invalid_input"),
                ("""[{"token":"x"},{"type":"sluice_key"}]""", "invalid_input"),
                (
                    $"[{string.Join(',', Enumerable.Repeat("""{"token":"x"}""", 1001))}]",
                    "invalid_input"
                ),
                (new string(' ', (1 << 20) + 1), "body_too_large"),
            }
        )
        {
            using var answer = await reporter.Send(house, body);
            Assert.Equal(code, await Code(answer));
        }
        using var empty = await reporter.Send(house, "[]");
        Assert.Equal("[]", await empty.Content.ReadAsStringAsync());
        var statuses = new HashSet<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
            statuses.Add((await Reporter.Send(house, report, "ours", "AAAA")).StatusCode);
        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests], statuses.Order());

        using var off = await reporter.Send(await Shared(), report);
        Assert.Equal("leak_reports_off", await Code(off));
    }

    [Fact]
    public async Task Public_keys_are_fetched_when_needed_and_for_an_unknown_one_once_a_minute()
    {
        var clock = new ManualClock();
        using var first = new Reporter("first");
        using var next = new Reporter("next");
        await using var publisher = await Publisher.Start();
        await using var house = await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args: ["--Leaks:PublicKeys", publisher.Address]
        );
        publisher.Answer = (302, "");
        Assert.Equal("leak_keys_unavailable", await Code(await first.Send(house, "[]")));
        publisher.Answer = (200, Reporter.Published([first]));
        Assert.Equal("leak_keys_unavailable", await Code(await first.Send(house, "[]")));
        Assert.Equal(1, publisher.Asked);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await first.Send(house, "[]")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await first.Send(house, "[]")).StatusCode);
        Assert.Equal(2, publisher.Asked);

        publisher.Answer = (200, Reporter.Published([first, next]));
        Assert.Equal("leak_report_not_signed", await Code(await next.Send(house, "[]")));
        Assert.Equal(2, publisher.Asked);
        clock.Advance(TimeSpan.FromMinutes(1));
        var racers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => next.Send(house, "[]")));
        Assert.All(racers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(3, publisher.Asked);

        // A day later they are read again: what cannot be read is trusted on, what was withdrawn is not.
        clock.Advance(TimeSpan.FromDays(1));
        publisher.Answer = (500, "");
        Assert.Equal(HttpStatusCode.OK, (await first.Send(house, "[]")).StatusCode);
        clock.Advance(TimeSpan.FromMinutes(1));
        publisher.Answer = (200, Reporter.Published([next]));
        Assert.Equal("leak_report_not_signed", await Code(await first.Send(house, "[]")));
        Assert.Equal(HttpStatusCode.OK, (await next.Send(house, "[]")).StatusCode);
    }

    private static string Report(params string[] texts) =>
        $" [{string.Join(",\n", texts.Select(text => $$"""{"source":"content", "token":"{{text}}","type":"sluice_key","url":"{{Place}}","more":1}"""))}]\n";

    private static int Places(string letter) => letter.Split(Place).Length - 1;

    private static Task<List<JsonElement>> Revoked(TestTenant tenant) =>
        tenant.Search("""{"action":"key.revoke"}""");

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task<HttpStatusCode> Whoami(TestHouse house, string text)
    {
        using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: text);
        return answer.StatusCode;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await TestHouse.Json(answer)).GetProperty("code").GetString();
}

public sealed class LeakTestsOnSqlite(Houses houses) : LeakTests
{
    private protected override Task<TestHouse> Shared() => houses.Sqlite;

    private protected override Task<string?> Store() => Task.FromResult<string?>(null);
}

public sealed class LeakTestsOnPostgres(Houses houses) : LeakTests
{
    private protected override Task<TestHouse> Shared() => houses.Postgres;

    private protected override async Task<string?> Store() => await Houses.NewPostgres();
}
