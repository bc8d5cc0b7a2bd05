namespace Sluice.Server.Description;

/// <summary>What a person sees who opens the server's address in a browser.</summary>
internal static class WelcomePage
{
    public static string Write(string version) =>
        $$$"""
            {{{Html.Head("Sluice")}}}
            <body class="welcome">
            <main>
            <h1>Sluice</h1>
            <p>Typed nodes of code, wired into flows and called over HTTP. This server is up; its version is {{{version}}}.</p>
            <ul>
            <li><a href="/console">Console</a></li>
            <li><a href="/docs">Reference of the API</a>, and the same <a href="/openapi.json">for programs</a></li>
            <li><a href="/health">How this server is</a></li>
            </ul>
            <p>The first call, once a flow is compiled:</p>
            <pre><code>curl -H "Authorization: Bearer $SLUICE_API_KEY" -H "Content-Type: application/json" \
              -d '{"flow":"handle/name","input":{}}' \
              $SLUICE_URL/invocations/v1/flows/invoke</code></pre>
            </main>
            </body>
            </html>

            """;
}
