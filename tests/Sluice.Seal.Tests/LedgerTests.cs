using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Seal.Tests;

/// <summary>Canonical JSON and signatures, against programs that share no line with ours.</summary>
public sealed class LedgerTests
{
    private const string Odd = "\0\b\t\n\f\r\u001f\u007f\"\\/é€𝄞\u2028</script>";

    [Fact]
    public void Canonical_json_is_what_another_program_writes()
    {
        var ours = new CanonicalJson()
            .Add("a", Odd)
            .Add("absent", (string?)null)
            .AddIf("b", true)
            .Add(
                "c",
                new Dictionary<string, string>
                {
                    ["z"] = "1",
                    ["A"] = Odd,
                    ["a"] = "",
                }
            )
            .Add("n", CanonicalJson.LargestNumber)
            .End();
        using var read = JsonDocument.Parse(ours);
        Assert.Equal(ours, CanonicalJson.Of(read.RootElement));
        var theirs = Oracle.Python(
            "import json,sys; print(json.dumps(json.load(sys.stdin), sort_keys=True, separators=(',',':'), ensure_ascii=False).encode().hex())",
            Encoding.UTF8.GetString(ours)
        );
        Assert.Equal(theirs, Convert.ToHexStringLower(ours));
    }

    [Theory]
    [InlineData("""{"a":1.5}""")]
    [InlineData("""{"a":1e3}""")]
    [InlineData("""{"a":-0}""")]
    [InlineData("""{"a":9007199254740993}""")]
    public void A_number_that_readers_keep_differently_is_never_signed(string json)
    {
        using var read = JsonDocument.Parse(json);
        Assert.Throws<FormatException>(() => CanonicalJson.Of(read.RootElement));
    }

    [Fact]
    public void A_member_out_of_order_is_a_mistake_of_ours()
    {
        Assert.Throws<ArgumentException>(() => new CanonicalJson().Add("b", 1).Add("a", 1));
        Assert.Throws<ArgumentException>(() => new CanonicalJson().Add("a", 1).Add("a", 1));
    }

    [Fact]
    public void A_signing_key_is_always_the_same_for_its_material_and_another_program_checks_it()
    {
        using var material = DataKey.From(SHA256.HashData("a test's"u8));
        using var key = SigningKey.From(material);
        using var again = SigningKey.From(material);
        Assert.Equal(key.Public.Id, again.Public.Id);
        var message = "what is signed"u8.ToArray();
        var signature = key.Sign(message);
        Assert.True(again.Public.Verifies(message, signature));
        signature[40] ^= 1;
        Assert.False(again.Public.Verifies(message, signature));
        signature[40] ^= 1;

        var folder = Directory.CreateTempSubdirectory("sluice-test-");
        try
        {
            var files = (string[])["key", "signature", "message"];
            byte[][] contents = [key.Public.Info.ToArray(), Der(signature), message];
            for (var i = 0; i < files.Length; i++)
                File.WriteAllBytes(Path.Combine(folder.FullName, files[i]), contents[i]);
            string At(string name) => Path.Combine(folder.FullName, name);
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
                        At("key"),
                        "-signature",
                        At("signature"),
                        At("message"),
                    ]
                )
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The two numbers as OpenSSL wants them: a DER sequence of two integers.</summary>
    private static byte[] Der(byte[] signature)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(signature.AsSpan(0, 32).TrimStart((byte)0));
            writer.WriteIntegerUnsigned(signature.AsSpan(32).TrimStart((byte)0));
        }
        return writer.Encode();
    }
}
