using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Seal.Tests;

public sealed class EnvelopeTests
{
    private static readonly byte[] Place = AssociatedData.Encode(
        1,
        "secret",
        "tenant",
        "live",
        "NAME"
    );

    [Fact]
    public void A_sealed_value_opens_with_the_same_key_and_place()
    {
        Prop.ForAll<byte[]>(value =>
            {
                using var key = DataKey.Generate();
                var sealedValue = key.Seal(value ?? [], Place);
                var opened = new byte[Envelope.PlaintextLength(sealedValue)];
                return key.Open(sealedValue, Place, opened) == opened.Length
                    && opened.AsSpan().SequenceEqual(value ?? []);
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_single_changed_bit_is_noticed_and_releases_nothing()
    {
        using var key = DataKey.Generate();
        var sealedValue = key.Seal("canary-value"u8, Place);
        var destination = new byte[64];
        for (var bit = 0; bit < sealedValue.Length * 8; bit++)
        {
            destination.AsSpan().Clear();
            sealedValue[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SealBrokenException>(() => key.Open(sealedValue, Place, destination));
            Assert.All(destination, left => Assert.Equal(0, left));
            sealedValue[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(1, "secret", "other", "live", "NAME")]
    [InlineData(1, "secret", "tenant", "test", "NAME")]
    [InlineData(1, "secret", "tenant", "live", "NAMES")]
    [InlineData(2, "secret", "tenant", "live", "NAME")]
    [InlineData(1, "secret", "tenantlive", "", "NAME")]
    public void A_ciphertext_moved_to_another_place_does_not_open(
        long version,
        params string[] fields
    )
    {
        using var key = DataKey.Generate();
        var sealedValue = key.Seal("value"u8, Place);
        var broken = Assert.Throws<SealBrokenException>(() =>
            key.Open(sealedValue, AssociatedData.Encode(version, fields), new byte[5])
        );
        Assert.Equal(SealBreak.Authenticity, broken.Reason);
    }

    [Fact]
    public void No_two_masters_have_the_same_material_and_none_is_empty()
    {
        using var one = MasterKey.GenerateMaterial();
        using var other = MasterKey.GenerateMaterial();
        Assert.False(one.Span.SequenceEqual(other.Span));
        Assert.False(one.Span.SequenceEqual(new byte[MasterKey.Length]));
        Assert.Throws<ArgumentException>(() => new MasterKey(new byte[MasterKey.Length - 1]));
    }

    [Fact]
    public void Another_key_is_told_apart_from_a_changed_value()
    {
        using var key = DataKey.Generate();
        using var other = DataKey.Generate();
        var broken = Assert.Throws<SealBrokenException>(() =>
            other.Open(key.Seal("value"u8, Place), Place, new byte[5])
        );
        Assert.Equal(SealBreak.Key, broken.Reason);
    }

    [Fact]
    public void A_destination_too_short_is_a_mistake_of_the_programmer()
    {
        using var key = DataKey.Generate();
        Assert.Throws<ArgumentException>(() =>
            key.Open(key.Seal("value"u8, Place), Place, new byte[4])
        );
    }

    [Fact]
    public void Sealing_the_same_value_twice_gives_different_ciphertexts()
    {
        using var key = DataKey.Generate();
        var made = Enumerable
            .Range(0, 2_000)
            .Select(_ => Convert.ToHexString(key.Seal("value"u8, Place)))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(2_000, made.Count);
    }

    [Fact]
    public void Different_places_never_have_the_same_encoding()
    {
        Prop.ForAll<string[], string[]>(
                (one, two) =>
                {
                    var (first, second) = (Clean(one), Clean(two));
                    return first.SequenceEqual(second, StringComparer.Ordinal)
                        == AssociatedData
                            .Encode(7, first)
                            .AsSpan()
                            .SequenceEqual(AssociatedData.Encode(7, second));
                }
            )
            .QuickCheckThrowOnFailure();

        static string[] Clean(string[]? fields) =>
            [
                .. (fields ?? [])
                    .Take(255)
                    .Select(field => new string([
                        .. (field ?? "").Where(letter => !char.IsSurrogate(letter)),
                    ])),
            ];
    }

    [Fact]
    public void A_field_without_an_encoding_is_refused_rather_than_replaced()
    {
        Assert.ThrowsAny<ArgumentException>(() => AssociatedData.Encode(1, "\ud800"));
    }

    [Fact]
    public void A_wrapped_key_unwraps_with_its_master_key_and_owner_alone()
    {
        using var material = MasterKey.GenerateMaterial();
        using var master = new MasterKey(material.Span);
        using var key = DataKey.Generate();
        var owner = AssociatedData.Encode(0, "data-key", "tenant");
        var wrapped = master.Wrap(key, owner);

        using var unwrapped = master.Unwrap(wrapped, owner);
        Assert.Equal(key.Id, unwrapped.Id);
        Assert.True(key.Material.SequenceEqual(unwrapped.Material));

        Assert.Throws<SealBrokenException>(() =>
            master.Unwrap(wrapped, AssociatedData.Encode(0, "data-key", "other"))
        );
        Assert.Equal(
            SealBreak.Format,
            Assert
                .Throws<SealBrokenException>(() => master.Unwrap(key.Seal("short"u8, owner), owner))
                .Reason
        );
    }

    [Fact]
    public void A_ring_unwraps_what_a_former_master_key_wrapped_and_wraps_with_the_current_one()
    {
        using var former = new MasterKey(SHA256.HashData("former"u8));
        using var key = DataKey.Generate();
        var old = former.Wrap(key, Place);

        using var ring = new MasterKeyRing(
            new MasterKey(SHA256.HashData("current"u8)),
            new MasterKey(SHA256.HashData("former"u8)),
            new MasterKey(SHA256.HashData("current"u8))
        );
        Assert.True(ring.Knows(old));
        Assert.False(ring.IsCurrent(old));
        using var unwrapped = ring.Unwrap(old, Place);
        var anew = ring.Current.Wrap(unwrapped, Place);
        Assert.True(ring.IsCurrent(anew));
        using var again = ring.Unwrap(anew, Place);
        Assert.Equal(key.Id, again.Id);

        using var stranger = new MasterKey(SHA256.HashData("stranger"u8));
        Assert.False(ring.Knows(stranger.Wrap(key, Place)));
        Assert.Equal(
            SealBreak.Key,
            Assert
                .Throws<SealBrokenException>(() => ring.Unwrap(stranger.Wrap(key, Place), Place))
                .Reason
        );
        Assert.Equal(
            SealBreak.Format,
            Assert.Throws<SealBrokenException>(() => ring.Unwrap([], Place)).Reason
        );
    }

    [Fact]
    public void The_vectors_made_by_another_program_open_and_are_made_alike()
    {
        var vectors = Oracle.Vectors("envelopes.json");
        using var master = new MasterKey(Hex(vectors["master_key"]));
        using var key = DataKey.From(Hex(vectors["data_key"]));
        Assert.Equal(Text(vectors["master_key_id"]), master.Id.ToString());
        Assert.Equal(Text(vectors["data_key_id"]), key.Id.ToString());

        var wrapped = vectors["wrapped_data_key"]!;
        using var unwrapped = master.Unwrap(
            Hex(wrapped["wrapped"]),
            Hex(wrapped["associated_data"])
        );
        Assert.Equal(key.Id, unwrapped.Id);

        foreach (var value in vectors["values"]!.AsArray())
        {
            string[] fields =
            [
                .. value!["fields"]!.AsArray().Select(field => field!.GetValue<string>()),
            ];
            var place = AssociatedData.Encode(long.Parse(Text(value["version"])), fields);
            Assert.Equal(Text(value["associated_data"]), Convert.ToHexStringLower(place));
            Assert.Equal(
                Text(value["sealed"]),
                Convert.ToHexStringLower(
                    Envelope.Seal(
                        key.Id,
                        key.CipherKey,
                        Hex(value["nonce"]),
                        Hex(value["plaintext"]),
                        place
                    )
                )
            );
            var opened = new byte[Hex(value["plaintext"]).Length];
            key.Open(Hex(value["sealed"]), place, opened);
            Assert.Equal(Hex(value["plaintext"]), opened);
        }

        foreach (var broken in vectors["broken"]!.AsArray())
        {
            var thrown = Assert.Throws<SealBrokenException>(() =>
                key.Open(Hex(broken!["sealed"]), Hex(broken["associated_data"]), new byte[4096])
            );
            Assert.Equal(
                (Text(broken!["why"]), Text(broken["reason"])),
                (Text(broken["why"]), thrown.Reason.ToString().ToLowerInvariant())
            );
        }
    }

    [Fact]
    public void Another_library_opens_what_was_just_sealed()
    {
        using var key = DataKey.From(SHA256.HashData("shared"u8));
        var sealedValue = key.Seal(Encoding.UTF8.GetBytes("Grüße"), Place);
        const string script = """
            import hashlib, hmac, sys
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
            sealed, place = map(bytes.fromhex, sys.stdin.read().split())
            cipher = hmac.new(hashlib.sha256(b"shared").digest(), b"sluice data-key cipher v1\x01", hashlib.sha256).digest()
            print(AESGCM(cipher).decrypt(sealed[17:29], sealed[29:], sealed[:17] + place).hex())
            """;
        var opened = Oracle.Python(
            script,
            $"{Convert.ToHexString(sealedValue)} {Convert.ToHexString(Place)}"
        );
        Assert.Equal("Grüße", Encoding.UTF8.GetString(Convert.FromHexString(opened)));
    }

    [Fact]
    public void Keys_and_secrets_print_as_names_and_masks()
    {
        using var secret = new PinnedSecret("canary"u8);
        using var key = DataKey.From(SHA256.HashData("canary"u8));
        using var master = new MasterKey(SHA256.HashData("canary"u8));
        Assert.Equal("••••", $"{secret}");
        Assert.Equal($"data key {key.Id}", $"{key}");
        Assert.Equal($"master key {master.Id}", $"{master}");
        Assert.NotEqual(key.Id, master.Id);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static byte[] Hex(JsonNode? node) => Convert.FromHexString(Text(node));
}
