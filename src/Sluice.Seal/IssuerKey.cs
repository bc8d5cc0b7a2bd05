using System.Security.Cryptography;
using System.Text;

namespace Sluice.Seal;

/// <summary>
/// What a house issues licenses with: an HMAC key for the short form and a <see cref="SigningKey"/> for the signed one, both derived from
/// one <see cref="DataKey"/> of their own, so that they are kept and wrapped as it is. Safe for any number of threads until disposed.
/// </summary>
public sealed class IssuerKey : IDisposable
{
    private readonly PinnedSecret mac;
    private readonly PinnedSecret fingerprints;
    private readonly SigningKey signing;

    private IssuerKey(PinnedSecret mac, PinnedSecret fingerprints, SigningKey signing) =>
        (this.mac, this.fingerprints, this.signing) = (mac, fingerprints, signing);

    /// <summary>What others check signed licenses with; its name is the issuer's.</summary>
    public VerifyingKey Public => signing.Public;

    /// <summary>The issuer that belongs to a data key: always the same one.</summary>
    public static IssuerKey From(DataKey material)
    {
        ArgumentNullException.ThrowIfNull(material);
        return new IssuerKey(
            KeyDerivation.Derive(material.Material, "sluice license mac v1"u8),
            KeyDerivation.Derive(material.Material, "sluice license fingerprint v1"u8),
            SigningKey.From(material)
        );
    }

    /// <summary>
    /// What is kept of a license key: HMAC-SHA256 over the bytes of its text, 32 bytes. A short key holds too little that is secret for a hash
    /// without a key: whoever has a copy of the database could try them all.
    /// </summary>
    public byte[] Fingerprint(string text) =>
        HMACSHA256.HashData(fingerprints.Span, Encoding.UTF8.GetBytes(text));

    /// <summary>HMAC-SHA256 of a text.</summary>
    internal void Authenticate(ReadOnlySpan<byte> text, Span<byte> destination) =>
        HMACSHA256.HashData(mac.Span, text, destination);

    internal byte[] Sign(ReadOnlySpan<byte> text) => signing.Sign(text);

    /// <summary>Zeroes what is secret.</summary>
    public void Dispose()
    {
        mac.Dispose();
        fingerprints.Dispose();
        signing.Dispose();
    }

    /// <summary>The issuer's name, never its key.</summary>
    public override string ToString() => $"license issuer {Public.Id}";
}
