namespace Sluice.Seal.Tests;

/// <summary>The proof that a form was served to whoever sends it.</summary>
public sealed class FormTokenTests
{
    [Fact]
    public void It_fits_the_secret_that_it_was_minted_with_and_no_other()
    {
        var token = FormToken.Mint("a session's cookie");
        Assert.True(FormToken.Fits("a session's cookie", token));
        Assert.False(FormToken.Fits("another session's cookie", token));
        Assert.False(FormToken.Fits("", token));
    }

    [Fact]
    public void No_two_are_alike() =>
        Assert.Equal(
            100,
            Enumerable.Range(0, 100).Select(_ => FormToken.Mint("one")).Distinct().Count()
        );

    [Fact]
    public void A_text_with_one_character_changed_is_none()
    {
        var token = FormToken.Mint("one");
        for (var i = 0; i < token.Length - 1; i++)
        {
            var spoilt = token.ToCharArray();
            spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
            Assert.False(FormToken.Fits("one", new string(spoilt)), $"character {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("????????????????????????????????????????????????????????????????")]
    public void A_text_that_is_no_token_fits_nothing(string text) =>
        Assert.False(FormToken.Fits("one", text));

    [Fact]
    public void One_that_is_longer_fits_nothing() =>
        Assert.False(FormToken.Fits("one", FormToken.Mint("one") + "A"));
}
