using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Server.Doors.Listeners;

/// <summary>
/// Whom a certificate names: <c>dns:ops.example.com</c>, <c>email:ops@example.com</c> or <c>uri:spiffe://…</c> among its alternative names,
/// or its whole subject, <c>CN=ops, O=Acme</c>.
/// </summary>
internal sealed record ClientName
{
    private const string AlternativeNames = "2.5.29.17";

    // GeneralName, RFC 5280, section 4.2.1.6: the context tags of the three that are texts.
    private static readonly (int Tag, string Prefix)[] Kinds =
    [
        (1, "email:"),
        (2, "dns:"),
        (6, "uri:"),
    ];

    private readonly string _text;

    private ClientName(string text) => _text = text;

    /// <returns>Null when the text names nobody.</returns>
    public static ClientName? Read(string text)
    {
        if (Kinds.Any(kind => text.StartsWith(kind.Prefix, StringComparison.Ordinal)))
            return text.Length > text.IndexOf(':', StringComparison.Ordinal) + 1
                ? new ClientName(text)
                : null;
        try
        {
            return text.Length == 0 ? null : new ClientName(new X500DistinguishedName(text).Name);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether it is this certificate's. Names of hosts and addresses of mail are compared without regard to case.</summary>
    public bool Names(X509Certificate2 certificate) =>
        certificate.SubjectName.Name == _text
        || Alternatives(certificate)
            .Any(name =>
                name.Equals(
                    _text,
                    name.StartsWith("uri:", StringComparison.Ordinal)
                        ? StringComparison.Ordinal
                        : StringComparison.OrdinalIgnoreCase
                )
            );

    private static List<string> Alternatives(X509Certificate2 certificate)
    {
        var found = new List<string>();
        if (certificate.Extensions[AlternativeNames] is not { } extension)
            return found;
        try
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                var tag = names.PeekTag();
                if (
                    tag.TagClass == TagClass.ContextSpecific
                    && Array.Find(Kinds, kind => kind.Tag == tag.TagValue) is { Prefix: { } prefix }
                )
                    found.Add(
                        prefix + names.ReadCharacterString(UniversalTagNumber.IA5String, tag)
                    );
                else
                    names.ReadEncodedValue();
            }
        }
        catch (AsnContentException)
        {
            // An extension that cannot be read names nobody.
            found.Clear();
        }
        return found;
    }
}
