using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Secrets;

public sealed class SecretsOnSqlite() : SecretPromises(postgres: false)
{
    [Fact]
    public async Task Neither_the_store_nor_its_log_holds_a_plaintext_or_a_bare_key()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        const string canary = "canary-5f0c7c2d9b1e";
        await tenant.Save("NAME_IN_THE_CLEAR", canary);
        var master = Convert.FromBase64String(
            File.ReadAllLines(Path.Combine(house.Folder, "master.key"))[0]
        );
        var files = Directory.GetFiles(house.Folder, "sluice.db*").Select(SharedFile.Read).ToList();

        Assert.Contains(files, file => Holds(file, "NAME_IN_THE_CLEAR"u8));
        foreach (
            var form in new[]
            {
                Encoding.UTF8.GetBytes(canary),
                Encoding.Unicode.GetBytes(canary),
                Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(canary))),
            }
        )
            Assert.DoesNotContain(files, file => Holds(file, form));
        Assert.DoesNotContain(files, file => Holds(file, master));
    }

    private static bool Holds(byte[] file, ReadOnlySpan<byte> wanted) =>
        file.AsSpan().IndexOf(wanted) >= 0;
}

public sealed class SecretsOnPostgres() : SecretPromises(postgres: true);

public abstract class SecretPromises(bool postgres) : StoreSuite(postgres)
{
    [Fact]
    public async Task A_saved_secret_is_listed_by_name_and_dates_alone()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var saved = await tenant.Save("GREETER_SIGNATURE", "Ada");
        Assert.Equal(201, saved.Status);
        Assert.Equal(
            ["name", "created_at", "updated_at"],
            saved.Json.AsObject().Select(member => member.Key)
        );

        await tenant.Save("ANOTHER", "x");
        var list = (await tenant.List()).Json["data"]!.AsArray();
        Assert.Equal(
            ["ANOTHER", "GREETER_SIGNATURE"],
            list.Select(entry => (string)entry!["name"]!)
        );
        Assert.All(
            list,
            entry =>
                Assert.Equal(
                    ["name", "created_at", "updated_at"],
                    entry!.AsObject().Select(member => member.Key)
                )
        );
        Assert.Equal("Ada", await tenant.ReadNow("GREETER_SIGNATURE"));
    }

    [Fact]
    public async Task Saving_an_existing_name_without_confirmation_is_refused()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "first");

        foreach (var replace in new bool?[] { null, false })
        {
            var refused = await tenant.Save("TOKEN", "second", replace);
            Assert.Equal((409, "secret_exists"), (refused.Status, refused.Code));
        }
        Assert.Equal("first", await tenant.ReadNow("TOKEN"));

        var replaced = await tenant.Save("TOKEN", "second", replace: true);
        Assert.Equal(200, replaced.Status);
        Assert.Equal("second", await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task A_deleted_secret_is_gone_for_the_next_run()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "value");
        var running = await tenant.Pin();

        Assert.Equal(204, (await tenant.Delete("TOKEN")).Status);
        Assert.Null(await tenant.ReadNow("TOKEN"));
        Assert.Equal("value", await tenant.Read(running, "TOKEN"));
        Assert.Empty((await tenant.List()).Json["data"]!.AsArray());
        Assert.Equal("secret_not_found", (await tenant.Delete("TOKEN")).Code);
    }

    [Fact]
    public async Task A_run_keeps_the_values_it_started_with_whatever_is_saved_meanwhile()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var empty = await tenant.Pin();
        await tenant.Save("TOKEN", "one");
        var first = await tenant.Pin();
        await tenant.Save("TOKEN", "two", replace: true);
        var second = await tenant.Pin();
        await tenant.Delete("TOKEN");
        await tenant.Save("TOKEN", "three");
        await tenant.Save("LATER", "later");

        Assert.Null(await tenant.Read(empty, "TOKEN"));
        Assert.Equal("one", await tenant.Read(first, "TOKEN"));
        Assert.Equal("two", await tenant.Read(second, "TOKEN"));
        Assert.Null(await tenant.Read(second, "LATER"));
        Assert.Equal("three", await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task Secrets_of_another_tenant_or_environment_do_not_exist()
    {
        await using var house = await Start();
        var (one, two) = (await house.NewTenant("one"), await house.NewTenant("two"));
        await one.Save("TOKEN", "of one");

        Assert.Empty((await two.List()).Json["data"]!.AsArray());
        Assert.Equal("secret_not_found", (await two.Delete("TOKEN")).Code);
        Assert.Null(await two.ReadNow("TOKEN"));
        Assert.Null(await one.Read(new SecretPin(one.Id, "test", "", long.MaxValue), "TOKEN"));
        Assert.Equal(201, (await two.Save("TOKEN", "of two")).Status);
        Assert.Equal("of one", await one.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task A_missing_secret_is_unset_never_an_exception()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        foreach (
            var name in new[]
            {
                "MISSING",
                "",
                "no name",
                "ümlaut",
                "'; DROP TABLE keys; --",
                new string('x', 10_000),
            }
        )
            Assert.Null(await tenant.ReadNow(name));
    }

    [Fact]
    public async Task A_destination_too_short_is_told_and_nothing_is_written()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "12345678");
        var memory = new byte[7];
        var reading = await house.Pins.Read(
            await tenant.Pin(),
            "TOKEN",
            memory,
            CancellationToken.None
        );
        Assert.Equal(new SecretReading(SecretStatus.TooShort, 8), reading);
        Assert.All(memory, left => Assert.Equal(0, left));
    }

    [Theory]
    [InlineData("1TOKEN")]
    [InlineData("TO-KEN")]
    [InlineData("T%C3%96KEN")]
    [InlineData("TOKEN%0A")]
    public async Task A_name_that_no_code_could_ask_for_is_refused(string name)
    {
        await using var house = await Start();
        var refused = await (await house.NewTenant("acme")).Save(name, "value");
        Assert.Equal((400, "invalid_input"), (refused.Status, refused.Code));
        Assert.Equal("secret_name", (string?)refused.Json["mistakes"]![0]!["code"]);
    }

    [Fact]
    public async Task A_value_has_at_most_64_kibibytes_and_every_byte_of_it_survives()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var largest = new string('x', SecretBody.MostBytes - 6) + "é€\n";
        Assert.Equal(201, (await tenant.Save("LARGEST", largest)).Status);
        Assert.Equal(largest, await tenant.ReadNow("LARGEST"));

        foreach (var length in new[] { SecretBody.MostBytes + 1, 1 << 20 })
        {
            // Refused by its length, so nobody reads it: a client that asks first is not cut off while it sends.
            var refused = await tenant.SendAnnounced(
                HttpMethod.Put,
                "/api/v1/secrets/TOO_LARGE",
                $$"""{"value":"{{new string('x', length)}}"}"""
            );
            Assert.Equal((413, "secret_too_large"), (refused.Status, refused.Code));
        }
        // Escaped, six times as many bytes arrive, and the value is still not too large.
        var escaped = string.Concat(Enumerable.Repeat("\\u0078", SecretBody.MostBytes));
        Assert.Equal(
            201,
            (
                await tenant.PutJson("/api/v1/secrets/ESCAPED", $$"""{"value":"{{escaped}}"}""")
            ).Status
        );
        Assert.Equal(new string('x', SecretBody.MostBytes), await tenant.ReadNow("ESCAPED"));
    }

    [Fact]
    public async Task A_body_in_chunks_or_encoded_is_refused_because_it_would_leave_copies()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var encoded = await tenant.Send(
            HttpMethod.Put,
            "/api/v1/secrets/A",
            """{"value":"x"}""",
            request => request.Content!.Headers.ContentEncoding.Add("gzip")
        );
        Assert.Equal(415, encoded.Status);

        var chunks = await tenant.Send(
            HttpMethod.Put,
            "/api/v1/secrets/A",
            """{"value":"x"}""",
            request => request.Headers.TransferEncodingChunked = true
        );
        Assert.Equal((411, "length_required"), (chunks.Status, chunks.Code));
    }

    [Fact]
    public async Task An_environment_holds_only_so_many_secrets()
    {
        await using var house = await Start(settings: ["--Secrets:MostNames", "2"]);
        var tenant = await house.NewTenant("acme");
        await tenant.Save("A", "1");
        await tenant.Save("B", "1");
        Assert.Equal("secret_limit", (await tenant.Save("C", "1")).Code);
        Assert.Equal(200, (await tenant.Save("A", "2", replace: true)).Status);
        await tenant.Delete("B");
        Assert.Equal(201, (await tenant.Save("C", "1")).Status);
    }

    [Fact]
    public async Task Many_saves_of_one_name_at_once_leave_one_current_value()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(number => tenant.Save("TOKEN", $"value {number}", replace: true))
        );
        Assert.Equal(1, answers.Count(answer => answer.Status == 201));
        Assert.Equal(39, answers.Count(answer => answer.Status == 200));
        Assert.Single((await tenant.List()).Json["data"]!.AsArray());
        Assert.StartsWith("value ", await tenant.ReadNow("TOKEN"));
    }

    [Fact]
    public async Task No_api_returns_a_stored_value()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        const string canary = "canary-5f0c7c2d9b1e";
        var answers = new List<Answer>
        {
            await tenant.Save("TOKEN", canary),
            await tenant.Save("TOKEN", canary),
            await tenant.Save("TOKEN", canary, replace: true),
            await tenant.PutJson("/api/v1/secrets/TOKEN", $$"""{"value":{{canary}}}"""),
            await tenant.PutJson(
                "/api/v1/secrets/TOKEN",
                $$"""{"value":"{{canary}}","{{canary}}":1}"""
            ),
            await tenant.PutJson(
                "/api/v1/secrets/TOKEN",
                $$"""{"value":"{{canary}}" "replace":true}"""
            ),
            await tenant.List(),
            await tenant.Send(HttpMethod.Get, "/api/v1/secrets/TOKEN"),
            await house.Admin(HttpMethod.Get, "/api/v1/admin/secrets/keys"),
            await tenant.Delete("TOKEN"),
        };
        Assert.All(
            answers,
            answer => Assert.DoesNotContain(canary, answer.Text, StringComparison.Ordinal)
        );
        Assert.Contains("Secret TOKEN", house.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(canary, house.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_moved_to_another_name_or_version_does_not_open()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("CHEAP", "known to the thief");
        await tenant.Save("PRECIOUS", "value");
        await house.Database.Write(session =>
            session
                .Of(tenant.Id)
                .Execute(
                    "UPDATE secret_values SET sealed = (SELECT sealed FROM secret_values WHERE tenant_id = @tenant AND name = 'PRECIOUS') WHERE tenant_id = @tenant AND name = 'CHEAP'"
                )
        );
        var broken = await Assert.ThrowsAsync<SealBrokenException>(() => tenant.ReadNow("CHEAP"));
        Assert.Equal(SealBreak.Authenticity, broken.Reason);
    }

    [Fact]
    public async Task An_ended_value_stays_until_no_unfinished_run_has_pinned_it()
    {
        long? oldest = null;
        await using var house = await Start(
            settings: ["--Secrets:KeepEnded", "00:00:00"],
            adjust: services =>
                services.AddSingleton<OldestPin>((_, _, _) => Task.FromResult(oldest))
        );
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "one");
        var running = await tenant.Pin();
        oldest = running.At;
        await tenant.Save("TOKEN", "two", replace: true);
        await tenant.Delete("TOKEN");

        await ForgetAll(house);
        Assert.Equal("one", await tenant.Read(running, "TOKEN"));
        Assert.Equal(2, await Rows(house, tenant));

        oldest = null;
        await ForgetAll(house);
        Assert.Equal(0, await Rows(house, tenant));
    }

    // Times are whole milliseconds: what ended in this one is forgotten from the next on.
    private static async Task ForgetAll(SecretHouse house)
    {
        var now = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(now) < TimeSpan.FromMilliseconds(2))
            await Task.Yield();
        await house.Rotator.Round(CancellationToken.None);
    }

    private static Task<long> Rows(SecretHouse house, Tenant tenant) =>
        house.Database.Read(session =>
            session
                .Of(tenant.Id)
                .First<long>("SELECT COUNT(*) FROM secret_values WHERE tenant_id = @tenant")
        );
}
