using System.Formats.Asn1;
using System.Numerics;
using System.Text;

namespace Sluice.Seal.Tests;

/// <summary>License keys in both forms, against vectors and programs that share no line with ours.</summary>
public sealed class LicenseTests
{
    private static readonly LicenseClaims Claims = new()
    {
        Id = "01J00000000000000000000000",
        Issuer = "",
        Use = "install",
        Organization = "Müller & Söhne ~ \"quoted\"",
        Tier = "Enterprise Plus",
        Features = ["sla", "unlimited_nodes"],
        IssuedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        ExpiresAt = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public void The_vectors_made_by_another_program_prove_and_read_as_they_say()
    {
        var vectors = Oracle.Vectors("licenses.json");
        using var material = DataKey.From(Convert.FromHexString((string)vectors["material"]!));
        using var issuer = IssuerKey.From(material);
        foreach (var vector in vectors["short"]!.AsArray())
        {
            var text = (string)vector!["text"]!;
            Assert.Equal(LicenseForm.Short, LicenseText.FormOf(text, "SLC"));
            Assert.True(LicenseText.ProofHolds(text, issuer), text);
            Assert.Equal(DateOnly.Parse((string)vector["end"]!), LicenseText.EndOf(text));
            Assert.Equal(
                (string)vector["fingerprint"]!,
                Convert.ToHexStringLower(issuer.Fingerprint(text))
            );
        }
        Assert.All(
            vectors["bad"]!.AsArray(),
            bad => Assert.Equal(LicenseForm.None, LicenseText.FormOf((string)bad!, "SLC"))
        );
    }

    [Fact]
    public void A_short_key_with_any_other_character_proves_nothing()
    {
        using var issuer = NewIssuer();
        var text = LicenseText.MintShort(issuer, "SLC", "PLUS", new DateOnly(2030, 2, 28));
        Assert.True(LicenseText.ProofHolds(text, issuer));
        Assert.Equal(new DateOnly(2030, 2, 28), LicenseText.EndOf(text));
        for (var at = 0; at < text.Length; at++)
        {
            var other = text[..at] + (text[at] == '7' ? '8' : '7') + text[(at + 1)..];
            Assert.False(LicenseText.ProofHolds(other, issuer), other);
        }
        using var another = NewIssuer();
        Assert.False(LicenseText.ProofHolds(text, another));
    }

    [Fact]
    public void A_signed_license_says_what_was_signed_and_openssl_agrees()
    {
        using var issuer = NewIssuer();
        var claims = Claims with { Issuer = issuer.Public.Id };
        var text = SignedLicense.Mint(issuer, "SLC", claims);
        Assert.Equal(LicenseForm.Signed, LicenseText.FormOf(text, "SLC"));
        var (verdict, read) = SignedLicense.Read(text, [issuer.Public]);
        Assert.Equal(LicenseVerdict.Genuine, verdict);
        Assert.Equal(claims.Features, read!.Features);
        Assert.Equal(claims, read with { Features = claims.Features });

        var folder = Directory.CreateTempSubdirectory("sluice-seal-").FullName;
        var dot = text.LastIndexOf('.');
        File.WriteAllBytes(Path.Combine(folder, "key"), issuer.Public.Info);
        File.WriteAllText(Path.Combine(folder, "text"), text[..dot]);
        File.WriteAllBytes(Path.Combine(folder, "signature"), Der(text[(dot + 1)..]));
        Assert.Equal(
            "Verified OK",
            Oracle.Run(
                "openssl",
                [
                    "dgst",
                    "-sha256",
                    "-keyform",
                    "DER",
                    "-verify",
                    Path.Combine(folder, "key"),
                    "-signature",
                    Path.Combine(folder, "signature"),
                    Path.Combine(folder, "text"),
                ]
            )
        );
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_signed_license_that_was_changed_or_is_anothers_is_not_genuine()
    {
        using var issuer = NewIssuer();
        using var another = NewIssuer();
        var text = SignedLicense.Mint(issuer, "SLC", Claims with { Issuer = issuer.Public.Id });
        Assert.Equal(
            LicenseVerdict.UnknownIssuer,
            SignedLicense.Read(text, [another.Public]).Verdict
        );
        const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var at = 4; at < text.Length; at++)
        {
            // Each bit of each character.
            for (var bit = 1; bit < digits.Length && text[at] != '.'; bit <<= 1)
            {
                var changed = digits[digits.IndexOf(text[at], StringComparison.Ordinal) ^ bit];
                var other = text[..at] + changed + text[(at + 1)..];
                Assert.NotEqual(
                    LicenseVerdict.Genuine,
                    SignedLicense.Read(other, [issuer.Public]).Verdict
                );
            }
        }
        // Who signs in another's name is found out.
        var forged = SignedLicense.Mint(another, "SLC", Claims with { Issuer = issuer.Public.Id });
        Assert.Equal(
            LicenseVerdict.BadSignature,
            SignedLicense.Read(forged, [issuer.Public]).Verdict
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"v":2}""")]
    [InlineData("""{"v":1,"id":"a","id":"b"}""")]
    [InlineData("""{"v":1,"id":1}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("not json")]
    public void Anything_but_claims_is_malformed(string payload)
    {
        var text =
            $"SLC-{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{new string('A', 86)}";
        Assert.Equal(LicenseVerdict.Malformed, SignedLicense.Read(text, []).Verdict);
    }

    private static IssuerKey NewIssuer()
    {
        using var material = DataKey.Generate();
        return IssuerKey.From(material);
    }

    private static byte[] Der(string signature)
    {
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(signature);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(
                new BigInteger(bytes.AsSpan(0, 32), isUnsigned: true, isBigEndian: true)
            );
            writer.WriteInteger(
                new BigInteger(bytes.AsSpan(32), isUnsigned: true, isBigEndian: true)
            );
        }
        return writer.Encode();
    }
}
