namespace Sluice.Server.Tests;

/// <summary>Calls whose body the server refuses by its length.</summary>
internal static class Announced
{
    /// <summary>
    /// Sends a request of which the body is sent once the server asks for it. A client waits a second for that and then sends the body all the
    /// same, which a server that refuses it meets by ending the connection, and the answer with it: this one waits for as long as a busy
    /// machine may need.
    /// </summary>
    public static async Task<HttpResponseMessage> SendAnnounced(
        this TestHouse house,
        HttpMethod method,
        string path,
        HttpContent body,
        Action<HttpRequestMessage> adjust
    )
    {
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
            }
        )
        {
            BaseAddress = house.Client.BaseAddress,
        };
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.ExpectContinue = true;
        adjust(request);
        return await client.SendAsync(request);
    }
}
