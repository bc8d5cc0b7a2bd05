using System.Text.Json;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Doors;

/// <summary>Who called, as the operator's proxies say it and nobody else.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData(null, "198.51.100.7", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "198.51.100.7", "127.0.0.1")]
    [InlineData("127.0.0.0/8", "198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1,198.51.100.0/24", "203.0.113.9, 198.51.100.7", "203.0.113.9")]
    [InlineData("127.0.0.1", "198.51.100.7, 127.0.0.1", "198.51.100.7")]
    [InlineData("127.0.0.1", "10.1.1.1, nonsense", "127.0.0.1")]
    [InlineData("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    public async Task An_address_is_taken_from_a_named_proxy_and_what_a_caller_wrote_counts_for_nothing(
        string? proxies,
        string written,
        string expected
    )
    {
        await using var house = await TestHouse.Open(
            args: proxies is null ? [] : ["--Proxies", proxies]
        );
        var tenant = await house.NewTenant();
        var person = await tenant.NewPerson("viewer");
        var visitor = new Visitor(house);
        using (
            await visitor.Send(
                HttpMethod.Post,
                "/api/v1/auth/login",
                JsonSerializer.Serialize(
                    new Dictionary<string, string>
                    {
                        ["org_id"] = tenant.Handle,
                        ["email"] = person.Email,
                        ["password"] = Person.Password,
                    }
                ),
                request => request.Headers.TryAddWithoutValidation("X-Forwarded-For", written)
            )
        )
        using (var listed = await visitor.Get("/api/v1/auth/sessions"))
            Assert.Equal(
                expected,
                (await TestHouse.Json(listed))
                    .GetProperty("data")[0]
                    .GetProperty("address")
                    .GetString()
            );
    }

    [Fact]
    public async Task A_text_that_is_no_range_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<ListenerException>(() =>
            TestHouse.Open(args: ["--Proxies", "10.0.0.0/8,everywhere"])
        );
        Assert.StartsWith("everywhere", error.Message);
    }
}
