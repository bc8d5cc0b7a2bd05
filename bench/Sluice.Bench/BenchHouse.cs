using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Language.Packages;

namespace Sluice.Bench;

/// <summary>A running server and its operator: makes tenants with keys, packages and flows, over HTTP as anybody would.</summary>
internal sealed class BenchHouse : IAsyncDisposable
{
    private readonly Child _child;
    private readonly string _admin;

    private BenchHouse(Child child, string admin)
    {
        (_child, _admin) = (child, admin);
        Client = new HttpClient
        {
            BaseAddress = new Uri(child.Url),
            // Filling a store takes minutes.
            Timeout = TimeSpan.FromMinutes(30),
        };
    }

    public HttpClient Client { get; }

    public string Url => _child.Url;

    public int Pid => _child.Pid;

    /// <summary>The tenant's limits stay on, and are raised beyond what a bench reaches.</summary>
    public static readonly string[] RaisedLimits =
    [
        "--Limits:TenantPerSecond",
        "10000000",
        "--Limits:TenantBurst",
        "10000000",
        "--Limits:InvocationsPerSecond",
        "10000000",
        "--Limits:InvocationsBurst",
        "10000000",
    ];

    /// <param name="place">Where its data goes.</param>
    /// <param name="store">A PostgreSQL connection string, or null for the embedded store.</param>
    /// <param name="plain">The server program itself, without the bench's additions.</param>
    /// <param name="settings">Others than the server's own.</param>
    public static async Task<BenchHouse> Start(
        BenchPlace place,
        string? store = null,
        bool plain = false,
        params string[] settings
    )
    {
        var admin = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        string[] args =
        [
            "--data",
            place.NewFolder("data"),
            "--urls",
            "http://127.0.0.1:0",
            "--store",
            store ?? "sqlite",
            .. RaisedLimits,
            .. settings,
        ];
        var environment = new Dictionary<string, string>
        {
            ["SLUICE_ADMIN_API_KEY"] = admin,
            // As in the server's own runtimeconfig.json, which a house inside this program does not read.
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        };
        var child = plain
            ? await Child.Dotnet(place.ServerProgram, args, environment)
            : await Child.Self(["child", "house", .. args], environment);
        return new BenchHouse(child, admin);
    }

    public async Task<BenchTenant> NewTenant(string handle)
    {
        var made = await Send(
            HttpMethod.Post,
            "/api/v1/admin/organizations",
            Text(
                $$$"""{"org_id":"{{{handle}}}","name":"{{{handle}}}","owner":{"email":"owner@{{{handle}}}.example"}}"""
            ),
            key: null
        );
        return new BenchTenant(
            this,
            handle,
            made.GetProperty("tenant_id").GetString()!,
            made.GetProperty("key").GetString()!,
            made.GetProperty("invitation").GetString()!.Split('#')[^1]
        );
    }

    /// <summary>Sends, as the operator without a key; anything but success is thrown.</summary>
    public async Task<JsonElement> Send(
        HttpMethod method,
        string path,
        HttpContent? body,
        string? key
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (key is null)
            request.Headers.Add("X-Admin-API-Key", _admin);
        else
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{method} {path}: {(int)answer.StatusCode} {text}"
            );
        // A push answers with lines; the last one says how it went.
        using var json = JsonDocument.Parse(text.Trim().Split('\n')[^1]);
        return json.RootElement.Clone();
    }

    /// <summary>A call to one of the bench's own endpoints, for its text.</summary>
    public async Task<string> Ask(string path, string body = "")
    {
        using var content = Text(body);
        using var answer = await Client.PostAsync(HouseChild.Open + path, content);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{path}: {(int)answer.StatusCode}; {_child.Printed}"
            );
        return await answer.Content.ReadAsStringAsync();
    }

    public static StringContent Text(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _child.DisposeAsync();
    }
}

/// <summary>A tenant with its first key.</summary>
/// <param name="Invitation">With which its owner sets a password, once.</param>
internal sealed record BenchTenant(
    BenchHouse House,
    string Handle,
    string Id,
    string Key,
    string Invitation
)
{
    /// <summary>The body of the measured call: <c>text</c> in, signed text out.</summary>
    public static string Invocation(string graph, bool wait = true) =>
        $$$"""{"graph_id":"{{{graph}}}","input":{"text":"hi"},"wait":{{{(wait ? "true" : "false")}}}}""";

    /// <summary>A further key with one scope.</summary>
    public async Task<string> NewKey(string scope)
    {
        using var body = BenchHouse.Text($$"""{"name":"bench","scopes":["{{scope}}"]}""");
        var made = await House.Send(HttpMethod.Post, "/api/v1/keys", body, Key);
        return made.GetProperty("key").GetString()!;
    }

    /// <summary>A further key with everything on that a key can be bound to, far above what a bench reaches.</summary>
    public async Task<(string Id, string Text)> NewBoundKey()
    {
        using var body = BenchHouse.Text(
            """{"name":"bench","scopes":["runs:read","runs:write"],"allowed_cidrs":["127.0.0.0/8","192.0.2.0/24"],"rate_limit":1000000,"daily_quota":1000000000000,"metadata":{"team":"billing"}}"""
        );
        var made = await House.Send(HttpMethod.Post, "/api/v1/keys", body, Key);
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    /// <summary>Pushes a Python package with the nodes Sign (reads a secret) and Mark, and saves the secret.</summary>
    public Task Push() => Push(Files());

    /// <summary>Pushes a package with the node Sign in another language, and saves the secret.</summary>
    public Task Push(string language) => Push(ColdPackages.Files(Handle, language));

    private async Task Push(Dictionary<string, byte[]> files)
    {
        using var secret = BenchHouse.Text("""{"value":"the keeper of the sluice"}""");
        await House.Send(HttpMethod.Put, "/api/v1/secrets/SIGNATURE", secret, Key);
        using var archive = new ByteArrayContent(PackageArchive.Write(new PackageSource(files)));
        archive.Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
        var pushed = await House.Send(HttpMethod.Post, "/api/v1/packages", archive, Key);
        if (!pushed.GetProperty("success").GetBoolean())
            throw new InvalidOperationException(pushed.ToString());
    }

    /// <summary>Saves and compiles a flow of these nodes in a row; answers its graph's id.</summary>
    public Task<string> Chain(string name, params string[] nodes) => Chain(name, config: "", nodes);

    /// <summary>The same, each node with these lines of <c>config</c>, in flow style.</summary>
    public async Task<string> Chain(string name, string config, string[] nodes)
    {
        var yaml = new StringBuilder($"name: {Handle}/{name}\nversion: 0.1.0\nnodes:\n");
        for (var i = 0; i < nodes.Length; i++)
            yaml.Append(
                $"  - alias: s{i + 1}\n    package: {Handle}/notes@0.1.0\n    node: {nodes[i]}\n{(config.Length > 0 ? $"    config: {config}\n" : "")}"
            );
        yaml.Append("edges:\n");
        for (var i = 0; i <= nodes.Length; i++)
            yaml.Append(
                $"  - from: {(i == 0 ? "\"@flow_input\"" : $"s{i}")}\n    to: {(i == nodes.Length ? "\"@flow_output\"" : $"s{i + 1}")}\n"
            );
        using var flow = BenchHouse.Text(
            $$"""{"document":"{{JsonEncodedText.Encode(yaml.ToString())}}"}"""
        );
        await House.Send(HttpMethod.Put, $"/api/v1/flows/{Handle}/{name}", flow, Key);
        using var empty = BenchHouse.Text("{}");
        var graph = await House.Send(
            HttpMethod.Post,
            $"/api/v1/flows/{Handle}/{name}/compile",
            empty,
            Key
        );
        return graph.GetProperty("graph_id").GetString()!;
    }

    /// <summary>Calls once and answers the body, which must be of a run that succeeded.</summary>
    public async Task<JsonElement> Invoke(string graph)
    {
        using var body = BenchHouse.Text(Invocation(graph));
        var answer = await House.Send(HttpMethod.Post, "/invocations/v1/flows/invoke", body, Key);
        return answer.GetProperty("status").GetString() == "succeeded"
            ? answer
            : throw new InvalidOperationException(answer.ToString());
    }

    /// <summary>Starts runs that nobody waits for.</summary>
    public Task Start(string graph, int count) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (_, _) =>
            {
                using var body = BenchHouse.Text(Invocation(graph, wait: false));
                await House.Send(HttpMethod.Post, "/invocations/v1/flows/invoke", body, Key);
            }
        );

    /// <summary>Runs that wait for their turn.</summary>
    public async Task<long> Waiting() =>
        (await House.Send(HttpMethod.Get, "/api/v1/runs/queue", null, Key))
            .GetProperty("depth")
            .GetInt64();

    /// <summary>Runs of this tenant so far: all, and those that failed.</summary>
    public async Task<(long All, long Failed)> Runs()
    {
        var usage = await House.Send(HttpMethod.Get, "/api/v1/usage?days=1", null, Key);
        return (usage.GetProperty("executions").GetInt64(), usage.GetProperty("failed").GetInt64());
    }

    /// <summary>Why one of the runs that failed did; null when none did.</summary>
    public async Task<string?> Failure()
    {
        var failed = await House.Send(
            HttpMethod.Get,
            "/api/v1/runs?status=failed&limit=1",
            null,
            Key
        );
        return
            failed.GetProperty("data").EnumerateArray().FirstOrDefault()
                is { ValueKind: JsonValueKind.Object } run
            ? run.GetProperty("error").ToString()
            : null;
    }

    private Dictionary<string, byte[]> Files()
    {
        Dictionary<string, string> files = new()
        {
            ["sluice.yaml"] = $"""
                name: {Handle}/notes
                version: 0.1.0
                language: python
                nodes:
                  - name: Sign
                    input: Note
                    output: Note
                    required_secrets:
                      - SIGNATURE
                  - name: Mark
                    input: Note
                    output: Note

                """,
            ["requirements.txt"] = "",
            ["messages/messages.proto"] = $$"""
                syntax = "proto3";
                package {{Handle}}.notes;
                message Note {
                  string text = 1;
                }

                """,
            ["nodes/sign.py"] = """
                from gen.messages_pb2 import Note
                from gen.axiom_context import AxiomContext


                def sign(ax: AxiomContext, input: Note) -> Note:
                    signature, ok = ax.secrets.get("SIGNATURE")
                    return Note(text=f"{input.text}, from {signature if ok else 'anonymous'}")

                """,
            ["nodes/mark.py"] = """
                from gen.messages_pb2 import Note
                from gen.axiom_context import AxiomContext


                def mark(ax: AxiomContext, input: Note) -> Note:
                    return Note(text=input.text + "!")

                """,
        };
        foreach (var node in (string[])["sign", "mark"])
            files[$"nodes/{node}_test.py"] = $"""
                import unittest
                from nodes.{node} import {node}


                class There(unittest.TestCase):
                    def test_is_there(self):
                        self.assertTrue(callable({node}))

                """;
        return files.ToDictionary(file => file.Key, file => Encoding.UTF8.GetBytes(file.Value));
    }
}
