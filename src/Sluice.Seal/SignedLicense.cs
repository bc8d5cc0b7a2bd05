using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Seal;

/// <summary>What a signed license says.</summary>
public sealed record LicenseClaims
{
    /// <summary>ULID of the license.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the issuer's key, see <see cref="VerifyingKey.Id"/>.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>install</c>: what a house may do; <c>tenant</c>: what one tenant of a house has bought.</summary>
    public required string Use { get; init; }

    /// <summary>Who has bought it: of a tenant its handle.</summary>
    public required string Organization { get; init; }

    /// <summary>Professional, Enterprise or Enterprise Plus.</summary>
    public required string Tier { get; init; }

    /// <summary>Most nodes, 1 or more; null: any number.</summary>
    public int? MaxNodes { get; init; }

    /// <summary>Words of what it opens.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>When it was issued, to the second.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends, to the second; from then on the grace runs.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What came of reading a license key.</summary>
public enum LicenseVerdict
{
    /// <summary>It has no form of a license key, or its claims are not what claims are.</summary>
    Malformed,

    /// <summary>None of the issuers that are trusted has signed it.</summary>
    UnknownIssuer,

    /// <summary>It names a trusted issuer, whose signature it does not bear.</summary>
    BadSignature,

    /// <summary>It is what a trusted issuer has signed; whether it has ended is another matter.</summary>
    Genuine,
}

/// <summary>
/// The signed form of a license key: <c>{PREFIX}-{base64url of the claims as JSON}.{base64url of the signature}</c>, without padding.
/// The signature is ECDSA on P-256 with SHA-256 over the characters before the full stop. Source: spec/licenses.md.
/// </summary>
public static class SignedLicense
{
    internal const int SignatureCharacters = 86;
    private const int SignatureBytes = 64;
    private const int MostFeatures = 64;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Makes the text of a signed license.</summary>
    public static string Mint(IssuerKey issuer, string prefix, LicenseClaims claims)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(claims);
        var head = $"{prefix}-{Base64Url.EncodeToString(Write(claims))}";
        return $"{head}.{Base64Url.EncodeToString(issuer.Sign(Encoding.ASCII.GetBytes(head)))}";
    }

    /// <summary>Reads a signed license, and says whether an issuer that is trusted has signed it.</summary>
    /// <param name="text">A text of the form <see cref="LicenseForm.Signed"/>.</param>
    /// <param name="trusted">Keys of the issuers whose word counts.</param>
    /// <returns>The claims where the text has some, for people; they hold only when the verdict is <see cref="LicenseVerdict.Genuine"/>.</returns>
    public static (LicenseVerdict Verdict, LicenseClaims? Claims) Read(
        string text,
        IReadOnlyCollection<VerifyingKey> trusted
    )
    {
        ArgumentNullException.ThrowIfNull(trusted);
        var (dash, dot) = (text.IndexOf('-'), text.LastIndexOf('.'));
        if (
            dash < 0
            || dot < dash
            || Decode(text.AsSpan(dash + 1, dot - dash - 1)) is not { } payload
            || Decode(text.AsSpan(dot + 1)) is not { Length: SignatureBytes } signature
            || Parse(payload) is not { } claims
        )
        {
            return (LicenseVerdict.Malformed, null);
        }

        var issuer = trusted.FirstOrDefault(key => key.Id == claims.Issuer);
        var verdict =
            issuer is null ? LicenseVerdict.UnknownIssuer
            : issuer.Verifies(Encoding.ASCII.GetBytes(text[..dot]), signature)
                ? LicenseVerdict.Genuine
            : LicenseVerdict.BadSignature;
        return (verdict, claims);
    }

    // Written in the one way that the bytes are written: white space, or bits that the last character has left, make another text.
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return
            Base64Url.DecodeFromChars(text, bytes, out var read, out var written)
                == OperationStatus.Done
            && read == text.Length
            && text.SequenceEqual(Base64Url.EncodeToString(bytes.AsSpan(0, written)))
            ? bytes[..written]
            : null;
    }

    private static byte[] Write(LicenseClaims claims)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("v", 1);
        json.WriteString("id", claims.Id);
        json.WriteString("issuer", claims.Issuer);
        json.WriteString("use", claims.Use);
        json.WriteString("organization", claims.Organization);
        json.WriteString("tier", claims.Tier);
        if (claims.MaxNodes is { } nodes)
        {
            json.WriteNumber("max_nodes", nodes);
        }

        json.WriteStartArray("features");
        foreach (var feature in claims.Features)
        {
            json.WriteStringValue(feature);
        }

        json.WriteEndArray();
        json.WriteString("issued_at", Time(claims.IssuedAt));
        json.WriteString("expires_at", Time(claims.ExpiresAt));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null for anything but claims of version 1. Members that are not known are left alone: a later version may add some.</summary>
    private static LicenseClaims? Parse(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(
                payload,
                new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false }
            );
            var json = document.RootElement;
            if (json.GetProperty("v").GetInt32() != 1)
            {
                return null;
            }

            var features = json.GetProperty("features");
            if (features.GetArrayLength() > MostFeatures)
            {
                return null;
            }

            return new LicenseClaims
            {
                Id = Text(json, "id"),
                Issuer = Text(json, "issuer"),
                Use = Text(json, "use"),
                Organization = Text(json, "organization"),
                Tier = Text(json, "tier"),
                MaxNodes = json.TryGetProperty("max_nodes", out var nodes)
                    ? nodes.GetInt32()
                    : null,
                Features = [.. features.EnumerateArray().Select(each => each.GetString() ?? "")],
                IssuedAt = Time(Text(json, "issued_at")),
                ExpiresAt = Time(Text(json, "expires_at")),
            };
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
            )
        {
            return null;
        }
    }

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { Length: > 0 and <= 200 } text
            ? text
            : throw new FormatException();

    private static string Time(DateTimeOffset at) =>
        at.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(
            text,
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );
}
