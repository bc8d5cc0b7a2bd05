using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>Signs what is sent to a webhook. Source: Standard Webhooks 1.0.0, section "Signature scheme", the symmetric form <c>v1</c>.</summary>
public static class WebhookSignature
{
    /// <summary>Bytes of a secret that is made here; the specification asks for 24 to 64.</summary>
    public const int SecretLength = 32;

    private const string Prefix = "whsec_";

    /// <summary>A secret as its receiver keeps it: <c>whsec_</c> and base64.</summary>
    public static string Show(ReadOnlySpan<byte> secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The bytes in such a text; null when it is none that is made here.</summary>
    public static byte[]? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[SecretLength];
        return
            text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length)
            && length == SecretLength
            ? bytes
            : null;
    }

    /// <summary>The value of the header <c>webhook-signature</c>: <c>v1,</c> and base64 of HMAC-SHA256 over id, time and body with dots between.</summary>
    /// <param name="secret">The bytes that <see cref="Show"/> shows.</param>
    /// <param name="id">Of the header <c>webhook-id</c>; it holds no dot.</param>
    /// <param name="seconds">Of the header <c>webhook-timestamp</c>: Unix time.</param>
    /// <param name="body">All of it, as it is sent.</param>
    public static string Sign(
        ReadOnlySpan<byte> secret,
        string id,
        long seconds,
        ReadOnlySpan<byte> body
    )
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{seconds}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
