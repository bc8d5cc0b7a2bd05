using System.Diagnostics;

namespace Sluice.Server.Tests.Outbound;

/// <summary>An issuer of certificates, made by openssl.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-ca-").FullName;

    public TestAuthority()
    {
        OpenSsl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=issuer-of-the-tests"
        );
    }

    /// <summary>PEM file of the issuer.</summary>
    public string Bundle => Path("ca.pem");

    /// <summary>PEM files of a new certificate and its key.</summary>
    /// <param name="use"><c>serverAuth</c> or <c>clientAuth</c>.</param>
    /// <param name="names">Host names.</param>
    /// <param name="issuer">Where it says that its issuer's certificate can be fetched.</param>
    public (string Certificate, string Key) Issue(string use, string[] names, string? issuer = null)
    {
        var name = Guid.NewGuid().ToString("N");
        File.WriteAllLines(
            Path($"{name}.ext"),
            [
                $"extendedKeyUsage={use}",
                $"subjectAltName={string.Join(',', names.Select(each => "DNS:" + each))}",
                .. issuer is null ? (string[])[] : [$"authorityInfoAccess=caIssuers;URI:{issuer}"],
            ]
        );
        OpenSsl(
            $"req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.csr -subj /CN={names[0]}"
        );
        OpenSsl(
            $"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out {name}.pem -extfile {name}.ext"
        );
        return (Path($"{name}.pem"), Path($"{name}.key"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path(string file) => System.IO.Path.Combine(_folder, file);

    private void OpenSsl(string arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("openssl", arguments)
            {
                UseShellExecute = false,
                WorkingDirectory = _folder,
                RedirectStandardError = true,
            }
        )!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }
}
