using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Runner;
using Sluice.Runner.Tests;
using Sluice.Seal;
using Sluice.Server.Doors;
using Sluice.Server.Flows.Memory;
using Sluice.Server.Keys;
using Sluice.Server.Licenses.Nodes;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Keys;

/// <summary>What is promised of limits: how much, for whom, on how many servers, and what happens when they cannot be asked.</summary>
public sealed class LimitTests
{
    private static readonly string[] Small =
    [
        "--Limits:TenantPerSecond",
        "1",
        "--Limits:TenantBurst",
        "3",
        "--Sessions:FailuresPerMinute",
        "5",
        "--Memory:MaxPerSecond",
        "2",
    ];

    [Fact]
    public void A_tenant_makes_100_calls_a_second_and_200_at_once_and_1000_invocations_unless_told_otherwise()
    {
        var clock = new ManualClock();
        var limits = new TenantLimits(new SharedLimits(clock), Options.Create(new LimitOptions()));
        foreach (
            var (path, perSecond, burst) in new[]
            {
                ("/api/v1/keys", 100, 200),
                ("/invocations/v1/flows/invoke", 1000, 2000),
            }
        )
        {
            var row = DoorTable.Find("POST", path)!;
            Assert.Equal(burst, Taken(limits, row, burst + 50));
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(perSecond, Taken(limits, row, perSecond + 50));
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(burst, Taken(limits, row, burst + 50));
        }
    }

    [Fact]
    public async Task Invocations_have_a_limit_of_their_own_and_a_tenant_over_one_goes_on_with_the_other()
    {
        await using var house = await Open(
            new ManualClock(),
            null,
            "--Limits:InvocationsPerSecond",
            "1",
            "--Limits:InvocationsBurst",
            "2",
            "--Limits:TenantPerSecond",
            "1",
            "--Limits:TenantBurst",
            "2"
        );
        var tenant = await house.NewTenant();
        const string invoke = "/invocations/v1/flows/invoke";
        for (var i = 0; i < 2; i++)
        {
            using var invoked = await tenant.Post(invoke);
            Assert.NotEqual(429, (int)invoked.StatusCode);
        }
        using (var refused = await tenant.Post(invoke))
            AssertLimited(refused, "\"tenant\";q=2;w=2");
        for (var i = 0; i < 2; i++)
        {
            using var managed = await tenant.Get("/api/v1/whoami");
            Assert.Equal(200, (int)managed.StatusCode);
        }
        using var over = await tenant.Get("/api/v1/whoami");
        AssertLimited(over, "\"tenant\";q=2;w=2");
    }

    [Fact]
    public async Task What_a_barred_address_presents_is_refused_before_the_database_is_asked_also_when_it_is_lost()
    {
        await using var proxy = PostgresProxy.To(await Houses.NewPostgres());
        await using var house = await Open(
            new ManualClock(),
            proxy.Store,
            "--Keys:BadKeysPerMinute",
            "3"
        );
        for (var i = 0; i < 3; i++)
        {
            using var unknown = await Show(house, Guess());
            Assert.Equal(401, (int)unknown.StatusCode);
        }
        // What the server does by itself meanwhile, at its start above all, is not asked for a text: in the end it is less than one for each.
        var asked = int.MaxValue;
        for (var round = 0; round < 20 && asked > 25; round++)
        {
            var before = proxy.Statements;
            for (var i = 0; i < 50; i++)
            {
                using var barred = await Show(house, Guess());
                AssertLimited(barred, "\"address\";q=3;w=60");
            }
            asked = proxy.Statements - before;
        }
        Assert.InRange(asked, 0, 25);
        proxy.Cut();
        using var still = await Show(house, Guess());
        Assert.Equal(429, (int)still.StatusCode);
    }

    [Fact]
    public async Task Limits_that_cannot_be_asked_let_nobody_in()
    {
        const string Wrong = "/api/v1/audit/export?format=none";
        await using var proxy = PostgresProxy.To(await Houses.NewPostgres());
        await using var house = await Open(new ManualClock(), proxy.Store);
        var tenant = await house.NewTenant();
        var (_, limited) = await tenant.MintKey("\"rate_limit\":100,\"daily_quota\":100");
        using (var good = await Show(house, limited))
            Assert.Equal(200, (int)good.StatusCode);
        using (var wrong = await house.Send(HttpMethod.Get, Wrong, key: limited))
            Assert.Equal(400, (int)wrong.StatusCode);
        proxy.Cut();
        foreach (var key in (string[])[limited, tenant.Key])
        {
            using var lost = await Show(house, key);
            Assert.Equal(503, (int)lost.StatusCode);
            // It is the door that says so: who is let in hears what is wrong with the query, which no store is asked for.
            using var unread = await house.Send(HttpMethod.Get, Wrong, key: key);
            Assert.Equal(503, (int)unread.StatusCode);
        }
    }

    /// <summary>The bound of docs/security.md: servers that share a store each count for themselves.</summary>
    [Fact]
    public async Task On_several_servers_calls_and_tries_that_pass_are_at_most_their_number_times_the_limit()
    {
        var store = await Houses.NewPostgres();
        var clock = new ManualClock();
        await using var one = await Open(clock, store, Small);
        await using var two = await Open(clock, store, Small);
        var tenant = await one.NewTenant();
        var (calls, tries) = (0, 0);
        var person = await tenant.NewPerson("viewer");
        for (var i = 0; i < 20; i++)
        {
            var house = i % 2 == 0 ? one : two;
            using var called = await Show(house, tenant.Key);
            calls += called.StatusCode == HttpStatusCode.OK ? 1 : 0;
            using var tried = await new Visitor(house).SignIn(
                tenant.Handle,
                person.Email,
                "a wrong password"
            );
            tries += tried.StatusCode == HttpStatusCode.Unauthorized ? 1 : 0;
            if (tried.StatusCode == HttpStatusCode.TooManyRequests)
                AssertLimited(tried, "\"sign-in\";q=5;w=60");
        }
        Assert.Equal(2 * 3, calls);
        Assert.Equal(2 * 5, tries);
    }

    /// <summary>The bound of docs/security.md: limit × time, and for each server one burst and what it takes between two tellings.</summary>
    [Fact]
    public async Task Servers_tell_each_other_what_passed_so_that_a_limit_is_one_for_all_of_them()
    {
        var store = await Houses.NewPostgres();
        var clock = new ManualClock();
        await using var one = await Open(clock, store, Small);
        await using var two = await Open(clock, store, Small);
        TestHouse[] servers = [one, two];
        foreach (var server in servers)
        {
            var limits = server.Services.GetRequiredService<SharedLimits>();
            Assert.True(SpinWait.SpinUntil(() => limits.IsOn, TimeSpan.FromSeconds(60)));
        }

        // Told after each call, what passes is what one server would let through.
        var tenant = await one.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var (_, key) = await tenant.MintKey("\"rate_limit\":2");
        clock.Advance(TimeSpan.FromMinutes(1));
        await Exchange(servers);
        var (calls, tries, questions) = (0, 0, 0);
        for (var i = 0; i < 12; i++)
        {
            questions += await Asked(servers[i % 2], tenant);
            using var called = await Show(servers[i % 2], tenant.Key);
            calls += called.StatusCode == HttpStatusCode.OK ? 1 : 0;
            using var tried = await new Visitor(servers[i % 2]).SignIn(
                tenant.Handle,
                person.Email,
                "a wrong password"
            );
            tries += tried.StatusCode == HttpStatusCode.Unauthorized ? 1 : 0;
            await Exchange(servers);
        }
        Assert.Equal((3, 5, 4), (calls, tries, questions));

        // Whoever calls one server alone has the whole limit there.
        clock.Advance(TimeSpan.FromMinutes(1));
        await Exchange(servers);
        Assert.Equal(2, await Passed(two, key, 5));
        await Exchange(servers);
        Assert.Equal(0, await Passed(one, key, 1));

        // What passed before anybody was told is paid back: in the long run the limit holds, however many there are.
        clock.Advance(TimeSpan.FromMinutes(1));
        await Exchange(servers);
        var passed = await Passed(one, tenant.Key, 5) + await Passed(two, tenant.Key, 5);
        Assert.InRange(passed, 3, 2 * 3);
        for (var second = 0; second < 10; second++)
        {
            await Exchange(servers);
            clock.Advance(TimeSpan.FromSeconds(1));
            passed += await Passed(one, tenant.Key, 2);
            await Exchange(servers);
            passed += await Passed(two, tenant.Key, 2);
        }
        Assert.InRange(passed, 10, 3 + 10 * 1);

        // Who tells something is heard by a sign, and nobody asks in vain.
        var other = two.Services.GetRequiredService<SharedLimits>();
        other.TakeWasTold();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, await Passed(one, tenant.Key, 3));
        await Exchange([one]);
        Assert.True(SpinWait.SpinUntil(other.TakeWasTold, TimeSpan.FromSeconds(60)));
    }

    /// <summary>1 when a node of the tenant is let ask its memory.</summary>
    private static async Task<int> Asked(TestHouse house, TestTenant tenant)
    {
        var answer = await house
            .Services.GetRequiredService<NodeMemory>()
            .Answer(
                new MemoryScope(tenant.Id, EnvironmentNames.Live, $"{tenant.Handle}/chat"),
                new NodeQuestion
                {
                    Kind = QuestionKind.FindEntries,
                    Text = "tea",
                    Count = 1,
                },
                "a call",
                TestContext.Current.CancellationToken
            );
        return answer.Code == "rate_limited" ? 0 : 1;
    }

    /// <summary>All tell, and all hear what was told.</summary>
    private static async Task Exchange(TestHouse[] servers)
    {
        foreach (var server in (TestHouse[])[.. servers, .. servers])
            await server
                .Services.GetRequiredService<LimitExchange>()
                .Round(TestContext.Current.CancellationToken);
    }

    private static async Task<int> Passed(TestHouse house, string key, int calls)
    {
        var passed = 0;
        for (var i = 0; i < calls; i++)
        {
            using var called = await Show(house, key);
            passed += called.StatusCode == HttpStatusCode.OK ? 1 : 0;
        }
        return passed;
    }

    /// <summary>The bound of docs/security.md: a server knows within a second of calls of its own what the others have counted.</summary>
    [Fact]
    public async Task A_daily_quota_is_one_for_all_servers_once_they_have_written_what_they_counted()
    {
        var store = await Houses.NewPostgres();
        var clock = new ManualClock();
        await using var one = await Open(clock, store);
        await using var two = await Open(clock, store);
        var tenant = await one.NewTenant();
        var (id, key) = await tenant.MintKey("\"daily_quota\":10");
        for (var i = 0; i < 6; i++)
        {
            using var called = await Show(one, key);
            Assert.Equal(200, (int)called.StatusCode);
        }
        await Written(one, clock, tenant, id, 6);
        for (var i = 0; i < 4; i++)
        {
            using var called = await Show(two, key);
            Assert.Equal(200, (int)called.StatusCode);
        }
        using (var over = await Show(two, key))
            Assert.Equal(429, (int)over.StatusCode);
        await Written(two, clock, tenant, id, 10);
        // The first server's next call tells it of the second's.
        var passed = 0;
        for (var i = 0; i < 20 && passed < 20; i++)
        {
            using var called = await Show(one, key);
            if (called.StatusCode != HttpStatusCode.OK)
                break;
            passed++;
            await Written(one, clock, tenant, id, 10 + passed);
            await Learned(one, key);
        }
        Assert.Equal(1, passed);
    }

    private static int Taken(TenantLimits limits, Row row, int calls)
    {
        var caller = new Caller
        {
            Door = Door.Key,
            TenantId = "one",
            Handle = "one",
            Environment = EnvironmentNames.Live,
            Scopes = Scopes.None,
        };
        return Enumerable.Range(0, calls).Count(_ => limits.Take(caller, row) is null);
    }

    /// <summary>Goes on until so many calls of the key are on record: the meter writes behind the requests, by the clock.</summary>
    private static async Task Written(
        TestHouse house,
        ManualClock clock,
        TestTenant tenant,
        string keyId,
        long calls
    )
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!patience.IsCancellationRequested)
        {
            using var shown = await house.Send(
                HttpMethod.Get,
                $"/api/v1/keys/{keyId}/usage",
                key: tenant.Key
            );
            var counted = (await TestHouse.Json(shown)).GetProperty("calls").GetInt64();
            if (counted >= calls)
                return;
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Fail($"{calls} calls were never on record");
    }

    /// <summary>Goes on until the server goes by the total that its last write brought back: others see what is on record a moment before it does.</summary>
    private static async Task Learned(TestHouse house, string key)
    {
        var found = await house.Services.GetRequiredService<KeyLookup>().Find(KeyText.Hash(key));
        var meter = house.Services.GetRequiredService<KeyMeter>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await meter.LeftToday(found!) > 0)
        {
            Assert.False(patience.IsCancellationRequested, "it was never learned");
            await Task.Yield();
        }
    }

    private static void AssertLimited(HttpResponseMessage answer, string policy)
    {
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(policy, answer.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith(policy.Split(';')[0], answer.Headers.GetValues("RateLimit").Single());
    }

    private static Task<HttpResponseMessage> Show(TestHouse house, string key) =>
        house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);

    private static string Guess() => KeyText.MintStandard("slc", KeyEnvironment.Live);

    private static Task<TestHouse> Open(ManualClock clock, string? store, params string[] args) =>
        TestHouse.Open(
            store: store,
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args: args
        );
}
