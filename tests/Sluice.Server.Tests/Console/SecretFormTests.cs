using System.Text;
using System.Text.Json;
using Sluice.Server.Console.Secrets;
using Sluice.Server.Secrets;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Console;

/// <summary>A form with a value in it is read as browsers write it, and becomes the body that the act takes.</summary>
public sealed class SecretFormTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("a+b c&d=e%f")]
    [InlineData("\"quoted\" \\ and\nlines\tand \u0001")]
    [InlineData("Grüße, 日本, 🚪")]
    [InlineData("&=&=&")]
    public async Task Whatever_is_typed_arrives_as_it_was(string value)
    {
        using var content = new FormUrlEncodedContent([
            KeyValuePair.Create("_token", "t+t"),
            KeyValuePair.Create("name", "A NAME"),
            KeyValuePair.Create("value", value),
            KeyValuePair.Create("replace", "yes"),
        ]);
        var bytes = await content.ReadAsByteArrayAsync();
        var asked = "";
        using var form = SecretForm.Parse(
            bytes,
            (token, environment) =>
            {
                asked = $"{token}|{environment}";
                return null;
            }
        );
        Assert.Equal("t+t|", asked);
        Assert.Null(form.Posted.Refusal);
        Assert.Equal("A NAME", form.Posted["name"]);
        Assert.Equal("", form.Posted["value"]);
        using var json = JsonDocument.Parse(form.Body);
        Assert.Equal(value, json.RootElement.GetProperty("value").GetString());
        Assert.True(json.RootElement.GetProperty("replace").GetBoolean());
        var taken = SecretBody.Parse(form.Body.Span);
        using var body = taken.Value;
        Assert.Equal(value, Encoding.UTF8.GetString(body!.Value.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("name=A")]
    [InlineData("value=")]
    [InlineData("value")]
    [InlineData("&&&")]
    [InlineData("value=x&value=")]
    public void A_form_without_a_value_is_refused(string text)
    {
        using var form = SecretForm.Parse(Encoding.UTF8.GetBytes(text), (_, _) => null);
        Assert.Equal(SecretForm.Value, Assert.Single(form.Posted.Refusal!.Mistakes).Where);
    }

    [Theory]
    [InlineData("value=100%", "100%")]
    [InlineData("value=%zz%4", "%zz%4")]
    [InlineData("value=%41", "A")]
    public void What_is_no_escape_stands_for_itself(string text, string value)
    {
        using var form = SecretForm.Parse(Encoding.UTF8.GetBytes(text), (_, _) => null);
        using var json = JsonDocument.Parse(form.Body);
        Assert.Equal(value, json.RootElement.GetProperty("value").GetString());
    }

    [Fact]
    public void A_form_that_was_not_served_here_is_refused_whatever_is_in_it()
    {
        using var form = SecretForm.Parse("value=x"u8.ToArray(), (_, _) => CommonRefusals.NotFound);
        Assert.Equal(CommonRefusals.NotFound, form.Posted.Refusal);
    }
}
