using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sluice.Server.Tests.Identity;

/// <summary>Somebody's authenticator: Debian's oathtool, which knows the RFCs and nothing of us.</summary>
internal sealed class Authenticator(string secret, TimeProvider clock)
{
    /// <summary>Adds one to a person who is signed in; the first code is still to come.</summary>
    public static async Task<Authenticator> Add(Visitor visitor, TimeProvider clock)
    {
        using var answer = await visitor.Post(
            "/api/v1/auth/totp",
            $$"""{"password":"{{Person.Password}}"}"""
        );
        Assert.Equal(201, (int)answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var json = await TestHouse.Json(answer);
        var secret = json.GetProperty("secret").GetString()!;
        Assert.Contains($"secret={secret}&", json.GetProperty("uri").GetString());
        return new Authenticator(secret, clock);
    }

    /// <summary>Adds one that counts.</summary>
    /// <returns>It, and the recovery codes.</returns>
    public static async Task<(Authenticator, IReadOnlyList<string>)> TurnOn(
        Visitor visitor,
        TimeProvider clock
    )
    {
        var authenticator = await Add(visitor, clock);
        using var answer = await visitor.Post(
            "/api/v1/auth/totp/confirm",
            $$"""{"code":"{{await authenticator.Code()}}"}"""
        );
        Assert.Equal(200, (int)answer.StatusCode);
        return (authenticator, Codes(await TestHouse.Json(answer)));
    }

    public static IReadOnlyList<string> Codes(JsonElement json) =>
        [.. json.GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!)];

    public string Secret => secret;

    /// <summary>What it shows so many steps from now.</summary>
    public async Task<string> Code(int steps = 0)
    {
        var at = clock.GetUtcNow().AddSeconds(30 * steps).ToUnixTimeSeconds();
        var start = new ProcessStartInfo("oathtool")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (
            var argument in (string[])
                [
                    "--totp",
                    "--base32",
                    "--now",
                    string.Create(CultureInfo.InvariantCulture, $"@{at}"),
                    "-",
                ]
        )
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(secret);
        process.StandardInput.Close();
        var code = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return code;
    }
}
