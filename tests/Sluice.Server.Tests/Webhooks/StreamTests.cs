using System.Text.Json;
using Sluice.Server.Store;
using Sluice.Server.Tests.Ledger;
using Sluice.Server.Tests.Secrets;
using Sluice.Server.Webhooks;

namespace Sluice.Server.Tests.Webhooks;

/// <summary>A tenant's ledger arrives at its webhooks: all of it, in order, signed, and whatever fails meanwhile.</summary>
public abstract class StreamTests(bool postgres) : StoreSuite(postgres)
{
    private static readonly string[] Quick =
    [
        "--Outbound:Allow:AuditWebhook",
        "127.0.0.1",
        "--AuditStreams:Every",
        "00:00:00.02",
        "--AuditStreams:FirstPause",
        "00:00:00.02",
    ];

    [Fact]
    public async Task Entries_arrive_in_order_to_the_letter_and_signed_as_the_standard_says()
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        await using var house = await Open(ground);
        var tenant = await house.NewTenant();
        var made = await Add(tenant, receiver, "\"after\":0");
        var secret = made.Text("secret")!;
        for (var i = 0; i < 20; i++)
            await tenant.MintKey();
        var exported = Entries(await house.Export(tenant));

        var came = await receiver.Until(exported.Count);
        Assert.Equal(exported, came.SelectMany(message => message.Entries));
        Assert.All(came, message => Assert.True(message.IsSigned(secret)));
        Assert.False(came[0].IsSigned("whsec_" + Convert.ToBase64String(new byte[32])));
        Assert.InRange(
            long.Parse(came[0].Seconds),
            DateTimeOffset.UnixEpoch.ToUnixTimeSeconds() + 1,
            TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()
        );
        var shown = await Standing(tenant, made, stream => stream.Text("state") == "on");
        Assert.Equal(exported.Count, shown.GetProperty("last_delivered").GetInt64());
        Assert.Equal(204, shown.GetProperty("last_status").GetInt32());
        // The secret is shown once; the ledger has neither it nor the address.
        Assert.Null(shown.Text("secret"));
        Assert.DoesNotContain(exported, line => line.Contains(secret) || line.Contains("t0ken"));

        Assert.True((await Tried(tenant, made, receiver)).IsSigned(secret));
        // The secret is the tenant's key's to seal, and follows its rotation.
        using (
            await house.Send(HttpMethod.Post, "/api/v1/admin/secrets/keys/rotate-data", admin: true)
        )
            await Rotated(house);
        Assert.True((await Tried(tenant, made, receiver)).IsSigned(secret));

        using (var removed = await tenant.Delete(PathOf(made)))
            Assert.True(removed.IsSuccessStatusCode);
        using var gone = await tenant.Get(PathOf(made));
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_not_taken_comes_again_the_same_until_the_webhook_is_off()
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        await using var house = await Open(ground, "--AuditStreams:DisableAfter", "00:00:01.5");
        var tenant = await house.NewTenant();
        receiver.Status = 500;
        var made = await Add(tenant, receiver);
        var first = await receiver.Next();
        await tenant.MintKey();
        var failing = await Standing(tenant, made, stream => stream.Text("state") != "on");
        Assert.Equal(500, failing.GetProperty("last_status").GetInt32());
        Assert.NotNull(failing.Text("failing_since"));

        var off = await Standing(tenant, made, stream => stream.Text("state") == "off");
        Assert.Equal("failing", off.Text("disabled_reason"));
        var entry = Assert.Single(await tenant.Search("""{"action":"audit_stream.disable"}"""));
        Assert.Equal("server", entry.Text("actor_kind"));

        receiver.Status = 200;
        using var on = await house.Send(
            HttpMethod.Patch,
            PathOf(made),
            """{"enabled":true}""",
            tenant.Key
        );
        Assert.True(on.IsSuccessStatusCode);
        var exported = Entries(await house.Export(tenant));
        var came = (await receiver.Until(exported.Count)).Prepend(first).ToList();
        Assert.Equal(
            came.TakeWhile(message => message.Id == first.Id).Select(message => message.Body),
            Enumerable.Repeat(first.Body, came.Count(message => message.Id == first.Id))
        );
        Assert.True(came.Count(message => message.Id == first.Id) > 2);
        // Each that was wanted came, in order, whatever came twice.
        Assert.Equal(exported[2..], came.SelectMany(message => message.Entries).Distinct());
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(503)]
    [InlineData(Receiver.NoAnswer)]
    public async Task A_message_is_taken_by_an_answer_of_200_to_299_and_by_no_other(int status)
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        await using var house = await Open(ground);
        var tenant = await house.NewTenant();
        receiver.Status = status;
        var made = await Add(tenant, receiver);
        var first = await receiver.Next();
        for (var i = 0; i < 2; i++)
        {
            var again = await receiver.Next();
            Assert.Equal(first.Id, again.Id);
            Assert.Equal(first.Body, again.Body);
        }
        receiver.Status = 299;
        var shown = await Standing(tenant, made, stream => stream.Text("state") == "on");
        Assert.Equal(299, shown.GetProperty("last_status").GetInt32());
        Assert.Equal(
            first.Json.GetProperty("data").GetProperty("last").GetInt64(),
            shown.GetProperty("last_delivered").GetInt64()
        );
    }

    [Fact]
    public async Task Only_what_is_wanted_is_sent()
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        await using var house = await Open(ground);
        var tenant = await house.NewTenant();
        var made = await Add(
            tenant,
            receiver,
            "\"actions\":[\"key.*\",\"service_account.create\"]"
        );
        await tenant.MintKey();
        (await tenant.Put("/api/v1/settings", """{"retention_days":30}""")).Dispose();
        (
            await tenant.Post(
                "/api/v1/service-accounts",
                """{"name":"robot","scopes":["runs:read"]}"""
            )
        ).Dispose();
        await tenant.MintKey();
        var last = (await tenant.Search("""{"limit":1}"""))[0].GetProperty("seq").GetInt64();
        var came = (await receiver.Until(last)).SelectMany(message => message.Entries);
        Assert.Equal(
            ["key.create", "service_account.create", "key.create"],
            came.Select(entry => JsonDocument.Parse(entry).RootElement.Text("action"))
        );
        // What is not wanted does not wait either.
        (await tenant.Put("/api/v1/settings", """{"retention_days":31}""")).Dispose();
        await Standing(tenant, made, stream => stream.GetProperty("waiting").GetInt64() == 0);
    }

    [Fact]
    public async Task A_server_that_is_killed_sends_the_same_message_again()
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        var taken = new TaskCompletionSource();
        receiver.Hold = taken.Task;
        Received cut;
        TestTenant tenant;
        await using (var killed = await ServerProcess.Start(ground, Variables))
        await using (var first = TestHouse.At(killed.Address, ground.Folder))
        {
            tenant = await first.NewTenant();
            await Add(tenant, receiver, "\"after\":0");
            cut = await receiver.Next();
        }
        taken.SetResult();
        await using var next = await ServerProcess.Start(ground, Variables);
        await using var second = TestHouse.At(next.Address, ground.Folder);
        var same = tenant with { House = second };
        await same.MintKey();
        var exported = Entries(await second.Export(same));
        var came = await receiver.Until(exported.Count);
        Assert.Equal(cut.Id, came[0].Id);
        Assert.Equal(cut.Body, came[0].Body);
        Assert.Equal(exported, came.SelectMany(message => message.Entries));
    }

    [Fact]
    public async Task One_server_holds_the_lease_and_who_has_lost_it_moves_nothing()
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        await using var house = await Open(ground, "--AuditStreams:Every", "1.00:00:00");
        var tenant = await house.NewTenant();
        var made = await Add(tenant, receiver);
        var name = new StreamName { TenantId = tenant.Id, Id = made.Text("id")! };
        var database = house.Database;
        var one = await Take("one", 1000, 2000);
        Assert.NotNull(one);
        Assert.Null(await Take("two", 1999, 3000));
        // The same again, as after a restart.
        Assert.Equal(one.BatchLast, (await Take("one", 1500, 2000))?.BatchLast);
        await tenant.MintKey();
        var two = await Take("two", 2000, 3000);
        Assert.Equal(one.BatchLast, two?.BatchLast);
        var after = one with { CursorSeq = one.BatchLast!.Value, BatchLast = null };
        Assert.Equal(0, await database.Write(s => StreamStore.Settle(s, one, after, "one")));
        Assert.Equal(1, await database.Write(s => StreamStore.Settle(s, two!, after, "two")));
        Assert.Equal(0, await database.Write(s => StreamStore.Settle(s, two!, after, "two")));
        var next = await Take("one", 2001, 3000);
        Assert.Equal(
            (after.CursorSeq, after.CursorSeq + 1),
            (next!.CursorSeq, next.BatchLast!.Value)
        );

        Task<AuditStream?> Take(string server, long now, long until) =>
            database.Write(session => StreamStore.Take(session, name, server, now, until));
    }

    [Fact]
    public async Task Whoever_names_an_address_learns_nothing_of_what_lies_behind_it()
    {
        using var ground = NewGround();
        await using var house = await TestHouse.Open(
            store: await ground.Store(),
            args: ["--AuditStreams:Every", "1.00:00:00", "--AuditStreams:MostOfATenant", "3"]
        );
        var tenant = await house.NewTenant();
        var refused = new HashSet<string>();
        foreach (
            var url in (string[])
                [
                    "https://127.0.0.1/",
                    "https://10.0.0.1:22/",
                    "http://example.org/",
                    "https://user@example.org/",
                    "https://[fd00::1]/",
                    "nonsense",
                ]
        )
        {
            using var answer = await tenant.Post(
                "/api/v1/audit/streams",
                $$"""{"url":"{{url}}","actions":["no such thing"]}"""
            );
            Assert.Equal(400, (int)answer.StatusCode);
            var mistakes = (await TestHouse.Json(answer)).GetProperty("mistakes");
            Assert.Equal(2, mistakes.GetArrayLength());
            refused.Add(mistakes[0].ToString());
        }
        Assert.Single(refused);

        await using var canary = new Outbound.Canary();
        var told = new HashSet<string>();
        foreach (var host in (string[])["hooks.invalid", $"localhost:{canary.Port}", "localhost"])
        {
            using var added = await tenant.Post(
                "/api/v1/audit/streams",
                $$"""{"url":"https://{{host}}/"}"""
            );
            var made = await TestHouse.Json(added);
            using var tested = await tenant.Post(PathOf(made) + "/test");
            var answer = await TestHouse.Json(tested);
            Assert.False(answer.GetProperty("delivered").GetBoolean());
            told.Add(string.Join(',', answer.EnumerateObject().Select(member => member.Name)));
        }
        Assert.Equal(["delivered,duration_ms,message_id"], told);
        Assert.Equal(0, await canary.Hits());

        using var fourth = await tenant.Post(
            "/api/v1/audit/streams",
            """{"url":"https://hooks.invalid/"}"""
        );
        Assert.Equal("audit_stream_limit", (await TestHouse.Json(fourth)).Text("code"));
        using var ahead = await tenant.Post(
            "/api/v1/audit/streams",
            """{"url":"https://hooks.invalid/","after":1000}"""
        );
        Assert.Equal(400, (int)ahead.StatusCode);
    }

    private protected static async Task<TestHouse> Open(TestGround ground, params string[] more) =>
        await TestHouse.Open(store: await ground.Store(), args: [.. Quick, .. more]);

    private static Dictionary<string, string> Variables =>
        Quick.Chunk(2).ToDictionary(each => each[0][2..].Replace(":", "__"), each => each[1]);

    private protected static async Task<JsonElement> Add(
        TestTenant tenant,
        Receiver receiver,
        string? members = null
    )
    {
        using var answer = await tenant.Post(
            "/api/v1/audit/streams",
            $$"""{"url":"{{receiver.Url}}"{{(members is null ? "" : "," + members)}}}"""
        );
        var json = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json;
    }

    /// <summary>The message of a test as it arrived.</summary>
    private static async Task<Received> Tried(
        TestTenant tenant,
        JsonElement made,
        Receiver receiver
    )
    {
        using var tested = await tenant.Post(PathOf(made) + "/test");
        Assert.True((await TestHouse.Json(tested)).GetProperty("delivered").GetBoolean());
        // The entry that tells of it may come before it.
        while (true)
        {
            if (await receiver.Next() is { Type: "audit.test" } message)
                return message;
        }
    }

    /// <summary>Until nothing is left that a former data key seals.</summary>
    private static async Task Rotated(TestHouse house)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var answer = await house.Send(
                HttpMethod.Get,
                "/api/v1/admin/secrets/keys",
                admin: true
            );
            if ((await TestHouse.Json(answer)).GetProperty("left_to_seal").GetInt64() == 0)
                return;
            await Task.Delay(10, patience.Token);
        }
    }

    private static string PathOf(JsonElement made) => "/api/v1/audit/streams/" + made.Text("id");

    private protected static List<string> Entries(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.Contains("\"type\":\"entry\"", StringComparison.Ordinal))];

    /// <summary>The webhook as it is shown once it stands like that.</summary>
    private static async Task<JsonElement> Standing(
        TestTenant tenant,
        JsonElement made,
        Func<JsonElement, bool> wanted
    )
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var answer = await tenant.Get(PathOf(made));
            var shown = await TestHouse.Json(answer);
            if (wanted(shown))
                return shown;
            await Task.Delay(10, patience.Token);
        }
    }
}

public sealed class StreamTestsOnSqlite() : StreamTests(postgres: false);

public sealed class StreamTestsOnPostgres() : StreamTests(postgres: true)
{
    [Fact]
    public async Task Of_several_servers_one_delivers_each_message()
    {
        using var ground = NewGround();
        await using var receiver = await Receiver.Start();
        await using var one = await Open(ground);
        await using var two = await Open(ground);
        var tenant = await one.NewTenant();
        var elsewhere = tenant with { House = two };
        await Add(tenant, receiver, "\"after\":0");
        await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? tenant : elsewhere).MintKey())
        );
        var exported = Entries(await one.Export(tenant));
        var came = await receiver.Until(exported.Count);
        Assert.Equal(exported, came.SelectMany(message => message.Entries));
        Assert.Equal(came.Count, came.Select(message => message.Id).Distinct().Count());
        Assert.False(receiver.Overlapped);
    }
}
