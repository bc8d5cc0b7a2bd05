using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Server.Tests.Edge;

public sealed class TlsTests : IDisposable
{
    private readonly string _ground = Directory.CreateTempSubdirectory("sluice-tls-").FullName;

    public void Dispose() => Directory.Delete(_ground, recursive: true);

    private string Certificate => Path.Combine(_ground, "tls.crt");

    private string Key => Path.Combine(_ground, "tls.key");

    [Fact]
    public async Task A_new_certificate_is_shown_without_a_restart()
    {
        var clock = new SteppedClock();
        Put("first");
        await using var house = await Open(clock);
        Assert.Equal("CN=first", await Shown(house));
        Put("second");
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=second", await Shown(house));
    }

    [Fact]
    public async Task Files_that_do_not_fit_together_leave_the_certificate_in_use()
    {
        var clock = new SteppedClock();
        Put("first");
        await using var house = await Open(clock);
        await File.WriteAllTextAsync(Key, "half a k");
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=first", await Shown(house));
        File.Delete(Key);
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=first", await Shown(house));
        Put("second");
        clock.Step(TimeSpan.FromSeconds(2));
        Assert.Equal("CN=second", await Shown(house));
    }

    [Fact]
    public async Task Less_than_TLS_1_2_is_refused()
    {
        Put("first");
        await using var house = await Open(new SteppedClock());
        Assert.Equal("CN=first", await Shown(house, SslProtocols.Tls12));
#pragma warning disable SYSLIB0039, CA5397 // an old protocol, to see it refused
        await Assert.ThrowsAnyAsync<Exception>(() => Shown(house, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task The_certificates_that_lead_to_the_issuer_are_shown_too()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = SelfSigned("root", rootKey, isIssuer: true);
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = Issue(root, "issuer", issuerKey).CopyWithPrivateKey(issuerKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = Issue(issuer, "leaf", key);
        await File.WriteAllTextAsync(
            Certificate,
            leaf.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem() + "\n"
        );
        await File.WriteAllTextAsync(Key, key.ExportPkcs8PrivateKeyPem());
        await using var house = await Open(new SteppedClock());
        var shown = new List<string>();
        await Handshake(
            house,
            SslProtocols.None,
            chain => shown.AddRange(chain.ChainPolicy.ExtraStore.Select(one => one.Subject))
        );
        Assert.Contains("CN=issuer", shown);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "plain HTTP beyond loopback")]
    [InlineData("http://127.0.0.1:0;http://[::]:0", "plain HTTP beyond loopback")]
    [InlineData("https://127.0.0.1:0", "there is no certificate")]
    public void An_address_that_would_show_keys_to_the_network_is_refused(
        string urls,
        string reason
    )
    {
        var error = Assert.Throws<ListenerException>(() => House.Assemble(["--urls", urls]));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_HTTP_beyond_loopback_needs_the_flag_that_says_so()
    {
        await using var app = House.Assemble(["--urls", "http://0.0.0.0:0", "--allow-plain-http"]);
        Assert.NotNull(app);
    }

    private Task<TestHouse> Open(TimeProvider clock) =>
        TestHouse.Open(
            Path.Combine(_ground, "data"),
            adjust: builder => builder.Services.AddSingleton(clock),
            args:
            [
                "--urls",
                "https://127.0.0.1:0",
                "--Tls:Certificate",
                Certificate,
                "--Tls:Key",
                Key,
            ]
        );

    private static async Task<string> Shown(
        TestHouse house,
        SslProtocols protocols = SslProtocols.None
    )
    {
        var subject = "";
        await Handshake(
            house,
            protocols,
            chain => subject = chain.ChainElements[0].Certificate.Subject
        );
        return subject;
    }

    private static async Task Handshake(
        TestHouse house,
        SslProtocols protocols,
        Action<X509Chain> look
    )
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = protocols,
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    // What is shown is looked at; the test has made it itself.
                    look(chain!);
                    return certificate is not null;
                },
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = house.Client.BaseAddress };
        using var answer = await client.GetAsync("/health");
        Assert.True(answer.IsSuccessStatusCode);
    }

    private void Put(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = SelfSigned(name, key, isIssuer: false);
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Issue(X509Certificate2 by, string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(name == "issuer", false, 0, true)
        );
        using var bare = request.Create(
            by,
            DateTimeOffset.UnixEpoch.AddYears(51),
            DateTimeOffset.UnixEpoch.AddYears(69),
            [1]
        );
        return X509CertificateLoader.LoadCertificate(bare.RawData);
    }

    private static X509Certificate2 SelfSigned(string name, ECDsa key, bool isIssuer)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (isIssuer)
            request.CertificateExtensions.Add(
                new X509BasicConstraintsExtension(true, false, 2, true)
            );
        return request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch.AddYears(50),
            DateTimeOffset.UnixEpoch.AddYears(70)
        );
    }

    /// <summary>The system's clock, moved on by steps.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _ahead;

        public void Step(TimeSpan span) =>
            _ahead += span.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => base.GetTimestamp() + _ahead;
    }
}
