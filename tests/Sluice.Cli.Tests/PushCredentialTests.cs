using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Sluice.Language.Packages;
using Sluice.Seal;

namespace Sluice.Cli.Tests;

/// <summary>What <c>sluice push</c> keeps back, seen from a server that remembers what it was sent.</summary>
public sealed class PushCredentialTests : IDisposable
{
    private static readonly PbeParameters s_encryption = new(
        PbeEncryptionAlgorithm.Aes256Cbc,
        HashAlgorithmName.SHA256,
        10
    );
    private readonly Typist _typist = new();
    private readonly OddServer _server = OddServer.Saying(
        """{"event":"done","success":true,"name":"demo/words","version":"0.1.0"}""" + "\n",
        type: "application/x-ndjson"
    );

    public PushCredentialTests()
    {
        _typist["SLUICE_URL"] = _server.Url;
        _typist["SLUICE_API_KEY"] = KeyText.MintStandard("slc", KeyEnvironment.Test);
        Write(
            "sluice.yaml",
            "name: demo/words\nversion: 0.1.0\nlanguage: python\ntype: proto-only\n"
        );
        Write(
            "messages/messages.proto",
            "syntax = \"proto3\";\nmessage Word { string text = 1; }\n"
        );
    }

    public void Dispose()
    {
        _server.Dispose();
        _typist.Dispose();
    }

    [Fact]
    public async Task A_private_key_in_the_package_folder_is_not_pushed()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = curve.ExportPkcs8PrivateKeyPem();
        Write("server.key", pem);
        var certificate = Certificate(curve);
        Write("tls/both.pem", certificate + "\n" + curve.ExportECPrivateKeyPem());
        Write(
            "locked.txt",
            "Ours:\n" + rsa.ExportEncryptedPkcs8PrivateKeyPem("word", s_encryption)
        );
        Write("nodes/account.json", JsonSerializer.Serialize(new { private_key = pem }));
        await RefusedAlone(
            ("locked.txt:2:1", "private key"),
            ("nodes/account.json:1:17", "private key"),
            ("server.key:1:1", "private key"),
            ($"tls/both.pem:{certificate.Split('\n').Length + 1}:1", "private key")
        );
    }

    [Fact]
    public async Task A_key_of_Sluice_in_the_package_folder_is_not_pushed_whatever_its_prefix()
    {
        var key = KeyText.MintStandard("slc", KeyEnvironment.Live);
        Write("first.key", key + "\n");
        Write(
            "nodes/call.py",
            $"import os\n\nKEY = '{KeyText.MintStandard("acme_eu", KeyEnvironment.Test)}'\n"
        );
        Write("set.txt", $"token_{key}");
        Write("admin.txt", "slc_admin_" + KeyText.MintHex());
        Write("hex.yaml", $"SLUICE_API_KEY: \"{KeyText.MintHex()}\"");
        await RefusedAlone(
            ("admin.txt:1:1", "key of Sluice"),
            ("first.key:1:1", "key of Sluice"),
            ("hex.yaml:1:1", "key of Sluice"),
            ("nodes/call.py:3:8", "key of Sluice"),
            ("set.txt:1:7", "key of Sluice")
        );
    }

    [Fact]
    public async Task Files_that_are_credentials_by_name_and_tokens_of_registries_are_not_pushed()
    {
        foreach (var name in (string[])["id_rsa", "keys/id_ed25519", "prod.env", "store.P12"])
            Write(name, "x");
        Write(
            "npmrc",
            "//packages.example.com/:_authToken=npm_0123456789abcdefghijABCDEFGHIJ012345\n"
        );
        await RefusedAlone(
            ("id_rsa", "SSH"),
            ("keys/id_ed25519", "SSH"),
            ("npmrc:1:25", "token of a package registry"),
            ("prod.env", "variables"),
            ("store.P12", "store of private keys")
        );
    }

    [Fact]
    public async Task What_only_looks_like_a_credential_from_afar_is_pushed()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wrong = KeyText.MintStandard("slc", KeyEnvironment.Live)[..^1];
        Write("ca.pem", Certificate(curve));
        Write("public.key", curve.ExportSubjectPublicKeyInfoPem());
        Write(
            "nodes/pem.py",
            "def is_key(text):\n    return '-----BEGIN PRIVATE KEY-----' in text\n"
        );
        Write("made-up.md", "A key looks like slc_live_" + new string('0', 32) + ".");
        Write("longer.txt", KeyText.MintStandard("slc", KeyEnvironment.Live) + "0");
        Write("shorter.txt", wrong);
        Write("hashes.txt", KeyText.MintHex());
        Write("npmrc", "//packages.example.com/:_authToken=${NPM_TOKEN}\n");
        Write("example.env", "NAME=value\n");
        File.WriteAllBytes(
            Path.Combine(_typist.Folder, "picture.bin"),
            [0, 1, 2, .. Encoding.ASCII.GetBytes(curve.ExportPkcs8PrivateKeyPem())]
        );
        await Pushed(
            "ca.pem",
            "public.key",
            "nodes/pem.py",
            "made-up.md",
            "longer.txt",
            "shorter.txt",
            "hashes.txt",
            "npmrc",
            "example.env",
            "picture.bin"
        );
    }

    [Fact]
    public async Task Hidden_files_stay_here_without_being_refused()
    {
        foreach (var name in (string[])[".env", ".npmrc", ".git/config", "nodes/.ssh/id_rsa"])
            Write(name, KeyText.MintStandard("slc", KeyEnvironment.Live));
        await Pushed();
    }

    [Fact]
    public async Task What_the_author_allows_is_pushed_and_nothing_else()
    {
        Write("tests/id_rsa", "x");
        Write("id_rsa", "x");
        await RefusedAlone(["--allow", "tests/id_rsa"], ("id_rsa", "SSH"));
        await Pushed(["--allow", "tests/id_rsa", "--allow", "./id_rsa"], "id_rsa", "tests/id_rsa");
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_typist.Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Certificate(ECDsa key) =>
        new CertificateRequest("CN=example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90))
            .ExportCertificatePem();

    private Task RefusedAlone(params (string Place, string What)[] files) =>
        RefusedAlone([], files);

    private async Task RefusedAlone(string[] options, params (string Place, string What)[] files)
    {
        var typed = await _typist.Type(["push", .. options]);
        Assert.Equal(Exit.Invalid, typed.Exit);
        Assert.Contains("(package_credentials)", typed.All);
        var named = typed
            .All.Split('\n')
            .Where(line => line.EndsWith("(package_credential)"))
            .ToList();
        Assert.Equal(
            files.Select(file => file.Place),
            named.Select(line => line.Trim().Split(": ")[0])
        );
        Assert.All(files.Zip(named), pair => Assert.Contains(pair.First.What, pair.Second));
        Assert.Contains("sluice secrets put", typed.All);
        Assert.Contains("sluice push --allow", typed.All);

        var read = await _typist.Type(["push", "--json", .. options]);
        Assert.Equal(Exit.Invalid, read.Exit);
        var failure = JsonDocument.Parse(read.All).RootElement;
        Assert.Equal("package_credentials", failure.GetProperty("code").GetString());
        Assert.Equal(
            files.Select(file => file.Place.Split(':')[0]),
            failure
                .GetProperty("mistakes")
                .EnumerateArray()
                .Select(mistake => mistake.GetProperty("file").GetString())
        );
        // Nothing of what the files hold is shown, and nobody was called.
        foreach (var place in files.Select(file => file.Place.Split(':')[0]))
        {
            var text = await File.ReadAllTextAsync(Path.Combine(_typist.Folder, place));
            foreach (var line in text.Split('\n').Where(line => line.Length > 8))
            {
                Assert.DoesNotContain(line.Trim(), typed.All);
                Assert.DoesNotContain(line.Trim(), read.All);
            }
        }
        Assert.Empty(_server.Asked);
    }

    private Task Pushed(params string[] files) => Pushed([], files);

    /// <summary>The server got these files beside manifest and messages, and no others.</summary>
    private async Task Pushed(string[] options, params string[] files)
    {
        var typed = await _typist.Type(["push", .. options]);
        Assert.True(typed.Exit == Exit.Done, typed.All);
        var sent = await PackageArchive.Read(
            new MemoryStream(_server.Body),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            files
                .Append("messages/messages.proto")
                .Append("sluice.yaml")
                .Order(StringComparer.Ordinal),
            sent.Value!.Paths
        );
    }
}
