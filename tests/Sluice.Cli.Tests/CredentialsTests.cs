using System.Runtime.Versioning;

namespace Sluice.Cli.Tests;

/// <summary>The file that <c>sluice login</c> keeps.</summary>
public sealed class CredentialsTests : IDisposable
{
    private const string Who = """{"email":"ada@example.com","tenant":"demo","scopes":[]}""";
    private readonly Typist _typist = new();
    private readonly OddServer _server = OddServer.Saying(Who);

    public CredentialsTests() => _typist["SLUICE_URL"] = _server.Url;

    public void Dispose()
    {
        _typist.Dispose();
        _server.Dispose();
    }

    private string Stored => Path.Combine(_typist.Home, ".sluice", "credentials");

    [Fact]
    public async Task The_key_of_the_environment_is_stored_without_being_asked_for()
    {
        _typist["SLUICE_API_KEY"] = "slc_live_fromEnvironment";
        Assert.Equal(Exit.Done, (await _typist.Type(["login"])).Exit);
        _typist["SLUICE_API_KEY"] = null;
        Assert.Contains(
            "slc_live_fromEnvironment",
            await File.ReadAllTextAsync(Stored, TestContext.Current.CancellationToken)
        );
        Assert.Equal(Exit.Done, (await _typist.Type(["whoami"])).Exit);
    }

    [Fact]
    public async Task The_key_is_never_printed()
    {
        var typed = await _typist.Type(["login"], "slc_live_typedIn");
        Assert.Equal(Exit.Done, typed.Exit);
        Assert.DoesNotContain("slc_live_typedIn", typed.All);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_it_whatever_stood_there_before()
    {
        await _typist.Type(["login"], "slc_live_one");
        File.SetUnixFileMode(Stored, (UnixFileMode)0b110_100_100);
        Assert.Contains("can be read by others", (await _typist.Type(["whoami"])).All);
        await _typist.Type(["login"], "slc_live_two");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Stored));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(Stored)!)
        );
    }

    [Fact]
    public async Task A_file_that_is_something_else_is_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Stored)!);
        await File.WriteAllTextAsync(Stored, "my diary", TestContext.Current.CancellationToken);
        Assert.Equal(Exit.NotLoggedIn, (await _typist.Type(["whoami"])).Exit);
        Assert.Equal(Exit.Broken, (await _typist.Type(["login"], "slc_live_one")).Exit);
        Assert.Equal(
            "my diary",
            await File.ReadAllTextAsync(Stored, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Profiles_live_side_by_side()
    {
        await _typist.Type(["login"], "slc_live_one");
        await _typist.Type(["login", "--profile", "staging"], "slc_live_two");
        Assert.Equal(Exit.Done, (await _typist.Type(["logout", "--profile", "staging"])).Exit);
        Assert.Equal(
            Exit.NotLoggedIn,
            (await _typist.Type(["whoami", "--profile", "staging"])).Exit
        );
        Assert.Equal(Exit.Done, (await _typist.Type(["whoami"])).Exit);
    }
}
