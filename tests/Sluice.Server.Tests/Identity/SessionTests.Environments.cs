using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Identity.Passwords;

namespace Sluice.Server.Tests.Identity;

// Which environment a session is for, and what it tells strangers.
public abstract partial class SessionTests
{
    [Fact]
    public async Task A_session_names_its_environment_and_its_keys_are_of_it()
    {
        var tenant = await (await Shared()).NewTenant();
        var visitor = await (await tenant.NewPerson("developer")).SignIn();
        foreach (var (named, expected) in new[] { (null, "live"), ("test", "test") })
        {
            using var who = await visitor.Send(
                HttpMethod.Get,
                "/api/v1/whoami",
                adjust: request =>
                {
                    if (named is not null)
                        request.Headers.Add("Sluice-Environment", named);
                }
            );
            Assert.Equal(
                expected,
                (await TestHouse.Json(who)).GetProperty("environment").GetString()
            );
        }
        using var unknown = await visitor.Send(
            HttpMethod.Get,
            "/api/v1/whoami",
            adjust: request => request.Headers.Add("Sluice-Environment", "production")
        );
        Assert.Equal("environment_mismatch", await Code(unknown));
        using var made = await visitor.Post("/api/v1/keys", """{"name":"mine"}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = await TestHouse.Json(made);
        Assert.Equal("live", key.GetProperty("environment").GetString());
    }

    [Fact]
    public async Task Whether_an_organisation_has_a_provider_of_its_own_tells_nobody_who_is_here()
    {
        var house = await Shared();
        var tenant = await house.NewTenant();
        foreach (var handle in (string[])[tenant.Handle, "nobody"])
        {
            using var answer = await house.Send(
                HttpMethod.Get,
                $"/api/v1/auth/sso/availability?org_id={handle}"
            );
            Assert.Equal(
                """{"sso_enabled":false,"sso_provider":null,"enforce_sso":false,"sso_login_url":null}""",
                await answer.Content.ReadAsStringAsync()
            );
        }
    }
}
