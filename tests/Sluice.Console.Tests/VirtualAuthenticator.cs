using Microsoft.Playwright;

namespace Sluice.Console.Tests;

/// <summary>An authenticator within the browser, by Chromium's own implementation of Web Authentication.</summary>
internal sealed class VirtualAuthenticator
{
    private readonly ICDPSession _devtools;
    private readonly string _id;

    private VirtualAuthenticator(ICDPSession devtools, string id) =>
        (_devtools, _id) = (devtools, id);

    /// <summary>One that keeps passkeys and knows its person.</summary>
    public static async Task<VirtualAuthenticator> Add(IPage page)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        var added = await devtools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new Dictionary<string, object>
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
        return new VirtualAuthenticator(
            devtools,
            added!.Value.GetProperty("authenticatorId").GetString()!
        );
    }

    /// <summary>Whether it recognises the person from now on.</summary>
    public Task Recognise(bool verified) =>
        _devtools.SendAsync(
            "WebAuthn.setUserVerified",
            new Dictionary<string, object>
            {
                ["authenticatorId"] = _id,
                ["isUserVerified"] = verified,
            }
        );
}
