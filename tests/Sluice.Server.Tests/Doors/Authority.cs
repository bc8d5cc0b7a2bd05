using System.Diagnostics;

namespace Sluice.Server.Tests.Doors;

/// <summary>An authority for certificates, kept by <c>openssl ca</c> in a folder of its own: what a company has.</summary>
internal sealed class Authority
{
    private readonly string _folder;

    private Authority(string folder) => _folder = folder;

    public string Certificate => At("ca.pem");

    public string Crl => At("crl.pem");

    public static async Task<Authority> Make(string ground, string name)
    {
        var authority = new Authority(
            Directory.CreateDirectory(Path.Combine(ground, name)).FullName
        );
        await File.WriteAllTextAsync(
            authority.At("openssl.cnf"),
            $"""
            [ca]
            default_ca = here
            [here]
            database = {authority.At("index.txt")}
            new_certs_dir = {authority._folder}
            certificate = {authority.Certificate}
            private_key = {authority.At("ca.key")}
            serial = {authority.At("serial")}
            crlnumber = {authority.At("crlnumber")}
            default_md = sha256
            default_days = 30
            default_crl_days = 30
            copy_extensions = copy
            unique_subject = no
            policy = anything
            [anything]
            organizationName = optional
            commonName = supplied
            [req]
            distinguished_name = req_name
            [req_name]
            [client]
            extendedKeyUsage = clientAuth
            [server]
            extendedKeyUsage = serverAuth
            """
        );
        await File.WriteAllTextAsync(authority.At("index.txt"), "");
        await File.WriteAllTextAsync(authority.At("serial"), "1000\n");
        await File.WriteAllTextAsync(authority.At("crlnumber"), "01\n");
        await authority.OpenSsl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj",
            "/CN=An authority",
            "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,cRLSign -keyout",
            authority.At("ca.key"),
            "-out",
            authority.Certificate
        );
        return authority;
    }

    /// <summary>Issues a certificate.</summary>
    /// <param name="subject">As openssl writes it, such as <c>/O=Acme/CN=ops</c>.</param>
    /// <param name="names">Alternative names, such as <c>DNS:ops.example.com</c>; none when empty.</param>
    /// <param name="purpose"><c>client</c> or <c>server</c>.</param>
    /// <param name="until">Its end, such as <c>20210101000000Z</c>; a month from now when null.</param>
    public async Task<Issued> Issue(
        string subject,
        string names = "",
        string purpose = "client",
        string? until = null
    )
    {
        var file = At(Guid.NewGuid().ToString("N"));
        var issued = new Issued(file + ".pem", file + ".key");
        string[] alternative = names.Length > 0 ? ["-addext", $"subjectAltName={names}"] : [];
        await OpenSsl(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj",
            [subject, .. alternative, "-keyout", issued.Key, "-out", file + ".csr"]
        );
        string[] ended = until is null ? [] : ["-startdate", "20200101000000Z", "-enddate", until];
        await OpenSsl(
            $"ca -batch -notext -extensions {purpose} -config",
            [At("openssl.cnf"), "-in", file + ".csr", "-out", issued.Certificate, .. ended]
        );
        return issued;
    }

    public Task Revoke(Issued issued) =>
        OpenSsl("ca -batch -config", At("openssl.cnf"), "-revoke", issued.Certificate);

    /// <summary>Writes its list of what is revoked.</summary>
    /// <param name="seconds">Until the next one is due.</param>
    public Task WriteCrl(int seconds = 86_400) =>
        OpenSsl($"ca -batch -gencrl -crlsec {seconds} -config", At("openssl.cnf"), "-out", Crl);

    private string At(string name) => Path.Combine(_folder, name);

    /// <param name="words">Arguments with spaces between.</param>
    /// <param name="rest">Further ones, each as it is; those that begin with a hyphen have spaces between.</param>
    private async Task OpenSsl(string words, params string[] rest)
    {
        string[] arguments =
        [
            .. words.Split(' '),
            .. rest.SelectMany(each => each.StartsWith('-') ? each.Split(' ') : [each]),
        ];
        var (code, text) = await Tool.Run("openssl", arguments, _folder);
        Assert.True(code == 0, text);
    }

    /// <summary>A certificate and its key, PEM files.</summary>
    internal sealed record Issued(string Certificate, string Key);
}

/// <summary>A program of the machine, run to its end.</summary>
internal static class Tool
{
    /// <returns>Its exit code, and both of its outputs.</returns>
    public static async Task<(int Code, string Text)> Run(
        string program,
        IEnumerable<string> arguments,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder ?? "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
