namespace Sluice.Cli.Tests;

/// <summary><c>sluice test</c> tests a package as a server does.</summary>
public sealed class LocalTestsTests
{
    [Fact]
    public async Task Go_is_tested_without_C_so_that_no_C_compiler_is_needed()
    {
        using var typist = new Typist();
        await typist.Type(["init", "demo/greeter", "--language", "go"]);
        typist.Folder = Path.Combine(typist.Folder, "greeter");
        await typist.Type(["create", "message", "Text", "--fields", "text:string"]);
        await typist.Type(["create", "node", "Greet", "--input", "Text", "--output", "Text"]);
        await File.WriteAllTextAsync(
            Path.Combine(typist.Folder, "nodes", "other.go"),
            "//go:build cgo\n\npackage nodes\n\nvar other int = \"compiled with C\"\n",
            TestContext.Current.CancellationToken
        );

        var typed = await typist.Type(["test"]);
        Assert.True(typed.Exit == Exit.Done, typed.All);
    }
}
