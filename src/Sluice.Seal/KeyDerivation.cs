using System.Security.Cryptography;

namespace Sluice.Seal;

/// <summary>
/// One piece of key material has two uses, a cipher key and a name; HKDF-Expand with SHA-256 keeps them apart, so that the name
/// tells nothing of the cipher key. Source: RFC 5869, section 2.3 (the material is uniformly random, so there is nothing to extract).
/// </summary>
internal static class KeyDerivation
{
    public static PinnedSecret Derive(ReadOnlySpan<byte> material, ReadOnlySpan<byte> purpose)
    {
        var derived = new PinnedSecret(32);
        HKDF.Expand(HashAlgorithmName.SHA256, material, derived.Span, purpose);
        return derived;
    }

    public static KeyId Name(ReadOnlySpan<byte> material, ReadOnlySpan<byte> purpose)
    {
        Span<byte> name = stackalloc byte[KeyId.Length];
        HKDF.Expand(HashAlgorithmName.SHA256, material, name, purpose);
        return KeyId.Read(name);
    }
}
