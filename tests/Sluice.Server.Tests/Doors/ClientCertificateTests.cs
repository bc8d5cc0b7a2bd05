using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Operations;

namespace Sluice.Server.Tests.Doors;

/// <summary>Listeners that ask for client certificates, with openssl as the authority and curl as the caller.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly string _ground = Directory.CreateTempSubdirectory("sluice-mtls-").FullName;

    public void Dispose() => Directory.Delete(_ground, recursive: true);

    [Fact]
    public async Task A_listener_takes_certificates_of_its_authority_in_force_and_of_an_allowed_name_alone()
    {
        var authority = await Authority.Make(_ground, "ours");
        var foreign = await Authority.Make(_ground, "foreign");
        var revoked = await authority.Issue("/O=Acme/CN=ops", "DNS:ops.example.com");
        await authority.Revoke(revoked);
        await authority.WriteCrl();
        await using var house = await Open(
            await authority.Issue("/CN=server", "IP:127.0.0.1", "server"),
            authority,
            null,
            "--Listeners:private:ClientCrl",
            authority.Crl,
            "--Listeners:private:ClientNames",
            "dns:ops.example.com; CN=robot, O=Acme; uri:spiffe://acme/ops"
        );
        var ops = await authority.Issue("/O=Acme/CN=anyone", "DNS:OPS.example.com");
        (string Who, Authority.Issued? Shown, bool IsTaken)[] cases =
        [
            ("an allowed name", ops, true),
            ("an allowed subject", await authority.Issue("/O=Acme/CN=robot"), true),
            (
                "an allowed address of another kind",
                await authority.Issue("/CN=any", "URI:spiffe://acme/ops"),
                true
            ),
            ("nobody", null, false),
            ("another subject", await authority.Issue("/O=Other/CN=robot"), false),
            (
                "a name of another kind",
                await authority.Issue("/CN=any", "email:ops@example.com"),
                false
            ),
            (
                "a foreign authority of the same name",
                await foreign.Issue("/O=Acme/CN=ops", "DNS:ops.example.com"),
                false
            ),
            (
                "one whose time is over",
                await authority.Issue(
                    "/O=Acme/CN=ops",
                    "DNS:ops.example.com",
                    until: "20210101000000Z"
                ),
                false
            ),
            (
                "a server's",
                await authority.Issue("/O=Acme/CN=ops", "DNS:ops.example.com", "server"),
                false
            ),
            ("a revoked one", revoked, false),
        ];
        var wrong = new List<string>();
        foreach (var version in (string[])["--http1.1", "--http2"])
        {
            foreach (var (who, shown, isTaken) in cases)
            {
                var (code, text) = await Curl(house, authority, shown, version);
                var answered = code == 0 && text == $"200 {version[6..]}";
                if (answered != isTaken || (!isTaken && code == 0))
                    wrong.Add($"{who} over {version}: exit {code}, {text}");
            }
        }
        Assert.Empty(wrong);
        // What is on record of it says where it listens, and whom it asks.
        var described = house.Services.GetRequiredService<OpenListeners>().Describe().ToList();
        Assert.Contains(
            described,
            line =>
                line.StartsWith("  private: https://127.0.0.1:", StringComparison.Ordinal)
                && line.Contains("authorities: 1; names: dns:ops", StringComparison.Ordinal)
        );
        Assert.Equal(2, described.Count);
    }

    [Fact]
    public async Task New_authorities_and_revocations_count_at_the_next_handshake_and_open_connections_live_on()
    {
        var clock = new SteppedClock();
        var authority = await Authority.Make(_ground, "ours");
        var next = await Authority.Make(_ground, "next");
        await authority.WriteCrl();
        var (ca, crl) = (Path.Combine(_ground, "ca.pem"), Path.Combine(_ground, "crl.pem"));
        File.Copy(authority.Certificate, ca);
        File.Copy(authority.Crl, crl);
        await using var house = await Open(
            await authority.Issue("/CN=server", "IP:127.0.0.1", "server"),
            authority,
            clock,
            "--Listeners:private:ClientCa",
            ca,
            "--Listeners:private:ClientCrl",
            crl
        );
        var (first, second) = (await authority.Issue("/CN=first"), await next.Issue("/CN=second"));
        using var open = Connect(house, first);
        Assert.Equal(200, (int)(await open.GetAsync("/health")).StatusCode);

        // A broken list leaves what was there in use.
        await File.WriteAllTextAsync(crl, "nothing of use");
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.Equal(0, (await Curl(house, authority, first)).Code);

        await authority.Revoke(first);
        await authority.WriteCrl();
        File.Copy(authority.Crl, crl, overwrite: true);
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.NotEqual(0, (await Curl(house, authority, first)).Code);
        Assert.NotEqual(0, (await Curl(house, authority, second)).Code);

        await next.WriteCrl();
        await File.WriteAllTextAsync(ca, await File.ReadAllTextAsync(next.Certificate));
        File.Copy(next.Crl, crl, overwrite: true);
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.Equal(0, (await Curl(house, authority, second)).Code);
        Assert.Equal(200, (int)(await open.GetAsync("/health")).StatusCode);

        // Past its next update a list says nothing of anybody.
        clock.Now += TimeSpan.FromDays(2);
        Assert.NotEqual(0, (await Curl(house, authority, second)).Code);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Each_connection_is_judged_for_itself_and_no_former_TLS_session_is_taken_up(
        string version
    )
    {
        var authority = await Authority.Make(_ground, "ours");
        await using var house = await Open(
            await authority.Issue("/CN=server", "IP:127.0.0.1", "server"),
            authority,
            null
        );
        var caller = await authority.Issue("/CN=ops");
        var former = Path.Combine(_ground, "session.pem");
        Assert.Contains("New, TLS", await Call("-sess_out"));
        // Where the server gave nothing to take up, there is nothing to try.
        if (File.Exists(former))
            Assert.DoesNotContain("Reused, TLS", await Call("-sess_in"));

        async Task<string> Call(string session)
        {
            var request =
                $"printf 'GET /health HTTP/1.1\\r\\nHost: here\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -ign_eof {version} {session} {former} -connect {new Uri(PrivateUrl(house)).Authority} -cert {caller.Certificate} -key {caller.Key} -CAfile {authority.Certificate}";
            var (_, text) = await Tool.Run("sh", ["-c", request]);
            Assert.Contains("HTTP/1.1 200 OK", text);
            return text;
        }
    }

    [Fact]
    public async Task Whoever_says_wrongly_how_to_listen_is_told_every_mistake_at_once()
    {
        var authority = await Authority.Make(_ground, "ours");
        var foreign = await Authority.Make(_ground, "foreign");
        await foreign.WriteCrl();
        var own = await authority.Issue("/CN=server", "IP:127.0.0.1", "server");
        var error = Assert.Throws<ListenerException>(() =>
            House.Assemble([
                "--urls",
                "http://127.0.0.1:4711",
                "--Tls:ClientCrl",
                foreign.Crl,
                "--Tls:Chiffre",
                "aes",
                "--Listeners:one:Urls",
                "https://127.0.0.1:0;http://127.0.0.1:4711;nonsense",
                "--Listeners:two:ClientCertificates",
                "perhaps",
                "--Listeners:three:Urls",
                "https://127.0.0.1:0;http://127.0.0.1:0",
                "--Listeners:three:Certificate",
                own.Certificate,
                "--Listeners:three:Key",
                own.Key,
                "--Listeners:three:ClientCertificates",
                "require",
                "--Listeners:three:ClientNames",
                "dns:;nobody",
                "--Listeners:four:Urls",
                "https://127.0.0.1:0",
                "--Listeners:four:Certificate",
                "/nowhere.pem",
                "--Listeners:four:Key",
                own.Key,
                "--Listeners:four:ClientCertificates",
                "require",
                "--Listeners:four:ClientCa",
                "/nowhere-either.pem",
                "--Listeners:five:Urls",
                "https://127.0.0.1:0",
                "--Listeners:five:Certificate",
                own.Certificate,
                "--Listeners:five:Key",
                own.Key,
                "--Listeners:five:ClientCertificates",
                "require",
                "--Listeners:five:ClientCa",
                authority.Certificate,
                "--Listeners:five:ClientCrl",
                foreign.Crl,
                "--Doors:cellar",
                "main",
                "--Doors:admin",
                "main,attic",
                "--Doors:console",
                "",
            ])
        );
        string[] expected =
        [
            "Tls:ClientCrl needs Tls:ClientCertificates to be require",
            "Tls:Chiffre is no setting",
            "Refusing to listen on https://127.0.0.1:0: there is no certificate. Set Listeners:one:Certificate",
            "http://127.0.0.1:4711 belongs to two listeners: main and one",
            "nonsense in Listeners:one:Urls",
            "Listeners:two:Urls is needed",
            "Listeners:two:ClientCertificates is require or none",
            "set Listeners:three:ClientCa",
            "give three addresses with https alone",
            "Listeners:three:ClientNames: dns: names nobody",
            "Listeners:three:ClientNames: nobody names nobody",
            "Listeners:four:Certificate (/nowhere.pem)",
            "Listeners:four:ClientCa (/nowhere-either.pem)",
            "Listeners:five:ClientCrl",
            "Doors:cellar is no door",
            "there is no listener attic; there is main, five, four, one, three, two",
            "Doors:console names no listener",
        ];
        Assert.All(
            expected,
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal)
        );
        Assert.Equal(expected.Length, error.Message.Split('\n').Length);
    }

    private Task<TestHouse> Open(
        Authority.Issued own,
        Authority clients,
        SteppedClock? clock,
        params string[] args
    ) =>
        TestHouse.Open(
            Path.Combine(_ground, "data"),
            adjust: builder =>
            {
                if (clock is not null)
                    builder.Services.AddSingleton<TimeProvider>(clock);
            },
            args:
            [
                "--Listeners:private:Urls",
                "https://127.0.0.1:0",
                "--Listeners:private:Certificate",
                own.Certificate,
                "--Listeners:private:Key",
                own.Key,
                "--Listeners:private:ClientCertificates",
                "require",
                "--Listeners:private:ClientCa",
                clients.Certificate,
                .. args,
            ]
        );

    private static string PrivateUrl(TestHouse house) =>
        house.Services.GetRequiredService<OpenListeners>().Addresses["private"].Single();

    /// <returns>curl's exit code, and status and version of the answer.</returns>
    private static Task<(int Code, string Text)> Curl(
        TestHouse house,
        Authority trusted,
        Authority.Issued? shown,
        string version = "--http2"
    ) =>
        Tool.Run(
            "curl",
            [
                "--silent",
                version,
                "--max-time",
                "60",
                "--cacert",
                trusted.Certificate,
                .. shown is null
                    ? Array.Empty<string>()
                    : ["--cert", shown.Certificate, "--key", shown.Key],
                "--output",
                "/dev/null",
                "--write-out",
                "%{http_code} %{http_version}",
                PrivateUrl(house) + "/health",
            ]
        );

    /// <summary>A caller who keeps a connection open.</summary>
    private static HttpClient Connect(TestHouse house, Authority.Issued shown) =>
        new(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = 1,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                SslOptions =
                {
                    ClientCertificates =
                    [
                        System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(
                            shown.Certificate,
                            shown.Key
                        ),
                    ],
                    // The server is the test's own; whom it lets in is what is asked here.
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
            }
        )
        {
            BaseAddress = new Uri(PrivateUrl(house)),
        };

    /// <summary>The system's clock, moved on by steps.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _ahead;

        public TimeSpan Now { get; set; }

        public void Step(TimeSpan span) =>
            _ahead += span.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => base.GetTimestamp() + _ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Now;
    }
}
