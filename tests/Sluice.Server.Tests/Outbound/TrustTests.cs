using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sluice.Runner.Tests;
using Sluice.Server.Outbound;
using Sluice.Server.Tests.Edge;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Secrets;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Every call of the house takes the proxy, the operator's issuers and the client certificate. Certificates are openssl's.</summary>
public sealed class TrustTests : IDisposable
{
    private const string Place = "aws.example.test";

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_call_to_a_place_of_the_settings_goes_through_the_proxy_and_believes_the_bundle()
    {
        await using var server = await Server();
        await using var proxy = new ConnectProxy(server.Port)
        {
            Required = Convert.ToBase64String("house:pass word"u8),
        };
        using var outbound = Outbounds.Open(Trust(), proxy: proxy.Proxy);
        using var http = outbound.ForOperator(100, TimeSpan.FromSeconds(60));
        using (var answer = await http.GetAsync($"https://{Place}/"))
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal([$"{Place}:443"], proxy.Asked);
        Assert.Equal(["CN=house.example"], server.Shown);
        // Another name, and another issuer, are not believed.
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("https://other.test/"));
        using var strict = Outbounds.Open(proxy: proxy.Proxy);
        using var untold = strict.ForOperator(100, TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<HttpRequestException>(() => untold.GetAsync($"https://{Place}/"));
        Assert.Single(server.Shown);
    }

    [Fact]
    public async Task Replaced_issuers_and_certificates_hold_from_the_next_call_on_and_broken_ones_change_nothing()
    {
        await using var server = await Server();
        await using var proxy = new ConnectProxy(server.Port);
        using var stranger = new TestAuthority();
        var (first, second) = (Trust(), _authority.Issue("clientAuth", ["renewed.example"]));
        var bundle = first["CaBundle"] = Copy(first["CaBundle"]!);
        var clock = new ManualClock();
        using var lines = new LogLines();
        using var settings = Outbounds.Settings(first, clock, lines.CreateLogger("trust"));
        using var outbound = new OutboundHttp(
            settings,
            new WebProxy(proxy.Url),
            Dns.GetHostAddressesAsync,
            NullLogger<OutboundHttp>.Instance
        );
        using var http = outbound.ForOperator(100, TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.NoContent, await Call());

        // A certificate is shown once its key is there too: until then the one before.
        File.Copy(second.Certificate, first["ClientCertificate"]!, overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NoContent, await Call());
        Assert.Equal(["CN=house.example"], server.Shown.Distinct());
        Assert.Contains("is not taken", Assert.Single(lines.All).Text);
        File.Copy(second.Key, first["ClientKey"]!, overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NoContent, await Call());
        Assert.Equal(["CN=house.example", "CN=renewed.example"], server.Shown.Distinct());
        Assert.Equal(2, lines.All.Count);

        // What holds no issuer, or is gone, takes none away, and is told once.
        foreach (var broken in (string?[])["no certificate", null])
        {
            if (broken is null)
                File.Delete(bundle);
            else
                await File.WriteAllTextAsync(bundle, broken);
            for (var i = 0; i < 2; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(HttpStatusCode.NoContent, await Call());
            }
        }
        Assert.DoesNotContain("was read again", lines.All[2].Text);
        Assert.All(lines.All.Skip(2), line => Assert.Contains("CaBundle", line.Text));

        // An issuer that is withdrawn is believed no more.
        File.Copy(stranger.Bundle, bundle);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<HttpRequestException>(Call);
        File.Copy(_authority.Bundle, bundle, overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NoContent, await Call());

        async Task<HttpStatusCode> Call()
        {
            using var answer = await http.GetAsync($"https://{Place}/");
            return answer.StatusCode;
        }
    }

    private static string Copy(string file)
    {
        File.Copy(file, file + ".copy");
        return file + ".copy";
    }

    [Fact]
    public async Task Through_a_proxy_a_tenants_name_is_looked_at_here_and_the_proxy_is_told_the_address()
    {
        await using var server = await Server();
        await using var proxy = new ConnectProxy(server.Port)
        {
            Required = Convert.ToBase64String("house:pass word"u8),
        };
        using (
            var http = Outbounds.Open(
                Trust(),
                ByName((Place, Outbounds.Nowhere), ("inward.test", "127.0.0.1")),
                proxy.Proxy
            )
        )
        {
            Assert.Equal(204, (await http.Get($"https://{Place}/"))?.Status);
            Assert.Null(await http.Get("https://inward.test/"));
            Assert.Null(await http.Get("https://127.0.0.1/"));
            Assert.Null(await http.Get("https://unknown.test/"));
        }
        Assert.Equal([$"[{Outbounds.Nowhere}]:443"], proxy.Asked);
        // Who the operator is, a stranger does not learn.
        Assert.Equal([""], server.Shown);

        // A listed host is the proxy's to find, and is shown the certificate.
        using var listed = Outbounds.Open(
            new(Trust()) { ["Allow:AuditWebhook"] = "*.example.test" },
            ByName(),
            proxy.Proxy
        );
        Assert.Equal(204, (await listed.Get($"https://{Place}/"))?.Status);
        Assert.Equal($"{Place}:443", proxy.Asked.Last());
        Assert.Equal(["", "CN=house.example"], server.Shown);
    }

    [Fact]
    public async Task A_certificate_cannot_make_the_server_fetch_its_issuer()
    {
        await using var canary = new Canary();
        using var stranger = new TestAuthority();
        await using var server = await TlsServer.Start(
            stranger.Issue("serverAuth", [Place], $"http://127.0.0.1:{canary.Port}/ca.crt"),
            NoContent
        );
        await using var proxy = new ConnectProxy(server.Port);
        using var http = Outbounds.Open(
            Trust(),
            ByName((Place, Outbounds.Nowhere)),
            new WebProxy(proxy.Url)
        );
        Assert.Null(await http.Get($"https://{Place}/"));
        Assert.Single(proxy.Asked);
        Assert.Equal(0, await canary.Hits());
        // A client of the platform's own would have gone there.
        using var careless = new HttpClient(
            new SocketsHttpHandler { Proxy = new WebProxy(proxy.Url) }
        );
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            careless.GetAsync($"https://{Place}/")
        );
        Assert.NotEqual(0, await canary.Hits());
    }

    [Fact]
    public async Task A_certificate_that_was_issued_to_a_client_is_no_servers()
    {
        await using var server = await TlsServer.Start(
            _authority.Issue("clientAuth", [Place]),
            NoContent
        );
        await using var proxy = new ConnectProxy(server.Port);
        using var outbound = Outbounds.Open(
            Trust(),
            ByName((Place, Outbounds.Nowhere)),
            new WebProxy(proxy.Url)
        );
        using var http = outbound.ForOperator(100, TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync($"https://{Place}/"));
        Assert.Null(await outbound.Get($"https://{Place}/"));
        // Both came as far as the certificate.
        Assert.Equal(2, proxy.Asked.Count);
        Assert.Empty(server.Shown);
    }

    [Theory]
    [InlineData("", "ResourceNotFoundException", 1)]
    [InlineData(".example.test", "does not answer", 0)]
    public async Task The_environment_names_the_proxy_and_who_is_called_without(
        string noProxy,
        string said,
        int asked
    )
    {
        await using var aws = await TlsServer.Start(
            _authority.Issue("serverAuth", [Place]),
            context =>
            {
                context.Response.StatusCode = 400;
                return context.Response.WriteAsync("""{"__type":"ResourceNotFoundException"}""");
            }
        );
        await using var proxy = new ConnectProxy(aws.Port);
        using var ground = new TestGround(postgres: false);
        await using var server = await ServerProcess.Start(
            ground,
            new Dictionary<string, string>
            {
                ["HTTPS_PROXY"] = proxy.Url,
                ["NO_PROXY"] = noProxy,
                ["Outbound__CaBundle"] = _authority.Bundle,
                ["Licenses__Aws__Organization"] = "acme",
                ["Licenses__Aws__Endpoint"] = $"https://{Place}/",
                ["AWS_REGION"] = "eu-central-1",
                ["AWS_ACCESS_KEY_ID"] = "AKID",
                ["AWS_SECRET_ACCESS_KEY"] = "secret",
            }
        );
        using var client = new HttpClient();
        Assert.Contains(said, await client.GetStringAsync(new Uri(server.Address, "/health")));
        Assert.Equal(asked, proxy.Asked.Count);
    }

    [Fact]
    public async Task Mail_believes_the_bundle_and_shows_the_certificate()
    {
        await using var mail = new TlsMail(_authority.Issue("serverAuth", ["localhost"]));
        var trust = Trust();
        await using var house = await TestHouse.Open(
            args:
            [
                "--Mail:Host",
                "localhost",
                "--Mail:Port",
                $"{mail.Port}",
                "--Mail:From",
                "sluice@example.com",
                .. trust.SelectMany(each => (string[])[$"--Outbound:{each.Key}", each.Value!]),
            ]
        );
        var tenant = await house.NewTenant();
        (
            await tenant.Post(
                "/api/v1/invitations",
                """{"email":"guest@example.org","role":"viewer"}"""
            )
        ).Dispose();
        Assert.Contains("invitation", await mail.Letter.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("CN=house.example", mail.Shown);
    }

    [Fact]
    public async Task A_mail_server_that_never_says_a_word_is_given_up_after_half_a_minute()
    {
        var clock = new ManualClock();
        await using var silent = new TricklingServer("");
        using var mailer = new Mailer(
            Options.Create(
                new MailOptions
                {
                    Host = "127.0.0.1",
                    Port = silent.Port,
                    From = "sluice@example.com",
                    Tls = false,
                }
            ),
            Outbounds.Settings([]),
            clock,
            NullLogger<Mailer>.Instance
        );
        await mailer.StartAsync(TestContext.Current.CancellationToken);
        mailer.Send(new Letter("ada@example.org", "A subject", "A text"));
        await silent.Called.WaitAsync(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(silent.GivenUp.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await silent.GivenUp.WaitAsync(TimeSpan.FromSeconds(60));
        await mailer.StopAsync(TestContext.Current.CancellationToken);
    }

    private Dictionary<string, string?> Trust()
    {
        var own = _authority.Issue("clientAuth", ["house.example"]);
        return new()
        {
            ["CaBundle"] = _authority.Bundle,
            ["ClientCertificate"] = own.Certificate,
            ["ClientKey"] = own.Key,
            // A machine that is busy is no reason for no answer.
            ["ConnectTimeout"] = "00:01:00",
            ["Timeout"] = "00:01:00",
        };
    }

    private Task<TlsServer> Server() =>
        TlsServer.Start(_authority.Issue("serverAuth", [Place]), NoContent);

    private static Task NoContent(HttpContext context)
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static ResolveHost ByName(params (string Name, string Address)[] known) =>
        (host, _) =>
            Task.FromResult<IPAddress[]>(
                host == "127.0.0.1"
                    ? [IPAddress.Loopback]
                    :
                    [
                        .. known
                            .Where(each => each.Name == host)
                            .Select(each => IPAddress.Parse(each.Address)),
                    ]
            );
}
