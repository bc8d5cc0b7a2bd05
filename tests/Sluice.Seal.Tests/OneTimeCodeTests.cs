namespace Sluice.Seal.Tests;

public sealed class OneTimeCodeTests
{
    private static OneTimeCode OfTheRfcs() => OneTimeCode.From("12345678901234567890"u8);

    [Fact]
    public void Codes_are_those_of_RFC_4226_appendix_D()
    {
        using var codes = OfTheRfcs();
        string[] expected =
        [
            "755224",
            "287082",
            "359152",
            "969429",
            "338314",
            "254676",
            "287922",
            "162583",
            "399871",
            "520489",
        ];
        Assert.Equal(expected, Enumerable.Range(0, 10).Select(step => codes.At(step)));
    }

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_the_last_six_digits_of_RFC_6238_appendix_B(long seconds, string code)
    {
        using var codes = OfTheRfcs();
        Assert.Equal(
            code,
            codes.At(OneTimeCode.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)))
        );
    }

    [Fact]
    public void A_code_is_accepted_one_step_around_its_own_and_never_at_or_before_one_that_was_used()
    {
        using var codes = OfTheRfcs();
        var code = codes.At(1000);
        foreach (var now in (long[])[999, 1000, 1001])
            Assert.Equal(1000, codes.Match(code, now, after: -1));
        Assert.Null(codes.Match(code, 998, after: -1));
        Assert.Null(codes.Match(code, 1002, after: -1));
        Assert.Null(codes.Match(code, 1000, after: 1000));
        Assert.Null(codes.Match(code, 1000, after: 1001));
        Assert.Equal(1001, codes.Match(codes.At(1001), 1000, after: 1000));
        Assert.Null(codes.Match("", 1000, after: -1));
    }

    [Fact]
    public void A_data_key_makes_one_secret_which_prints_as_a_mask()
    {
        using var key = DataKey.Generate();
        using var other = DataKey.Generate();
        using var codes = OneTimeCode.From(key);
        Assert.Equal(32, codes.Text().Length);
        Assert.Equal(codes.Text(), OneTimeCode.From(key).Text());
        Assert.NotEqual(codes.Text(), OneTimeCode.From(other).Text());
        Assert.DoesNotContain(codes.Text(), $"{codes}", StringComparison.Ordinal);
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", OfTheRfcs().Text());
    }

    [Fact]
    public void A_recovery_code_is_known_however_it_is_typed_and_by_its_owner_alone()
    {
        var code = RecoveryCode.Mint();
        Assert.Matches("^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$", code);
        var kept = RecoveryCode.Hash(code, "ada@example.com");
        var typed = code.ToUpperInvariant()
            .Replace("-", " ", StringComparison.Ordinal)
            .Replace('0', 'O')
            .Replace('1', 'l');
        Assert.Equal(kept, RecoveryCode.Hash(typed, "ada@example.com"));
        Assert.NotEqual(kept, RecoveryCode.Hash(code, "eve@example.com"));
        Assert.NotEqual(code, RecoveryCode.Mint());
        foreach (var none in (string[])["", "123456", code[1..], code + "0", "uuuu-uuuu-uuuu-uuuu"])
            Assert.Null(RecoveryCode.Hash(none, "ada@example.com"));
    }
}
