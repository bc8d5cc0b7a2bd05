using System.Net;

namespace Sluice.Server.Tests.Edge;

public sealed class HealthTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Health_answers_healthy_with_the_license_block(string method)
    {
        await using var house = await TestHouse.Open();
        using var answer = await house.Send(new HttpMethod(method), "/health");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await TestHouse.Json(answer);
        Assert.Equal("healthy", json.GetProperty("status").GetString());
        Assert.Equal("sqlite", json.GetProperty("store").GetProperty("kind").GetString());
        var license = json.GetProperty("license");
        Assert.True(license.GetProperty("valid").GetBoolean());
        Assert.Equal("Community", license.GetProperty("tier").GetString());
        Assert.True(license.GetProperty("maxNodes").GetInt32() > 0);
        Assert.True(license.TryGetProperty("expiresAt", out _));
        Assert.False(license.TryGetProperty("reason", out _));
    }

    [Fact]
    public async Task Health_can_be_asked_for_its_head_alone()
    {
        await using var house = await TestHouse.Open();
        using var answer = await house.Send(HttpMethod.Head, "/health");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("AXON-PRO-12345-ABCDE-67890")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task A_license_key_that_is_not_known_is_never_valid(string key)
    {
        await using var house = await TestHouse.Open();
        using var answer = await house.Send(
            HttpMethod.Get,
            "/health",
            adjust: request => request.Headers.TryAddWithoutValidation("X-License-Key", key)
        );
        var json = await TestHouse.Json(answer);
        Assert.Equal("healthy", json.GetProperty("status").GetString());
        var license = json.GetProperty("license");
        Assert.False(license.GetProperty("valid").GetBoolean());
        Assert.Equal(0, license.GetProperty("maxNodes").GetInt32());
        Assert.NotEmpty(license.GetProperty("reason").GetString()!);
    }
}
