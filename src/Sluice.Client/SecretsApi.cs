using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Client;

/// <summary>Secrets of the tenant. Values go in; no call gives one back.</summary>
public sealed class SecretsApi
{
    private readonly Wire _wire;

    internal SecretsApi(Wire wire) => _wire = wire;

    /// <summary>Saves a value under a name.</summary>
    /// <param name="value">UTF-8 text. It is copied into the request and the copy is zeroed when the request has gone.</param>
    /// <param name="replace">Without it an existing name is refused with <c>secret_exists</c>.</param>
    public Task<SavedSecret> Put(
        string name,
        ReadOnlyMemory<byte> value,
        bool replace = false,
        CancellationToken stop = default
    ) => Put(_wire, "api/v1/secrets/" + Wire.Segment(name), value, replace, stop);

    public Task<Page<SavedSecret>> List(CancellationToken stop = default) =>
        _wire.Get("api/v1/secrets", SluiceJson.Default.PageSavedSecret, stop);

    /// <summary>Gone for the next run; runs under way keep what they pinned.</summary>
    public Task Delete(string name, CancellationToken stop = default) =>
        _wire.Delete("api/v1/secrets/" + Wire.Segment(name), stop);

    internal static async Task<SavedSecret> Put(
        Wire wire,
        string path,
        ReadOnlyMemory<byte> value,
        bool replace,
        CancellationToken stop
    )
    {
        // Escaping makes at most six bytes of one; sized once, so that no copy is left behind by growth.
        var body = GC.AllocateUninitializedArray<byte>(value.Length * 6 + 64, pinned: true);
        try
        {
            using var stream = new MemoryStream(body);
            await using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("value", value.Span);
                if (replace)
                    writer.WriteBoolean("replace", true);
                writer.WriteEndObject();
            }
            using var content = new ByteArrayContent(body, 0, (int)stream.Position);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
            return await wire.Send(
                request,
                SluiceJson.Default.SavedSecret,
                TimeSpan.FromSeconds(100),
                stop
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }
}

/// <summary>That a secret exists, since when, and nothing else.</summary>
public sealed record SavedSecret
{
    public required string Name { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}
