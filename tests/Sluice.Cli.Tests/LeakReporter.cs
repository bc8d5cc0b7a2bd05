using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>Somebody who finds credentials in public and reports them, with a signature that the server believes.</summary>
internal sealed class LeakReporter : IDisposable
{
    private const string Name = "finder";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-finder-").FullName;

    public LeakReporter() =>
        File.WriteAllText(
            Document,
            JsonSerializer.Serialize(
                new
                {
                    public_keys = new[]
                    {
                        new
                        {
                            key_identifier = Name,
                            key = _key.ExportSubjectPublicKeyInfoPem(),
                            is_current = true,
                        },
                    },
                }
            )
        );

    /// <summary>What the server is started with.</summary>
    public string[] Settings => ["--Leaks:PublicKeys", Document];

    private string Document => Path.Combine(_folder, "keys.json");

    /// <summary>Reports a text; answers what the server says that it is.</summary>
    public async Task<string> Report(string server, string text)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new[] { new { token = text, type = "sluice" } }
        );
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server}/api/v1/leaks")
        {
            Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        request.Headers.Add("Github-Public-Key-Identifier", Name);
        request.Headers.Add(
            "Github-Public-Key-Signature",
            Convert.ToBase64String(
                _key.SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
            )
        );
        using var answer = await http.SendAsync(request);
        var said = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(said).RootElement[0].GetProperty("label").GetString()!
            : said;
    }

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
