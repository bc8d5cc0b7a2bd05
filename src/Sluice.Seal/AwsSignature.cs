using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>
/// Signs requests to services of AWS, and to those that speak like them: Signature Version 4, for requests with no query. Source: AWS General
/// Reference, "Signature Version 4 signing process".
/// </summary>
public static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <param name="keyId">Name of the access key.</param>
    /// <param name="secret">The secret access key.</param>
    /// <param name="region">Such as <c>eu-central-1</c>.</param>
    /// <param name="service">Such as <c>secretsmanager</c>.</param>
    /// <param name="method">Upper case.</param>
    /// <param name="path">The path as it is sent, already escaped; <c>/</c> at least.</param>
    /// <param name="headers">Those that are signed, names in lower case: <c>host</c> and <c>x-amz-date</c> are among them.</param>
    /// <param name="body">The body.</param>
    /// <param name="at">When it is signed; <c>x-amz-date</c> says the same, see <see cref="Time"/>.</param>
    public static string Authorization(
        string keyId,
        string secret,
        string region,
        string service,
        string method,
        string path,
        IReadOnlyDictionary<string, string> headers,
        ReadOnlySpan<byte> body,
        DateTimeOffset at
    )
    {
        ArgumentNullException.ThrowIfNull(headers);
        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(header => header.Key));
        var request = string.Join(
            '\n',
            method,
            path,
            "",
            string.Concat(sorted.Select(header => $"{header.Key}:{header.Value.Trim()}\n")),
            names,
            Convert.ToHexStringLower(SHA256.HashData(body))
        );
        var time = Time(at);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var toSign = string.Join(
            '\n',
            Algorithm,
            time,
            scope,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))
        );
        var signature = Convert.ToHexStringLower(
            Mac(Key(secret, time[..8], region, service), toSign)
        );
        return $"{Algorithm} Credential={keyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    /// <summary>The value of <c>x-amz-date</c>: <c>20150830T123600Z</c>.</summary>
    public static string Time(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static byte[] Key(string secret, string day, string region, string service)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[day, region, service, "aws4_request"])
        {
            var next = Mac(key, part);
            CryptographicOperations.ZeroMemory(key);
            key = next;
        }

        return key;
    }

    private static byte[] Mac(byte[] key, string text) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
