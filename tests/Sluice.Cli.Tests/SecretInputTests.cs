using System.Text;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>How a value comes in, byte for byte.</summary>
public sealed class SecretInputTests : IDisposable
{
    private const string Saved =
        """{"name":"TOKEN","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}""";
    private readonly Typist _typist = new();
    private readonly OddServer _server = OddServer.Saying(Saved, 201);

    public SecretInputTests()
    {
        _typist["SLUICE_API_KEY"] = "slc_live_anything";
        _typist["SLUICE_URL"] = _server.Url;
    }

    public void Dispose()
    {
        _typist.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData("value\n", "value")]
    [InlineData("value\r\n", "value")]
    [InlineData("value\n\n", "value\n")]
    [InlineData("two\nlines", "two\nlines")]
    [InlineData(" spaces stay ", " spaces stay ")]
    [InlineData("\"quotes\" \\ and ünïcode 🗝", "\"quotes\" \\ and ünïcode 🗝")]
    public async Task One_line_end_at_the_end_is_not_part_of_the_value(string piped, string sent)
    {
        var typed = await _typist.Type(["secrets", "put", "TOKEN"], piped);
        Assert.Equal(Exit.Done, typed.Exit);
        Assert.Equal(sent, SentValue());
    }

    [Fact]
    public async Task Unless_it_is_asked_for()
    {
        await _typist.Type(["secrets", "put", "TOKEN", "--keep-newline"], "key\n");
        Assert.Equal("key\n", SentValue());
    }

    [Fact]
    public async Task A_person_is_asked_and_sees_nothing_of_it()
    {
        _typist.Answers.Enqueue("typed by hand");
        var typed = await _typist.Type(["secrets", "put", "TOKEN"]);
        Assert.Equal("typed by hand", SentValue());
        Assert.DoesNotContain("typed by hand", typed.All);
        Assert.Contains("Value of TOKEN (not shown)", typed.All);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_before_anything_is_sent()
    {
        var typed = await _typist.Type(["secrets", "put", "TOKEN"], [0xff, 0xfe, 0x00]);
        Assert.Equal(Exit.Usage, typed.Exit);
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task A_value_without_end_is_refused_in_bounded_memory()
    {
        var typed = await _typist.Type(["secrets", "put", "TOKEN"], new byte[2 * 1024 * 1024]);
        Assert.Equal(Exit.Usage, typed.Exit);
        Assert.Empty(_server.Asked);
    }

    private string? SentValue()
    {
        using var json = JsonDocument.Parse(_server.Body);
        return json.RootElement.GetProperty("value").GetString();
    }
}
