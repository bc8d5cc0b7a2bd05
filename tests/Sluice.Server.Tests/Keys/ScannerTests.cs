using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Seal;
using Sluice.Server.Tests.Identity;

namespace Sluice.Server.Tests.Keys;

/// <summary>The rules in <c>spec/scanning</c>, by the tools that they are for: each finds every shape with a prefix, and no near miss.</summary>
public sealed class ScannerTests : IDisposable
{
    private static readonly string Root = FindRoot();

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-scanned-").FullName;

    [Fact]
    public async Task Secretlint_finds_every_shape_and_no_near_miss()
    {
        var lines = await WriteLines();
        var clients = await NpmClients.Install("Keys", "scanners");
        // Where it runs its rules are found; it goes through no folder of dots or modules.
        var (_, said, errors) = await Run(
            clients,
            "node",
            Path.Combine(clients, "node_modules", "secretlint", "bin", "secretlint.js"),
            "--secretlintrc",
            Path.Combine(Root, "spec", "scanning", "secretlintrc.json"),
            "--format",
            "json",
            "--no-gitignore",
            Path.Combine(_folder, "**", "*").Replace('\\', '/')
        );
        Assert.True(said.StartsWith('['), said + errors);
        using var report = JsonDocument.Parse(said);
        var found = report
            .RootElement.EnumerateArray()
            .SelectMany(file => file.GetProperty("messages").EnumerateArray())
            .Select(message =>
                message.GetProperty("loc").GetProperty("start").GetProperty("line").GetInt32()
            );
        Compare(lines, found);
    }

    [Fact]
    public async Task Git_secrets_finds_every_shape_and_no_near_miss()
    {
        var lines = await WriteLines();
        await Run(_folder, "git", "init", "-q");
        var rules = Path.Combine(Root, "spec", "scanning", "git-secrets.txt");
        await Run(_folder, "git", "secrets", "--add-provider", "--", "cat", rules);
        var (exit, _, said) = await Run(_folder, "git", "secrets", "--scan", "texts");
        Assert.True(exit == 1, $"git-secrets (Debian has it) ended with {exit}: {said}");
        var found = said.Split('\n')
            .Where(line => line.StartsWith("texts:", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(':')[1]));
        Compare(lines, found);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Compare(List<(string Text, bool IsKey)> lines, IEnumerable<int> found)
    {
        var seen = found.ToHashSet();
        Assert.Empty(
            lines
                .Select((line, i) => (line.Text, Missed: line.IsKey && !seen.Contains(i + 1)))
                .Where(line => line.Missed)
                .Select(line => line.Text)
        );
        Assert.Empty(
            lines
                .Select((line, i) => (line.Text, Wrong: !line.IsKey && seen.Contains(i + 1)))
                .Where(line => line.Wrong)
                .Select(line => line.Text)
        );
    }

    /// <summary>A file of lines that hold a key, as it stands in files, or something that looks much like one.</summary>
    private async Task<List<(string Text, bool IsKey)>> WriteLines()
    {
        var keys = Keys().ToList();
        string[] places =
        [
            "{0}",
            "SLUICE_API_KEY={0}",
            "  key: \"{0}\",",
            "Authorization: Bearer {0}",
            "curl -H 'Authorization: Bearer {0}' https://sluice.example.com/api/v1/runs",
            "https://sluice.example.com/?key={0}&x=1",
            "{{\"token\":\"{0}\"}}",
        ];
        var hex = KeyText.MintHex();
        string[] named =
        [
            $"SLUICE_API_KEY={hex}",
            $"export AXIOM_API_KEY=\"{hex}\"",
            $"  \"SLUICE_API_KEY\": \"{hex}\",",
            "AXONFLOW_CLIENT_SECRET=secret-xyz123",
            "SLUICE_CLIENT_SECRET: 'Zm9vYmFyYmF6'",
        ];
        string[] unnamed =
        [
            hex,
            $"sha256: {hex}",
            $"SLUICE_API_KEY={hex[1..]}",
            $"MY_SLUICE_API_KEYS={hex}",
            "AXONFLOW_CLIENT_SECRET=$SECRET",
            "AXONFLOW_CLIENT_SECRET=${SECRET_OF_CLIENT}",
        ];
        var lines = keys.SelectMany(key =>
                places.Select(place => (string.Format(place, key), true))
            )
            .Concat(keys.SelectMany(NearMisses).Select(text => (text, false)))
            .Concat(named.Select(text => (text, true)))
            .Concat(unnamed.Select(text => (text, false)))
            .ToList();
        await File.WriteAllLinesAsync(
            Path.Combine(_folder, "texts"),
            lines.Select(line => line.Item1)
        );
        return lines;
    }

    private static IEnumerable<string> Keys()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Root, "spec", "vectors", "licenses.json"))
        );
        foreach (var license in vectors.RootElement.GetProperty("short").EnumerateArray())
            yield return license.GetProperty("text").GetString()!;
        for (var i = 0; i < 20; i++)
        {
            yield return KeyText.MintStandard("slc", KeyEnvironment.Live);
            yield return KeyText.MintStandard("slc", KeyEnvironment.Test);
            yield return KeyText.MintClient("a", KeyEnvironment.Live);
            yield return KeyText.MintClient("healthcare-eu-1", KeyEnvironment.Test);
            yield return "slc_admin_"
                + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            yield return WebhookSignature.Show(RandomNumberGenerator.GetBytes(32));
        }
        using var ring = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var claims = Url("""{"v":1,"id":"01J00000000000000000000000","tier":"enterprise"}"""u8);
        yield return $"SLC-{claims}.{Url(ring.SignData("x"u8, HashAlgorithmName.SHA256))}";
    }

    private static IEnumerable<string> NearMisses(string key)
    {
        yield return key[..^2];
        yield return key[1..];
        yield return "x" + key;
        yield return "_" + key;
        if (!key.StartsWith("client-", StringComparison.Ordinal))
            yield return key + "x";
        yield return key.Replace("_live_", "_life_", StringComparison.Ordinal)
            .Replace("_test_", "_text_", StringComparison.Ordinal)
            .Replace("_admin_", "_admit_", StringComparison.Ordinal)
            .Replace("-prod-", "-proud-", StringComparison.Ordinal)
            .Replace("-test-", "-toast-", StringComparison.Ordinal)
            .Replace("whsec_", "whsek_", StringComparison.Ordinal)
            .Replace("SLC-", "SLX-", StringComparison.Ordinal);
        yield return key.Insert(key.Length - 8, " ");
    }

    private static string Url(ReadOnlySpan<byte> bytes) =>
        System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static async Task<(int Exit, string Out, string Errors)> Run(
        string folder,
        string program,
        params string[] arguments
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var said = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await said, await errors);
    }

    private static string FindRoot()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sluice.slnx")))
            root = Path.GetDirectoryName(root)!;
        return root;
    }
}
