using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Seal.Tests;

public sealed class KeyTextTests
{
    private static readonly KeyGate Gate = new("slc", "former");

    public static TheoryData<string, KeyEnvironment> Mintable =>
        new()
        {
            { "slc", KeyEnvironment.Live },
            { "slc", KeyEnvironment.Test },
            { "former", KeyEnvironment.Live },
        };

    [Theory]
    [MemberData(nameof(Mintable))]
    public void A_minted_standard_key_has_the_documented_form(
        string prefix,
        KeyEnvironment environment
    )
    {
        var key = KeyText.MintStandard(prefix, environment);
        Assert.Matches(
            $"^{prefix}_{(environment is KeyEnvironment.Live ? "live" : "test")}_[0-9A-Za-z]{{32}}$",
            key
        );
        Assert.Equal(
            new KeyReading(KeyVerdict.WellFormed, KeyShape.Standard, environment),
            Gate.Read(key)
        );
    }

    [Fact]
    public void A_hex_key_is_64_digits_and_always_live()
    {
        var key = KeyText.MintHex();
        Assert.Matches("^[0-9a-f]{64}$", key);
        Assert.Equal(
            new KeyReading(KeyVerdict.WellFormed, KeyShape.Hex, KeyEnvironment.Live),
            Gate.Read(key)
        );
    }

    [Theory]
    [InlineData(KeyEnvironment.Live, "prod")]
    [InlineData(KeyEnvironment.Test, "test")]
    public void A_client_key_names_client_and_environment(KeyEnvironment environment, string word)
    {
        var key = KeyText.MintClient("health-care", environment);
        Assert.Matches($"^client-health-care-{word}-[0-9A-Za-z]{{26}}$", key);
        Assert.Equal(
            new KeyReading(KeyVerdict.WellFormed, KeyShape.Client, environment),
            Gate.Read(key)
        );
    }

    [Fact]
    public void No_two_minted_keys_are_the_same()
    {
        var keys = Enumerable
            .Range(0, 5_000)
            .Select(_ => KeyText.MintStandard("slc", KeyEnvironment.Live))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(5_000, keys.Count);
    }

    [Fact]
    public void Each_digit_is_equally_likely_at_each_place()
    {
        const int keys = 62 * 400;
        var counts = new int[26, 128];
        for (var round = 0; round < keys; round++)
        {
            var key = KeyText.MintStandard("slc", KeyEnvironment.Live);
            for (var place = 0; place < 26; place++)
            {
                counts[place, key["slc_live_".Length + place]]++;
            }
        }

        // 61 degrees of freedom: above 130 by chance about once in ten million places; a modulo bias (4 or 5 of 256) would give over 500.
        for (var place = 0; place < 26; place++)
        {
            var chiSquare = Base62.Alphabet.Sum(digit =>
                Math.Pow(counts[place, digit] - 400, 2) / 400
            );
            Assert.InRange(chiSquare, 15, 130);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Slc")]
    [InlineData("1slc")]
    [InlineData("slc_")]
    [InlineData("s-c")]
    [InlineData("abcdefghijklmnopq")]
    public void A_bad_prefix_is_a_mistake_of_the_programmer(string prefix)
    {
        Assert.Throws<ArgumentException>(() => KeyText.MintStandard(prefix, KeyEnvironment.Live));
        Assert.Throws<ArgumentException>(() => new KeyGate(prefix));
    }

    [Fact]
    public void The_shortest_and_the_longest_prefix_and_name_make_keys_that_read()
    {
        foreach (var prefix in (string[])["a", new string('a', 16)])
        {
            Assert.True(KeyText.IsPrefix(prefix));
            Assert.StartsWith(
                prefix + "_live_",
                KeyText.MintStandard(prefix, KeyEnvironment.Live),
                StringComparison.Ordinal
            );
        }
        foreach (var name in (string[])["a", new string('a', 64)])
        {
            Assert.True(KeyText.IsClientName(name));
            Assert.StartsWith(
                $"client-{name}-prod-",
                KeyText.MintClient(name, KeyEnvironment.Live),
                StringComparison.Ordinal
            );
        }
        Assert.False(KeyText.IsPrefix(new string('a', 17)));
        Assert.False(KeyText.IsClientName(new string('a', 65)));
        Assert.Throws<ArgumentException>(() => KeyText.MintClient("-a", KeyEnvironment.Live));
    }

    [Fact]
    public void Every_single_changed_character_fails_the_checksum_or_the_form()
    {
        var key = KeyText.MintStandard("slc", KeyEnvironment.Live);
        for (var at = "slc_live_".Length; at < key.Length; at++)
        {
            foreach (var digit in Base62.Alphabet.Where(digit => digit != key[at]))
            {
                Assert.Equal(
                    KeyVerdict.BadChecksum,
                    Gate.Read(key[..at] + digit + key[(at + 1)..]).Verdict
                );
            }
        }
    }

    [Fact]
    public void Any_text_at_all_reads_without_an_exception_and_the_same_as_bytes()
    {
        Prop.ForAll<string>(text =>
                text is null
                || Gate.Read(text.AsSpan()) == Gate.Read(Encoding.UTF8.GetBytes(text).AsSpan())
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Reading_and_hashing_a_key_allocates_nothing()
    {
        var key = KeyText.MintStandard("slc", KeyEnvironment.Live);
        var hash = new byte[KeyText.HashLength];
        Gate.Read(key);
        KeyText.Hash(key, hash);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
        {
            Gate.Read(key);
            KeyText.Hash(key, hash);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);
    }

    [Fact]
    public void The_vectors_made_by_another_program_read_as_they_say()
    {
        var vectors = Oracle.Vectors("keys.json");
        var gate = new KeyGate(
            vectors["prefixes"]!.AsArray().Select(prefix => prefix!.GetValue<string>())
        );
        foreach (var vector in vectors["keys"]!.AsArray())
        {
            var text = vector!["text"]!.GetValue<string>();
            var reading = gate.Read(text);
            Assert.Equal(
                (text, Verdict(vector["verdict"]!.GetValue<string>())),
                (text, reading.Verdict)
            );
            if (vector["shape"] is { } shape)
            {
                Assert.Equal(shape.GetValue<string>(), reading.Shape.ToString().ToLowerInvariant());
                Assert.Equal(
                    vector["environment"]!.GetValue<string>(),
                    reading.Environment.ToString().ToLowerInvariant()
                );
                Assert.Equal(vector["mask"]!.GetValue<string>(), KeyText.Mask(text));
                Assert.Equal(
                    vector["sha256"]!.GetValue<string>(),
                    Convert.ToHexStringLower(KeyText.Hash(text))
                );
            }
        }
    }

    [Fact]
    public void Python_finds_the_same_checksum_in_freshly_minted_keys()
    {
        var keys = Enumerable
            .Range(0, 500)
            .Select(_ => KeyText.MintStandard("slc", KeyEnvironment.Test))
            .ToList();
        const string script = """
            import sys, zlib
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
            for key in sys.stdin.read().split():
                number = 0
                for digit in key[-6:]: number = number * 62 + digits.index(digit)
                assert number == zlib.crc32(key[:-6].encode()), key
            print("ok")
            """;
        Assert.Equal("ok", Oracle.Python(script, string.Join('\n', keys)));
    }

    [Fact]
    public void Openssl_finds_the_same_hash_of_a_key()
    {
        var key = KeyText.MintStandard("slc", KeyEnvironment.Live);
        var printed = Oracle.Run("openssl", ["dgst", "-sha256", "-r"], key);
        Assert.Equal(printed.Split(' ')[0], Convert.ToHexStringLower(KeyText.Hash(key)));

        var fromBytes = new byte[KeyText.HashLength];
        KeyText.Hash(Encoding.UTF8.GetBytes(key), fromBytes);
        Assert.Equal(fromBytes, KeyText.Hash(key));
    }

    [Fact]
    public void A_text_of_any_length_can_be_hashed()
    {
        foreach (
            var text in new[]
            {
                "",
                "é",
                new string('x', 255),
                new string('€', 256),
                new string('€', 10_000),
            }
        )
        {
            Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(text)), KeyText.Hash(text));
        }
    }

    [Theory]
    [InlineData("", "…")]
    [InlineData("abcdefghijkl", "…")]
    [InlineData("abcdefghijklm", "abcdefgh…jklm")]
    public void A_mask_shows_no_short_text(string text, string mask) =>
        Assert.Equal(mask, KeyText.Mask(text));

    [Fact]
    public void Comparing_in_fixed_time_compares()
    {
        Assert.True(FixedTime.Equal("admin-key", "admin-key"));
        Assert.False(FixedTime.Equal("admin-key", "admin-kez"));
        Assert.False(FixedTime.Equal("admin-key", "admin-key-and-more"));
        Assert.False(FixedTime.Equal("", "admin-key"));
        Assert.True(FixedTime.Equal([1, 2], new byte[] { 1, 2 }));
        Assert.False(FixedTime.Equal([1, 2], new byte[] { 1, 3 }));
    }

    private static KeyVerdict Verdict(string word) =>
        word switch
        {
            "well_formed" => KeyVerdict.WellFormed,
            "bad_checksum" => KeyVerdict.BadChecksum,
            "foreign" => KeyVerdict.Foreign,
            _ => KeyVerdict.Malformed,
        };
}
