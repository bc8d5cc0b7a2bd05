namespace Sluice.Seal.Tests;

public sealed class PasswordTests
{
    [Fact]
    public void The_right_password_is_right_and_any_other_is_wrong()
    {
        var stored = Password.Store("correct horse battery staple");
        Assert.StartsWith("$pbkdf2-sha512$v=1,i=210000$", stored);
        Assert.Equal(
            PasswordVerdict.Right,
            Password.Verify("correct horse battery staple", stored)
        );
        Assert.Equal(PasswordVerdict.Wrong, Password.Verify("correct horse battery stapl", stored));
        Assert.Equal(PasswordVerdict.Wrong, Password.Verify("", stored));
    }

    [Fact]
    public void The_same_password_is_never_stored_alike()
    {
        Assert.NotEqual(Password.Store("again"), Password.Store("again"));
    }

    [Fact]
    public void A_password_stored_with_fewer_rounds_is_right_and_outdated()
    {
        var stored = Password.Store("pässword", new byte[16], 1_000);
        Assert.Equal(PasswordVerdict.RightAndOutdated, Password.Verify("pässword", stored));
        Assert.Equal(PasswordVerdict.Wrong, Password.Verify("password", stored));
    }

    [Fact]
    public void A_wrong_password_costs_the_same_work_whoever_it_is_for()
    {
        foreach (
            var stored in (string?[])
                [
                    null,
                    "plain",
                    Password.Store("right", new byte[16], 1_000),
                    Password.Store("right", new byte[16], 5_000),
                ]
        )
        {
            foreach (var typed in (string[])["wrong", "", new string('x', 2_000)])
            {
                var before = Password.RoundsOfThisThread;
                Assert.Equal(PasswordVerdict.Wrong, Password.Verify(typed, stored, 5_000));
                Assert.Equal(5_000, Password.RoundsOfThisThread - before);
            }
        }
    }

    [Fact]
    public void A_token_is_random_has_its_shape_and_is_kept_as_its_hash()
    {
        var token = TokenText.Mint();
        Assert.True(TokenText.HasShape(token));
        Assert.NotEqual(token, TokenText.Mint());
        Assert.Equal(32, TokenText.Hash(token).Length);
        Assert.All(
            (string[])["", token[1..], token + "A", token[1..] + "=", token[1..] + "é"],
            text => Assert.False(TokenText.HasShape(text))
        );
    }

    [Fact]
    public void Python_derives_the_same_hash()
    {
        var stored = Password.Store("pässword", "0123456789abcdef"u8, 1_000);
        const string script = """
            import base64, hashlib, sys
            hash = hashlib.pbkdf2_hmac("sha512", "p\u00e4ssword".encode(), b"0123456789abcdef", 1000)
            salt = base64.urlsafe_b64encode(b"0123456789abcdef").rstrip(b"=").decode()
            print("$pbkdf2-sha512$v=1,i=1000$" + salt + "$" + base64.urlsafe_b64encode(hash).rstrip(b"=").decode())
            """;
        Assert.Equal(Oracle.Python(script), stored);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("$pbkdf2-sha512$v=1,i=999$AAAAAAAAAAAAAAAAAAAAAA$AA")]
    [InlineData("$pbkdf2-sha512$v=1,i=99999999999$AAAAAAAAAAAAAAAAAAAAAA$AA")]
    [InlineData("$pbkdf2-sha512$v=1,i=2000000000$AAAAAAAAAAAAAAAAAAAAAA$AA")]
    [InlineData("$pbkdf2-sha512$v=1,i=1000$***$***")]
    [InlineData("$pbkdf2-sha512$v=1,i=1000$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("$pbkdf2-sha512$v=1,i=1000$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$v=2,i=1000$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    public void Nothing_matches_a_text_that_was_not_stored_by_us(string? stored)
    {
        Assert.Equal(PasswordVerdict.Wrong, Password.Verify("", stored));
    }

    [Fact]
    public void An_endless_password_is_wrong_without_being_tried()
    {
        var long1 = new string('x', Password.MaximumLength + 1);
        Assert.Throws<ArgumentException>(() => Password.Store(long1));
        Assert.Equal(
            PasswordVerdict.Wrong,
            Password.Verify(long1, Password.Store("", new byte[16], 1_000))
        );
        Assert.Equal(
            PasswordVerdict.Right,
            Password.Verify(long1.AsSpan(1), Password.Store(long1.AsSpan(1)))
        );
    }
}
