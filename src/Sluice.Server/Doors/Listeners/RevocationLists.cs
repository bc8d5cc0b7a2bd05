using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors.Listeners;

/// <summary>
/// Certificate revocation lists (RFC 5280, section 5) of the operator's authorities. Every certificate below the root must be covered by
/// a list that is signed and not past its next update: without one nobody can say that it is not revoked.
/// </summary>
internal sealed class RevocationLists
{
    private const string NumberExtension = "2.5.29.20";
    private const string KeyIdExtension = "2.5.29.35";

    private readonly Dictionary<string, RevocationList> _byIssuer;

    private RevocationLists(Dictionary<string, RevocationList> byIssuer) => _byIssuer = byIssuer;

    /// <param name="file">One list in DER, or any number in PEM.</param>
    /// <param name="authorities">Each list is signed by one of them.</param>
    /// <exception cref="CertificateException">There is none, or one cannot be used.</exception>
    public static RevocationLists Read(byte[] file, X509Certificate2Collection authorities)
    {
        var found = new Dictionary<string, RevocationList>();
        foreach (var text in Lists(file))
        {
            var list = RevocationList.Read(text, authorities);
            if (!found.TryGetValue(list.Issuer, out var other) || other.MadeAt < list.MadeAt)
                found[list.Issuer] = list;
        }
        return found.Count > 0
            ? new RevocationLists(found)
            : throw new CertificateException("there is no revocation list in it");
    }

    /// <param name="chain">The caller's certificate first, the root last.</param>
    /// <param name="now">For <c>nextUpdate</c>.</param>
    /// <returns>What stands against it; null when nothing does.</returns>
    public string? Judge(IReadOnlyList<X509Certificate2> chain, DateTimeOffset now)
    {
        foreach (var certificate in chain.SkipLast(1))
        {
            var issuer = certificate.IssuerName;
            if (!_byIssuer.TryGetValue(RevocationList.NameOf(issuer), out var list))
                return $"there is no revocation list of {issuer.Name}";
            if (list.NextAt <= now)
                return $"the revocation list of {issuer.Name} is too old: its successor was due {list.NextAt:yyyy-MM-dd HH:mm:ss} UTC";
            if (
                list.Revoked.Contains(
                    new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true)
                )
            )
                return "it is revoked";
        }
        return null;
    }

    private static List<byte[]> Lists(byte[] file)
    {
        // DER begins with a sequence; PEM is text.
        if (file is [0x30, ..])
            return [file];
        var found = new List<byte[]>();
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(file);
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label] is "X509 CRL")
                found.Add(Convert.FromBase64String(text[fields.Base64Data].ToString()));
            text = text[fields.Location.End..];
        }
        return found;
    }

    /// <summary>One list: whose, from when until when, and the numbers in it.</summary>
    private sealed record RevocationList(
        string Issuer,
        DateTimeOffset MadeAt,
        DateTimeOffset? NextAt,
        HashSet<BigInteger> Revoked
    )
    {
        public static string NameOf(X500DistinguishedName name) =>
            Convert.ToHexString(name.RawData);

        public static RevocationList Read(byte[] text, X509Certificate2Collection authorities)
        {
            try
            {
                var whole = new AsnReader(text, AsnEncodingRules.DER).ReadSequence();
                var signed = whole.PeekEncodedValue();
                var list = whole.ReadSequence();
                var algorithm = whole.ReadSequence().ReadObjectIdentifier();
                var signature = whole.ReadBitString(out _);
                if (list.PeekTag() == Asn1Tag.Integer)
                    list.ReadInteger();
                list.ReadSequence();
                var issuer = new X500DistinguishedName(list.ReadEncodedValue().Span);
                if (
                    !authorities.Any(authority =>
                        authority.SubjectName.RawData.AsSpan().SequenceEqual(issuer.RawData)
                        && IsSigned(authority, signed.Span, algorithm, signature)
                    )
                )
                    throw new CertificateException(
                        $"its list of {issuer.Name} is signed by none of the authorities, or in a way that is not known here"
                    );
                return new RevocationList(
                    NameOf(issuer),
                    ReadTime(list),
                    IsTime(list) ? ReadTime(list) : null,
                    ReadNumbers(list)
                );
            }
            catch (Exception error) when (error is AsnContentException or CryptographicException)
            {
                throw new CertificateException("a list in it cannot be read");
            }
        }

        private static bool IsSigned(
            X509Certificate2 authority,
            ReadOnlySpan<byte> signed,
            string algorithm,
            byte[] signature
        )
        {
            HashAlgorithmName? hash = algorithm switch
            {
                "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
                "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
                "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
                _ => null,
            };
            if (hash is not { } known)
                return false;
            using var rsa = authority.GetRSAPublicKey();
            if (rsa is not null)
                return rsa.VerifyData(signed, signature, known, RSASignaturePadding.Pkcs1);
            using var ecdsa = authority.GetECDsaPublicKey();
            return ecdsa?.VerifyData(
                    signed,
                    signature,
                    known,
                    DSASignatureFormat.Rfc3279DerSequence
                ) == true;
        }

        private static bool IsTime(AsnReader list) =>
            list.HasData
            && (list.PeekTag() == Asn1Tag.UtcTime || list.PeekTag() == Asn1Tag.GeneralizedTime);

        private static DateTimeOffset ReadTime(AsnReader list) =>
            list.PeekTag() == Asn1Tag.UtcTime ? list.ReadUtcTime() : list.ReadGeneralizedTime();

        private static HashSet<BigInteger> ReadNumbers(AsnReader list)
        {
            var revoked = new HashSet<BigInteger>();
            if (list.HasData && list.PeekTag() == Asn1Tag.Sequence)
            {
                var entries = list.ReadSequence();
                while (entries.HasData)
                    revoked.Add(entries.ReadSequence().ReadInteger());
            }
            if (list.HasData)
                CheckExtensions(list.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)));
            return revoked;
        }

        // A critical extension (of a partial or foreign list, say) changes what the list means.
        private static void CheckExtensions(AsnReader wrapped)
        {
            var extensions = wrapped.ReadSequence();
            while (extensions.HasData)
            {
                var extension = extensions.ReadSequence();
                var id = extension.ReadObjectIdentifier();
                var critical = extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
                if (critical && id is not (NumberExtension or KeyIdExtension))
                    throw new CertificateException(
                        $"a list in it has an extension that is not known here ({id})"
                    );
            }
        }
    }
}
