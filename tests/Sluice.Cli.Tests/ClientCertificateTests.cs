using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>The program as a process of its own, at a listener that asks for a certificate.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly string _ground = Directory.CreateTempSubdirectory("sluice-cli-mtls-").FullName;

    public void Dispose() => Directory.Delete(_ground, recursive: true);

    [Fact]
    public async Task The_certificate_of_the_environment_opens_a_listener_that_asks_for_one()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = Authority(authorityKey);
        await File.WriteAllTextAsync(At("ca.pem"), authority.ExportCertificatePem());
        await Issue(authority, "server", "1.3.6.1.5.5.7.3.1");
        await Issue(authority, "ops", "1.3.6.1.5.5.7.3.2");
        await using var server = await ServerProcess.Start(
            "--Listeners:private:Urls",
            "https://127.0.0.1:0",
            "--Listeners:private:Certificate",
            At("server.pem"),
            "--Listeners:private:Key",
            At("server.key"),
            "--Listeners:private:ClientCertificates",
            "require",
            "--Listeners:private:ClientCa",
            At("ca.pem")
        );
        var (code, text) = await Sluice(server, server.Url, null, "--json");
        Assert.True(code == 0, text);
        var url = JsonDocument
            .Parse(text)
            .RootElement.GetProperty("data")[1]
            .GetProperty("url")
            .GetString()!;

        (code, text) = await Sluice(server, url, "ops");
        Assert.True(code == 0, text);
        Assert.Contains("with a certificate", text, StringComparison.Ordinal);
        (code, text) = await Sluice(server, url, null);
        Assert.True(code == (int)Exit.Unreachable, text);
        (code, text) = await Sluice(server, url, "nobody");
        Assert.True(code == (int)Exit.NotLoggedIn, text);
        Assert.Contains("bad_client_certificate", text, StringComparison.Ordinal);
    }

    /// <summary><c>sluice admin listeners</c>, as whoever has a certificate of that name.</summary>
    private async Task<(int Code, string Text)> Sluice(
        ServerProcess server,
        string url,
        string? name,
        params string[] arguments
    )
    {
        var program = Path.Combine(AppContext.BaseDirectory, "sluice.dll");
        var start = new ProcessStartInfo(
            "dotnet",
            [program, "admin", "listeners", "--url", url, .. arguments]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment =
            {
                ["HOME"] = _ground,
                ["SLUICE_ADMIN_API_KEY"] = server.AdminKey,
                ["SSL_CERT_FILE"] = At("ca.pem"),
            },
        };
        if (name is not null)
        {
            start.Environment["SLUICE_CLIENT_CERTIFICATE"] = At(name + ".pem");
            start.Environment["SLUICE_CLIENT_KEY"] = At(name + ".key");
        }
        using var process = Process.Start(start)!;
        var (output, errors) = (
            process.StandardOutput.ReadToEndAsync(),
            process.StandardError.ReadToEndAsync()
        );
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private string At(string name) => Path.Combine(_ground, name);

    private static X509Certificate2 Authority(ECDsa key)
    {
        var request = new CertificateRequest("CN=Ours", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(From, Until);
    }

    private async Task Issue(X509Certificate2 authority, string name, string purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false)
        );
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(
            authority,
            From,
            Until,
            RandomNumberGenerator.GetBytes(8)
        );
        await File.WriteAllTextAsync(At(name + ".pem"), issued.ExportCertificatePem());
        await File.WriteAllTextAsync(At(name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static DateTimeOffset From => DateTimeOffset.UnixEpoch.AddYears(51);

    private static DateTimeOffset Until => DateTimeOffset.UnixEpoch.AddYears(70);
}
