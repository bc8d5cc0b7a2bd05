using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Tests.Secrets;

namespace Sluice.Server.Tests.Canary;

/// <summary>What the TLS layer keeps of saved secrets: out of reach of the reader that wipes, so it is measured and bounded.</summary>
public sealed class TlsLeftoverTests
{
    private const int Secrets = 20;

    [Fact]
    public async Task Over_TLS_few_of_the_last_bodies_can_lie_in_memory()
    {
        using var ground = new TestGround(postgres: false);
        var (certificate, key) = MakeCertificate(ground.Folder);
        await using var server = await ChildServer.Start(
            ground.Folder,
            "sqlite",
            null,
            "--urls",
            "https://127.0.0.1:0",
            "--Tls:Certificate",
            certificate,
            "--Tls:Key",
            key
        );
        var canaries = new List<string>();
        int open;
        using (
            var http = new HttpClient(
                new SocketsHttpHandler
                {
                    SslOptions = new SslClientAuthenticationOptions
                    {
                        CertificateChainPolicy = new X509ChainPolicy
                        {
                            TrustMode = X509ChainTrustMode.CustomRootTrust,
                            CustomTrustStore =
                            {
                                X509CertificateLoader.LoadCertificateFromFile(certificate),
                            },
                        },
                    },
                }
            )
        )
        {
            http.BaseAddress = server.Http.BaseAddress;
            http.DefaultRequestHeaders.Authorization = new("Bearer", await NewKey(http));
            for (var i = 0; i < Secrets; i++)
            {
                canaries.Add(RandomNumberGenerator.GetHexString(32));
                using var body = new StringContent(
                    $$"""{"value":"{{new string('x', i * 500)}}{{canaries[^1]}}"}"""
                );
                using var answer = await http.PutAsync($"/api/v1/secrets/S{i}", body);
                Assert.Equal(201, (int)answer.StatusCode);
            }
            open = Left(server, canaries);
        }
        var closed = Left(server, canaries);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"of {Secrets} secrets {open} lie in memory while the connection is open, {closed} when it is closed"
        );
        Assert.InRange(open, 0, Secrets / 2);
        Assert.InRange(closed, 0, Secrets / 2);
        // The search can find: a name stands in a path, and a path is a string.
        Assert.NotEqual(0, Left(server, ["/api/v1/secrets/S19"]));
    }

    private static int Left(ChildServer server, List<string> texts) =>
        texts.Count(text => ServerProcess.FormsInMemory(server.Pid, text).Count > 0);

    private static (string Certificate, string Key) MakeCertificate(string folder)
    {
        using var rsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", rsa, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(
            DateTimeOffset.Parse("2020-01-01", CultureInfo.InvariantCulture),
            DateTimeOffset.Parse("2120-01-01", CultureInfo.InvariantCulture)
        );
        var (certificate, key) = (Path.Combine(folder, "c.pem"), Path.Combine(folder, "k.pem"));
        File.WriteAllText(certificate, made.ExportCertificatePem(), Encoding.ASCII);
        File.WriteAllText(key, rsa.ExportPkcs8PrivateKeyPem(), Encoding.ASCII);
        return (certificate, key);
    }

    private static async Task<string> NewKey(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/admin/organizations");
        request.Headers.Add("X-Admin-API-Key", TestHouse.AdminKey);
        request.Content = JsonContent.Create(new { org_id = "acme", name = "Acme" });
        using var answer = await http.SendAsync(request);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["key"]!;
    }
}
