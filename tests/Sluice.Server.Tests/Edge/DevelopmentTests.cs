namespace Sluice.Server.Tests.Edge;

public sealed class DevelopmentTests
{
    [Fact]
    public async Task Serving_for_development_brings_a_tenant_a_member_and_a_key_ready_made()
    {
        var data = Directory.CreateTempSubdirectory("sluice-dev-").FullName;
        var file = Path.Combine(data, "dev.key");
        string key;
        await using (var house = await TestHouse.Open(data, args: "--dev"))
        {
            key = (await File.ReadAllTextAsync(file)).Trim();
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(file)
            );
            using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
            var json = await TestHouse.Json(answer);
            Assert.Equal("dev", json.GetProperty("tenant").GetString());
            Assert.Equal("dev@localhost", json.GetProperty("email").GetString());
        }
        await using (var again = await TestHouse.Open(data, args: "--dev"))
        {
            Assert.Equal(key, (await File.ReadAllTextAsync(file)).Trim());
            using var answer = await again.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
            Assert.True(answer.IsSuccessStatusCode);
        }
        DataFolder.Remove(data);
    }

    [Fact]
    public async Task A_lost_development_key_is_made_anew()
    {
        var data = Directory.CreateTempSubdirectory("sluice-dev-").FullName;
        var file = Path.Combine(data, "dev.key");
        await using (await TestHouse.Open(data, args: "--dev"))
            File.Delete(file);
        await using (var house = await TestHouse.Open(data, args: "--dev"))
        {
            var key = (await File.ReadAllTextAsync(file)).Trim();
            using var answer = await house.Send(HttpMethod.Get, "/api/v1/whoami", key: key);
            Assert.True(answer.IsSuccessStatusCode);
        }
        DataFolder.Remove(data);
    }

    [Fact]
    public async Task Without_being_asked_there_is_no_development_tenant()
    {
        await using var house = await TestHouse.Open();
        Assert.False(File.Exists(Path.Combine(house.Data, "dev.key")));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://192.0.2.1:8787")]
    public void Development_is_refused_beyond_loopback_even_with_plain_HTTP_allowed(string url)
    {
        var error = Assert.Throws<ListenerException>(() =>
            House.Assemble(["--urls", url, "--allow-plain-http", "--dev"])
        );
        Assert.Contains("--dev", error.Message, StringComparison.Ordinal);
    }
}
