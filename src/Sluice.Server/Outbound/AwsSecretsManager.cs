using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Sluice.Seal;

namespace Sluice.Server.Outbound;

/// <summary>Who asks AWS, and where.</summary>
/// <param name="Region">Such as <c>eu-central-1</c>.</param>
/// <param name="Endpoint">Address of the service; null: that of the region.</param>
/// <param name="Token">Of a credential that lasts for a time; null for others.</param>
internal sealed record AwsAccess(
    string Region,
    Uri? Endpoint,
    string KeyId,
    string Secret,
    string? Token
)
{
    // Neither the secret nor the token may reach a log by way of a record's printer.
    public override string ToString() => $"AwsAccess {{ Region = {Region} }}";
}

/// <summary>Reads a secret of AWS Secrets Manager, with no library but the platform's.</summary>
internal sealed class AwsSecretsManager(OutboundHttp outbound, TimeProvider clock) : IDisposable
{
    private const string Service = "secretsmanager";
    private const int LongestAnswer = 128 << 10;

    private readonly HttpClient _http = outbound.ForOperator(LongestAnswer);

    /// <summary>The text of a secret; or why it could not be had, for the operator.</summary>
    public async Task<(string? Text, string? Trouble)> Read(
        AwsAccess access,
        string secret,
        CancellationToken stop
    )
    {
        try
        {
            using var request = Request(access, secret);
            using var answer = await _http.SendAsync(request, stop);
            var body = await answer.Content.ReadAsByteArrayAsync(stop);
            return answer.StatusCode == HttpStatusCode.OK
                ? TextOf(body) is { } text
                    ? (text, null)
                    : (null, $"The secret {secret} of AWS Secrets Manager holds no text.")
                : (
                    null,
                    $"AWS Secrets Manager did not give the secret {secret}: {(int)answer.StatusCode} {Reason(body)}."
                );
        }
        catch (Exception error)
            when (error is HttpRequestException
                || (error is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            return (null, "AWS Secrets Manager does not answer.");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(AwsAccess access, string secret)
    {
        var address =
            access.Endpoint ?? new Uri($"https://{Service}.{access.Region}.amazonaws.com/");
        var body = Body(secret);
        var at = clock.GetUtcNow();
        var headers = new Dictionary<string, string>
        {
            ["content-type"] = "application/x-amz-json-1.1",
            ["host"] = address.Authority,
            ["x-amz-date"] = AwsSignature.Time(at),
            ["x-amz-target"] = $"{Service}.GetSecretValue",
        };
        if (access.Token is { } token)
            headers["x-amz-security-token"] = token;
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(headers["content-type"]);
        foreach (
            var (name, value) in headers.Where(header =>
                header.Key.StartsWith("x-amz-", StringComparison.Ordinal)
            )
        )
            request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            AwsSignature.Authorization(
                access.KeyId,
                access.Secret,
                access.Region,
                Service,
                "POST",
                address.AbsolutePath,
                headers,
                body,
                at
            )
        );
        return request;
    }

    private static byte[] Body(string secret)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("SecretId", secret);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static string? TextOf(byte[] body) => Member(body, "SecretString");

    /// <summary>The kind of the refusal, such as <c>ResourceNotFoundException</c>; never its text, which may name more than is ours to log.</summary>
    private static string Reason(byte[] body) =>
        Member(body, "__type") is { Length: <= 200 } type
            ? new string([.. type.Split('#')[^1].Where(char.IsAsciiLetterOrDigit)])
            : "with no reason";

    private static string? Member(byte[] body, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
