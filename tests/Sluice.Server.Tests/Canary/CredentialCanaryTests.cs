using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Tests.Secrets;

namespace Sluice.Server.Tests.Canary;

/// <summary>
/// Keys, an unknown key, and secrets, sent through calls that succeed and calls that fail; then looked for in every
/// place that outlives a request. Each place has a control: a text that must be found there.
/// </summary>
public abstract partial class CredentialCanaryTests(bool postgres)
{
    /// <summary>A secret's name and a key's name: kept and logged in the clear, so the search must find it.</summary>
    private const string Control = "CONTROL_IN_THE_CLEAR";

    private readonly List<string> _replies = [];

    [Fact]
    public async Task Credentials_are_kept_and_shown_nowhere_but_in_the_reply_that_makes_them()
    {
        using var ground = new TestGround(postgres);
        await using var server = await ServerProcess.Start(
            ground,
            new Dictionary<string, string> { ["Keys__OldCredentials"] = "true" }
        );
        await using var house = TestHouse.At(server.Address, ground.Folder);
        var tenant = await house.NewTenant();
        await Workshop.Push(
            tenant,
            new Dictionary<string, string>
            {
                ["Read"] =
                    $"value, ok = ax.secrets.get('{Control}')\nopen('/tmp/kept', 'w').write(value)\nreturn Note(number=len(value))",
                ["Leak"] =
                    $"value, ok = ax.secrets.get('{Control}')\nraise ValueError(str(len(value)))",
            }
        );
        var secret = "s+/=%" + Convert.ToHexString(Guid.NewGuid().ToByteArray());
        var unknown = "slc_live_" + Guid.NewGuid().ToString("N");
        var keys = new List<string>();
        foreach (var shape in (string[])["standard", "hex"])
        {
            keys.Add((await tenant.MintKey($"\"shape\":\"{shape}\"")).Text);
        }
        await Drive(house, tenant, keys, unknown, secret);
        string[] others = [.. await SignIn(house, tenant), .. await Given(house, tenant)];

        var logs = server.Output;
        var files = Directory
            .GetFiles(ground.Folder, "*", SearchOption.AllDirectories)
            // Held for the server alone, and of a few bytes: who it is, and that it runs.
            .Where(path => Path.GetFileName(path) is not ("sluice.lock" or "node.id"))
            .ToDictionary(path => path, SharedFile.Read);
        var tables = postgres ? await Tables(await ground.Store()) : "";
        foreach (
            var text in (string[])
                [.. keys, tenant.Key, TestHouse.AdminKey, unknown, secret, .. others]
        )
        {
            foreach (var (form, bytes) in ServerProcess.Forms(text))
            {
                foreach (var (path, content) in files)
                    Assert.False(
                        content.AsSpan().IndexOf(bytes) >= 0,
                        $"{text} lies as {form} in {path}"
                    );
                var ascii = Encoding.Latin1.GetString(bytes);
                Assert.DoesNotContain(ascii, tables, StringComparison.Ordinal);
                Assert.DoesNotContain(ascii, logs, StringComparison.Ordinal);
                Assert.All(
                    _replies,
                    reply => Assert.DoesNotContain(ascii, reply, StringComparison.Ordinal)
                );
            }
        }

        Assert.Contains(Control, logs, StringComparison.Ordinal);
        Assert.Contains(_replies, reply => reply.Contains(Control, StringComparison.Ordinal));
        if (postgres)
            Assert.Contains(Control, tables, StringComparison.Ordinal);
        else
            Assert.Contains(
                files,
                file => file.Value.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Control)) >= 0
            );

        // A secret is in no memory; the credential of a caller was a header, and a header is a string.
        Assert.Empty(server.FormsInMemory(secret));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"a key that called lies in memory as: {string.Join(", ", server.FormsInMemory(keys[0]))}"
        );
        Assert.NotEmpty(server.FormsInMemory(Control));
    }

    private async Task Drive(
        TestHouse house,
        TestTenant tenant,
        List<string> keys,
        string unknown,
        string secret
    )
    {
        await Call(
            house.Send(
                HttpMethod.Put,
                $"/api/v1/secrets/{Control}",
                $$"""{"value":"{{secret}}"}""",
                keys[0]
            ),
            201
        );
        await Call(
            house.Send(
                HttpMethod.Put,
                $"/api/v1/secrets/{Control}",
                $$"""{"value":"{{secret}}"}""",
                keys[0]
            ),
            409
        );
        await Call(
            house.Send(
                HttpMethod.Put,
                "/api/v1/secrets/not-a-name",
                $$"""{"value":"{{secret}}"}""",
                keys[1]
            ),
            400
        );
        await Call(
            house.Send(
                HttpMethod.Put,
                "/api/v1/secrets/BAD",
                $$"""{"value":"{{secret}}",}""",
                keys[1]
            ),
            400
        );
        await Call(
            house.Send(
                HttpMethod.Put,
                "/api/v1/secrets/NOBODYS",
                $$"""{"value":"{{secret}}"}""",
                unknown
            ),
            401
        );
        foreach (var key in (string[])[.. keys, unknown, keys[0] + "x", keys[0][..^1]])
        {
            foreach (
                var path in (string[])
                    [
                        "whoami",
                        "keys",
                        "secrets",
                        "runs",
                        "usage",
                        "configs",
                        "admin/secrets/keys",
                        "nothing",
                    ]
            )
                await Call(house.Send(HttpMethod.Get, $"/api/v1/{path}", key: key));
        }
        await Call(house.Send(HttpMethod.Post, "/api/v1/keys", "{\"name\":", keys[0]), 400);
        foreach (var node in (string[])["Read", "Leak"])
        {
            var graph = await Workshop.Chain(tenant, node.ToLowerInvariant(), node);
            var run = await Workshop.Invoke(tenant, graph);
            _replies.Add(run.ToString());
            var id = run.GetProperty("execution_id").GetString();
            await Call(tenant.Get($"/api/v1/runs/{id}"), 200);
            await Call(tenant.Get($"/api/v1/runs/{id}/logs"), 200);
        }
        await Call(house.Send(HttpMethod.Get, "/metrics", admin: true));
        await Call(house.Send(HttpMethod.Get, "/openapi.json"), 200);
        var listed = await TestHouse.Json(
            await house.Send(HttpMethod.Get, "/api/v1/keys", key: keys[0])
        );
        var last = listed.GetProperty("data")[0].GetProperty("id").GetString();
        await Call(house.Send(HttpMethod.Delete, $"/api/v1/keys/{last}", key: tenant.Key), 204);
        await Call(house.Send(HttpMethod.Get, "/api/v1/whoami", key: keys[1]));
    }

    /// <summary>A person with all that signs in: password, authenticator, recovery codes, and the cookies on the way.</summary>
    /// <returns>Everything of it that opens something.</returns>
    private static async Task<IReadOnlyList<string>> SignIn(TestHouse house, TestTenant tenant)
    {
        using var made = await house.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{tenant.Handle}/password",
            "{}",
            admin: true
        );
        var link = (await TestHouse.Json(made)).GetProperty("link").GetString()!;
        var visitor = new Visitor(house);
        (
            await visitor.Post(
                "/api/v1/auth/accept-invitation",
                $$"""{"token":"{{SmtpServer.Code(link)}}","password":"{{Person.Password}}"}"""
            )
        ).Dispose();
        var (authenticator, codes) = await Authenticator.TurnOn(visitor, TimeProvider.System);
        var confirmed = visitor.Cookie;
        (await visitor.SignIn(tenant.Handle)).Dispose();
        var half = visitor.Cookie;
        using (
            var wrong = await visitor.Post(
                "/api/v1/auth/login/code",
                $$"""{"code":"{{codes[0][1..]}}"}"""
            )
        )
            Assert.Equal(403, (int)wrong.StatusCode);
        using (
            var right = await visitor.Post(
                "/api/v1/auth/login/code",
                $$"""{"code":"{{codes[0]}}"}"""
            )
        )
            Assert.Equal(200, (int)right.StatusCode);
        return
        [
            Person.Password,
            authenticator.Secret,
            .. codes,
            .. codes.Select(code => code.Replace("-", "", StringComparison.Ordinal)),
            SmtpServer.Code(link),
            .. new[] { confirmed, half, visitor.Cookie }.Select(cookie => cookie.Split('=')[1]),
        ];
    }

    /// <summary>Whatever else opens something: each is made, presented where it opens and where it does not, and spoilt.</summary>
    private async Task<IReadOnlyList<string>> Given(TestHouse house, TestTenant tenant)
    {
        var at = $"/api/v1/admin/organizations/{tenant.Handle}";
        var sold = $"\"org_id\":\"{tenant.Handle}\",\"tier\":\"professional\"";
        var client = Convert.ToHexString(Guid.NewGuid().ToByteArray());
        await Call(
            house.Send(
                HttpMethod.Post,
                $"{at}/client-credentials",
                $$"""{"client_id":"{{Control}}","client_secret":"{{client}}"}""",
                admin: true
            ),
            201
        );
        var token = await Made(
            "user_token",
            $"{at}/user-tokens",
            $$"""{"user_email":"owner@{{tenant.Handle}}.example"}"""
        );
        var licenses = new[]
        {
            await Made("key", "/api/v1/admin/licenses", $"{{{sold}}}"),
            await Made("key", "/api/v1/admin/licenses", $"{{{sold},\"form\":\"signed\"}}"),
        };
        using var hook = await tenant.Post(
            "/api/v1/audit/streams",
            """{"url":"https://siem.example.com/in","enabled":false}"""
        );
        var signing = (await TestHouse.Json(hook)).GetProperty("secret").GetString()!;
        using var asked = await new Visitor(house).PostForm(
            "/api/v1/auth/device",
            ("client_id", "sluice-cli")
        );
        var device = (await TestHouse.Json(asked)).GetProperty("device_code").GetString()!;
        (
            await new Visitor(house).PostForm(
                "/api/v1/auth/device/token",
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("client_id", "somebody-else"),
                ("device_code", device)
            )
        ).Dispose();
        foreach (var license in licenses)
        {
            foreach (var path in (string[])["/api/v1/runs", "/health"])
                await Call(
                    house.Send(
                        HttpMethod.Get,
                        path,
                        adjust: request => request.Headers.Add("X-License-Key", license)
                    )
                );
            await Call(
                house.Send(
                    HttpMethod.Put,
                    "/api/v1/admin/license",
                    $$"""{"key":"{{license}}"}""",
                    admin: true
                ),
                400
            );
        }
        foreach (var secret in (string[])[client, client + "x"])
            await Call(
                house.Send(
                    HttpMethod.Get,
                    "/api/v1/whoami",
                    adjust: request =>
                        request.Headers.Add(
                            "Authorization",
                            "Basic "
                                + Convert.ToBase64String(
                                    Encoding.UTF8.GetBytes($"{Control}:{secret}")
                                )
                        )
                )
            );
        foreach (var text in (string[])[token, signing, device, .. licenses])
        {
            await Call(house.Send(HttpMethod.Get, "/api/v1/whoami", key: text));
            await Call(tenant.Post("/api/v1/keys/verify", $$"""{"key":"{{text}}"}"""), 200);
        }
        foreach (var list in (string[])["licenses", "old-credentials", "audit/export"])
            await Call(house.Send(HttpMethod.Get, $"/api/v1/admin/{list}", admin: true), 200);
        await Call(tenant.Get("/api/v1/audit/export"), 200);
        await Call(tenant.Get("/api/v1/audit/streams"), 200);
        return [client, token, .. licenses, signing, device];

        async Task<string> Made(string member, string path, string body)
        {
            using var answer = await house.Send(HttpMethod.Post, path, body, admin: true);
            var made = (await TestHouse.Json(answer)).GetProperty(member);
            return (
                made.ValueKind == System.Text.Json.JsonValueKind.Object
                    ? made.GetProperty("token")
                    : made
            ).GetString()!;
        }
    }

    private async Task Call(Task<HttpResponseMessage> call, int? status = null)
    {
        using var answer = await call;
        var text = await answer.Content.ReadAsStringAsync();
        _replies.Add($"{answer.Headers}{text}");
        Assert.True((int)answer.StatusCode < 500, text);
        if (status is { } expected)
            Assert.True((int)answer.StatusCode == expected, text);
    }

    /// <summary>Every row of every table, as text; bytes are hexadecimal there, and shown as bytes beside it.</summary>
    private static async Task<string> Tables(string store)
    {
        await using var source = NpgsqlDataSource.Create(store);
        var names = new List<string>();
        await using (
            var command = source.CreateCommand(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                names.Add(reader.GetString(0));
        }
        Assert.True(names.Count > 8);
        var text = new StringBuilder();
        foreach (var name in names)
        {
            await using var command = source.CreateCommand($"SELECT t::text FROM {name} t");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var row = reader.GetString(0);
                text.AppendLine(row);
                foreach (Match bytes in Hexadecimal().Matches(row))
                    text.AppendLine(
                        Encoding.Latin1.GetString(Convert.FromHexString(bytes.Groups["hex"].Value))
                    );
            }
        }
        return text.ToString();
    }

    [GeneratedRegex(@"\\x(?<hex>([0-9a-f]{2})+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Hexadecimal();
}

public sealed class CredentialCanaryTestsOnSqlite() : CredentialCanaryTests(postgres: false);

public sealed class CredentialCanaryTestsOnPostgres() : CredentialCanaryTests(postgres: true);
