using System.Text;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>What the CLI makes of servers that are none, are broken, or mean harm.</summary>
public sealed class OddAnswerTests : IDisposable
{
    private readonly Typist _typist = new();

    public OddAnswerTests() => _typist["SLUICE_API_KEY"] = "slc_live_anything";

    public void Dispose() => _typist.Dispose();

    [Fact]
    public async Task A_page_of_some_other_server_is_told_as_such()
    {
        using var server = OddServer.Saying("<html>Welcome to nginx</html>", type: "text/html");
        var typed = await Type(server, "keys", "list");
        Assert.Equal(Exit.Broken, typed.Exit);
        Assert.Contains("Is this a Sluice server?", typed.All);
        Assert.Empty(typed.Out);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_key()
    {
        using var elsewhere = OddServer.Saying("{}");
        using var server = new OddServer(context =>
        {
            context.Response.Redirect(elsewhere.Url + "/api/v1/keys");
            context.Response.Close();
        });
        var typed = await Type(server, "keys", "list");
        Assert.NotEqual(Exit.Done, typed.Exit);
        Assert.Empty(elsewhere.Asked);
    }

    [Fact]
    public async Task Control_characters_of_the_server_do_not_reach_the_terminal()
    {
        using var server = OddServer.Saying(
            """{"data":[{"name":"A\u001b]0;owned\u0007\u009b31m\u202eB\nC","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}]}"""
        );
        var typed = await Type(server, "secrets", "list");
        Assert.Equal(Exit.Done, typed.Exit);
        Assert.Contains("A]0;owned31mB C", typed.Out);
        Assert.DoesNotContain(typed.Out, c => c is '\u001b' or '\u0007' or '\u009b' or '\u202e');
    }

    [Fact]
    public async Task As_json_they_are_escaped_and_read_back_the_same()
    {
        using var server = OddServer.Saying(
            """{"data":[{"name":"A\u001b\u009b\u202eB","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}]}"""
        );
        var typed = await Type(server, "secrets", "list", "--json");
        Assert.DoesNotContain(typed.Out, c => c is '\u001b' or '\u009b' or '\u202e');
        using var json = JsonDocument.Parse(typed.Out);
        Assert.Equal(
            "A\u001b\u009b\u202eB",
            json.RootElement.GetProperty("data")[0].GetProperty("name").GetString()
        );
    }

    [Fact]
    public async Task A_refusal_cannot_paint_the_screen_either()
    {
        using var server = OddServer.Saying(
            """{"code":"x","detail":"no\u001b[2J","mistakes":[{"code":"m\u001b","message":"bad\u001b[0m","file":"a\u001b.yaml","line":3,"column":4}]}""",
            422
        );
        var typed = await Type(server, "keys", "list");
        Assert.Equal(Exit.Invalid, typed.Exit);
        Assert.Contains("a.yaml:3:4: bad[0m (m)", typed.All);
        Assert.DoesNotContain('\u001b', typed.All);
    }

    [Fact]
    public async Task A_push_that_is_cut_off_says_that_its_outcome_is_unknown()
    {
        using var server = new OddServer(context =>
        {
            context.Response.ContentType = "application/x-ndjson";
            context.Response.SendChunked = true;
            context.Response.OutputStream.Write("{\"event\":\"log\",\"text\":\"compiling\"}\n"u8);
            context.Response.Close();
        });
        Package();
        var typed = await Type(server, "push");
        Assert.Equal(Exit.Broken, typed.Exit);
        Assert.Contains("compiling", typed.Out);
        Assert.Contains("The outcome is unknown", typed.All);
    }

    [Fact]
    public async Task A_build_that_fails_is_not_a_success()
    {
        using var server = OddServer.Saying(
            "{\"event\":\"log\",\"text\":\"E\"}\n{\"event\":\"done\",\"success\":false,\"error\":{\"code\":\"build_failed\",\"detail\":\"The package's tests failed.\"}}\n",
            type: "application/x-ndjson"
        );
        Package();
        Assert.Equal(Exit.Invalid, (await Type(server, "push")).Exit);
        var typed = await Type(server, "push", "--json");
        Assert.Equal(Exit.Invalid, typed.Exit);
        using var json = JsonDocument.Parse(typed.Out);
        Assert.False(json.RootElement.GetProperty("success").GetBoolean());
        Assert.Equal("E", json.RootElement.GetProperty("build_log")[0].GetString());
    }

    [Theory]
    [InlineData(503, "{\"code\":\"store_unavailable\",\"detail\":\"Later.\"}", Exit.Unavailable)]
    [InlineData(401, "{\"error\":\"unauthorized\"}", Exit.NotLoggedIn)]
    [InlineData(
        403,
        "{\"code\":\"missing_scope\",\"detail\":\"No.\",\"missing_scope\":\"keys:read\"}",
        Exit.Refused
    )]
    [InlineData(404, "{\"code\":\"not_found\",\"detail\":\"No.\"}", Exit.NotFound)]
    [InlineData(429, "{\"code\":\"rate_limited\",\"detail\":\"Slower.\"}", Exit.Refused)]
    [InlineData(500, "oops", Exit.Unavailable)]
    public async Task Every_kind_of_no_has_its_exit_code(int status, string body, object exit)
    {
        using var server = OddServer.Saying(body, status);
        Assert.Equal(exit, (await Type(server, "keys", "list")).Exit);
    }

    [Fact]
    public async Task A_missing_scope_is_named_with_what_to_do()
    {
        using var server = OddServer.Saying(
            """{"code":"missing_scope","detail":"No.","missing_scope":"keys:read"}""",
            403
        );
        Assert.Contains("--scope keys:read", (await Type(server, "keys", "list")).All);
    }

    [Fact]
    public async Task A_name_cannot_leave_its_place_in_the_address()
    {
        using var server = OddServer.Saying("{}", 404);
        await Type(server, "secrets", "rm", "../keys/1?x=#y", "--yes");
        Assert.Equal(Exit.Usage, (await Type(server, "secrets", "rm", "..", "--yes")).Exit);
        Assert.Equal(Exit.Usage, (await Type(server, "flow", "rm", "demo/..", "--yes")).Exit);
        Assert.Equal(Exit.Usage, (await Type(server, "keys", "revoke", "", "--yes")).Exit);
        Assert.Equal(["DELETE /api/v1/secrets/..%2Fkeys%2F1%3Fx%3D%23y"], server.Asked);
    }

    private Task<Typed> Type(OddServer server, params string[] arguments)
    {
        _typist["SLUICE_URL"] = server.Url;
        return _typist.Type(arguments);
    }

    private void Package()
    {
        var sample = Path.Combine(AppContext.BaseDirectory, "samples", "greeter");
        foreach (var file in Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_typist.Folder, Path.GetRelativePath(sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
