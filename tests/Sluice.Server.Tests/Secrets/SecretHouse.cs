using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Secrets;

/// <summary>A server on a free port and an empty folder; what it logs is kept to be searched.</summary>
internal sealed class SecretHouse : IAsyncDisposable
{
    public const string AdminKey = "admin-key-of-the-test-house";

    private readonly TestGround? _owned;
    private readonly HttpClient _http;

    private SecretHouse(WebApplication app, TestGround ground, bool owns, StringBuilder log)
    {
        (App, Folder, _owned, Log) = (app, ground.Folder, owns ? ground : null, log);
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public WebApplication App { get; }

    public string Folder { get; }

    /// <summary>Every line that was logged, at any level.</summary>
    public StringBuilder Log { get; }

    public Database Database => Get<Database>();

    public MasterKeys Masters => Get<MasterKeys>();

    public SecretRotator Rotator => Get<SecretRotator>();

    public PinnedSecrets Pins => Get<PinnedSecrets>();

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <param name="ground">Where it stands.</param>
    /// <param name="owns">Whether the ground is cleared at the end.</param>
    /// <param name="settings">Arguments as on the command line.</param>
    /// <param name="adjust">Services to add or replace.</param>
    public static async Task<SecretHouse> Start(
        TestGround ground,
        bool owns,
        string[]? settings = null,
        Action<IServiceCollection>? adjust = null
    )
    {
        var log = new StringBuilder();
        string[] args =
        [
            "--data",
            ground.Folder,
            "--store",
            await ground.Store(),
            "--urls",
            "http://127.0.0.1:0",
            "--SLUICE_ADMIN_API_KEY",
            AdminKey,
            .. settings ?? [],
        ];
        var app = await House.Build(
            args,
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Logging.AddProvider(new KeepingLog(log));
                builder.Logging.SetMinimumLevel(LogLevel.Trace);
                adjust?.Invoke(builder.Services);
            }
        );
        await app.StartAsync();
        return new SecretHouse(app, ground, owns, log);
    }

    /// <summary>A tenant with a first key of its owner.</summary>
    public async Task<Tenant> NewTenant(string handle)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/admin/organizations");
        request.Headers.Add("X-Admin-API-Key", AdminKey);
        request.Content = JsonContent.Create(
            new
            {
                org_id = handle,
                name = handle,
                owner = new { email = $"owner@{handle}.example" },
            }
        );
        using var response = await _http.SendAsync(request);
        var made = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return new Tenant(this, (string)made["tenant_id"]!, (string)made["key"]!)
        {
            Handle = handle,
        };
    }

    public async Task<Answer> Admin(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Admin-API-Key", AdminKey);
        return await Send(request);
    }

    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text);
    }

    /// <summary>Stops the server and leaves its folder.</summary>
    public async Task Stop()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Stop();
        if (_owned is not null)
            await _owned.DisposeAsync();
    }

    private sealed class KeepingLog(StringBuilder log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (log)
                log.Append(logLevel)
                    .Append(' ')
                    .AppendLine(formatter(state, exception))
                    .AppendLine(exception?.ToString());
        }

        public void Dispose() { }
    }
}

/// <summary>A status and a body.</summary>
internal sealed record Answer(int Status, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Code => Text.Length == 0 ? null : (string?)Json["code"];
}

/// <summary>A tenant seen through one of its keys.</summary>
internal sealed class Tenant(SecretHouse house, string id, string key)
{
    public string Id => id;

    public string Environment { get; private init; } = "live";

    /// <summary>The same tenant through a key of its test environment.</summary>
    public async Task<Tenant> InTest()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{Handle}/keys"
        );
        request.Headers.Add("X-Admin-API-Key", SecretHouse.AdminKey);
        request.Content = JsonContent.Create(new { name = "test", environment = "test" });
        var made = await house.Send(request);
        return new Tenant(house, id, (string)made.Json["key"]!)
        {
            Handle = Handle,
            Environment = "test",
        };
    }

    public string Handle { get; init; } = "";

    public Task<Answer> Save(string name, string value, bool? replace = null) =>
        Put(
            $"/api/v1/secrets/{name}",
            replace is null
                ? JsonContent.Create(new { value })
                : JsonContent.Create(new { value, replace })
        );

    public Task<Answer> Delete(string name) => Send(HttpMethod.Delete, $"/api/v1/secrets/{name}");

    public Task<Answer> List() => Send(HttpMethod.Get, "/api/v1/secrets");

    public Task<Answer> Put(string path, HttpContent content) =>
        Send(HttpMethod.Put, path, content);

    public Task<Answer> PutJson(string path, string json) =>
        Put(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<Answer> Send(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        Sign(request);
        // With a length rather than in chunks, as every client sends a body that it has whole.
        if (content is not null)
            await content.LoadIntoBufferAsync();
        return await house.Send(request);
    }

    public void Sign(HttpRequestMessage request) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);

    /// <summary>Pins as a run that starts now does.</summary>
    public Task<SecretPin> Pin(string? config = null) =>
        house.Pins.Pin(id, Environment, config, CancellationToken.None);

    /// <summary>Reads as node code does: the value, or null when it is not found.</summary>
    public async Task<string?> Read(SecretPin pin, string name)
    {
        using var memory = new PinnedSecret(SecretBody.MostBytes);
        var reading = await house.Pins.Read(pin, name, memory.Memory, CancellationToken.None);
        return reading.Status == SecretStatus.Available
            ? Encoding.UTF8.GetString(memory.Span[..reading.Length])
            : null;
    }

    /// <summary>Reads as a run does that starts now.</summary>
    public async Task<string?> ReadNow(string name, string? config = null) =>
        await Read(await Pin(config), name);
}
