using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Runner.Tests;
using Sluice.Seal;

namespace Sluice.Server.Tests.Identity;

// What programs and people send.
public abstract partial class DeviceTests
{
    private static async Task<Asked> Start(
        TestHouse house,
        string? scope = null,
        string agent = "sluice-cli/1"
    )
    {
        using var answer = await house.Send(
            HttpMethod.Post,
            "/api/v1/auth/device",
            adjust: request =>
            {
                request.Content = Form(("client_id", Cli), ("scope", scope ?? ""));
                request.Headers.TryAddWithoutValidation("User-Agent", agent);
            }
        );
        var json = await TestHouse.Json(answer);
        Assert.Equal(5, json.GetProperty("interval").GetInt32());
        Assert.False(json.TryGetProperty("verification_uri_complete", out _));
        return new Asked(
            json.GetProperty("device_code").GetString()!,
            json.GetProperty("user_code").GetString()!
        );
    }

    /// <param name="waited">As if the program had waited since it asked last.</param>
    private static async Task<HttpResponseMessage> Redeem(
        TestHouse house,
        string device,
        string client = Cli,
        bool waited = false
    )
    {
        if (waited)
            await house.Database.Write(session =>
                session.House.Execute(
                    "UPDATE device_grants SET polled_at = NULL WHERE device_hash = @hash",
                    new { hash = TokenText.Hash(device) }
                )
            );
        return await new Visitor(house).PostForm(
            "/api/v1/auth/device/token",
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", client),
            ("device_code", device)
        );
    }

    private static async Task<string?> Poll(TestHouse house, string device)
    {
        using var answer = await Redeem(house, device);
        Assert.Equal(400, (int)answer.StatusCode);
        return await Error(answer);
    }

    private static Task<HttpResponseMessage> Revoke(TestHouse house, string token) =>
        new Visitor(house).PostForm("/api/v1/auth/revoke", ("client_id", Cli), ("token", token));

    /// <summary>What the page says after a form was sent.</summary>
    private static async Task<string> Send(Visitor visitor, string act, string code)
    {
        using var answer = await visitor.PostForm(
            "/device",
            ("act", act),
            ("code", code),
            ("form_token", await Token(visitor))
        );
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> Token(Visitor visitor)
    {
        using var page = await visitor.Get("/device");
        return FormToken().Match(await page.Content.ReadAsStringAsync()).Groups["token"].Value;
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<string?> Error(HttpResponseMessage answer)
    {
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return (await TestHouse.Json(answer)).GetProperty("error").GetString();
    }
}
