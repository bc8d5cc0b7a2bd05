using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;

namespace Sluice.Server.Tests.Identity;

// How long a code can be used, and how often codes are asked for and tried.
public abstract partial class DeviceTests
{
    [Fact]
    public async Task A_code_whose_time_is_over_waits_for_nobody()
    {
        var clock = new ManualClock();
        await using var house = await OpenBehindProxy(clock);
        var tenant = await house.NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        var asked = await Start(house);
        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Contains(Cli, await Send(visitor, "code", asked.User), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var act in (string[])["code", "approve", "deny"])
            Assert.Contains(
                "No device waits",
                await Send(visitor, act, asked.User),
                StringComparison.Ordinal
            );
        Assert.Equal("expired_token", await Poll(house, asked.Device));
    }

    [Fact]
    public async Task Guesses_of_codes_count_for_a_person_wherever_it_is_and_for_an_address_whoever_is_there()
    {
        await using var house = await OpenBehindProxy(new ManualClock());
        var tenant = await house.NewTenant();
        var asked = await Start(house);
        var ada = await (await tenant.NewPerson("developer")).SignIn();
        for (var i = 0; i < 5; i++)
            await Guess(ada, $"198.51.100.{i}", "No device waits");
        await Guess(ada, "198.51.100.5", "Too many tries");

        var (ben, cleo) = (
            await (await tenant.NewPerson("developer")).SignIn(),
            await (await tenant.NewPerson("developer")).SignIn()
        );
        for (var i = 0; i < 4; i++)
            await Guess(ben, "203.0.113.9", "No device waits");
        await Guess(cleo, "203.0.113.9", "No device waits");
        await Guess(cleo, "203.0.113.9", "Too many tries");
        // Elsewhere both have tries left, and the code is right.
        foreach (var person in (Visitor[])[ben, cleo])
            await Guess(person, $"203.0.113.{(person == ben ? 10 : 11)}", Cli, asked.User);

        async Task Guess(Visitor person, string address, string answered, string code = "BCDF-GHJK")
        {
            person.From = address;
            Assert.Contains(answered, await Send(person, "code", code), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whoever_asks_for_code_after_code_is_told_when_to_come_back()
    {
        var clock = new ManualClock();
        await using var house = await OpenBehindProxy(clock);
        for (var i = 0; i < 20; i++)
            await Start(house);
        using var limited = await Ask(new Visitor(house));
        Assert.Equal(429, (int)limited.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), limited.Headers.RetryAfter?.Delta);
        using (var elsewhere = await Ask(new Visitor(house) { From = "203.0.113.9" }))
            Assert.Equal(200, (int)elsewhere.StatusCode);
        clock.Advance(TimeSpan.FromSeconds(3));
        await Start(house);

        static Task<HttpResponseMessage> Ask(Visitor visitor) =>
            visitor.PostForm("/api/v1/auth/device", ("client_id", Cli));
    }

    /// <summary>A server that takes a caller's address from <see cref="Visitor.From"/>.</summary>
    private async Task<TestHouse> OpenBehindProxy(ManualClock clock) =>
        await TestHouse.Open(
            store: await Store(),
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args: ["--Proxies", "127.0.0.1"]
        );
}
