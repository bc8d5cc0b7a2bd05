using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Secrets;

/// <summary>A server of which everything that it logs is kept, to be searched.</summary>
internal sealed class SecretHouse : IAsyncDisposable
{
    private readonly TestHouse _house;
    private readonly TestGround? _owned;
    private readonly StringBuilder _log;

    private SecretHouse(TestHouse house, TestGround? owned, StringBuilder log) =>
        (_house, _owned, _log) = (house, owned, log);

    public string Folder => _house.Data;

    /// <summary>Every line that was logged, at any level.</summary>
    public string Log
    {
        get
        {
            // The server goes on logging meanwhile.
            lock (_log)
                return _log.ToString();
        }
    }

    public Database Database => _house.Database;

    public MasterKeys Masters => Get<MasterKeys>();

    public SecretRotator Rotator => Get<SecretRotator>();

    public PinnedSecrets Pins => Get<PinnedSecrets>();

    public T Get<T>()
        where T : notnull => _house.Services.GetRequiredService<T>();

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
        var house = await TestHouse.Open(
            ground.Folder,
            await ground.Store(),
            builder =>
            {
                builder.Logging.AddProvider(new KeepingLog(log));
                builder.Logging.SetMinimumLevel(LogLevel.Trace);
                adjust?.Invoke(builder.Services);
            },
            settings ?? []
        );
        return new SecretHouse(house, owns ? ground : null, log);
    }

    /// <summary>A tenant with a first key of its owner.</summary>
    public async Task<Tenant> NewTenant(string handle) => new(this, await _house.NewTenant(handle));

    public async Task<Answer> Admin(HttpMethod method, string path) =>
        await Answer.Of(await _house.Send(method, path, admin: true));

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        _owned?.Dispose();
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

    public static async Task<Answer> Of(HttpResponseMessage response)
    {
        using (response)
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

/// <summary>What a tenant, and a run of its, does with secrets.</summary>
internal sealed class Tenant(SecretHouse house, TestTenant tenant, string environment = "live")
{
    public string Id => tenant.Id;

    public string Environment => environment;

    public string Key => tenant.Key;

    /// <summary>The same tenant through a key of its test environment.</summary>
    public async Task<Tenant> InTest() =>
        new(
            house,
            tenant with
            {
                Key = await tenant.MintAsOperator("\"environment\":\"test\""),
            },
            "test"
        );

    public Task<Answer> Save(string name, string value, bool? replace = null)
    {
        var body = new JsonObject { ["value"] = value };
        if (replace is not null)
            body["replace"] = replace;
        return PutJson($"/api/v1/secrets/{name}", body.ToJsonString());
    }

    public Task<Answer> Delete(string name) => Send(HttpMethod.Delete, $"/api/v1/secrets/{name}");

    public Task<Answer> List() => Send(HttpMethod.Get, "/api/v1/secrets");

    public Task<Answer> PutJson(string path, string json) => Send(HttpMethod.Put, path, json);

    public async Task<Answer> Send(
        HttpMethod method,
        string path,
        string? json = null,
        Action<HttpRequestMessage>? adjust = null
    ) => await Answer.Of(await tenant.House.Send(method, path, json, tenant.Key, adjust: adjust));

    /// <summary>Sends JSON that the server refuses by its length.</summary>
    public async Task<Answer> SendAnnounced(HttpMethod method, string path, string json) =>
        await Answer.Of(
            await tenant.House.SendAnnounced(
                method,
                path,
                new StringContent(json, Encoding.UTF8, "application/json"),
                request => request.Headers.Authorization = new("Bearer", tenant.Key)
            )
        );

    /// <summary>Pins as a run that starts now does.</summary>
    public Task<SecretPin> Pin(string? config = null) =>
        house.Pins.Pin(Id, environment, config, CancellationToken.None);

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
