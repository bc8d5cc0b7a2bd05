using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sluice.Soak;

/// <summary>One store, the servers on it, and two tenants with the same flows.</summary>
internal sealed class SoakWorld : IAsyncDisposable
{
    private const string AdminKey = "an-admin-key-of-the-soak";

    private readonly SoakOptions _options;
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }
    )
    {
        Timeout = TimeSpan.FromSeconds(15),
    };
    private int _started;
    private int _answers;
    private int _refusals;

    private readonly string _data;

    private SoakWorld(SoakOptions options, string folder, string data)
    {
        (_options, Folder, _data) = (options, folder, data);
        Servers = [new(0)];
        if (options.Postgres is not null)
            Servers = [new(0), new(1)];
        Directory.CreateDirectory(CallsFolder);
    }

    public string Folder { get; }

    public string CallsFolder => Path.Combine(Folder, "calls");

    /// <summary>The places in which servers run; on PostgreSQL there are two.</summary>
    public IReadOnlyList<SoakServer> Servers { get; }

    public IReadOnlyList<SoakTenant> Tenants { get; private set; } = [];

    /// <summary>Answers that callers got so far.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Answers so far that say that the store is not there.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>For how long the others believe in a server that does not say that it lives.</summary>
    public TimeSpan Lease { get; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Names of processes that stood still for longer than that, or took themselves for such.</summary>
    public List<string> Suspended { get; } = [];

    /// <summary>What servers printed that nobody should ever read.</summary>
    public List<string> Outcries { get; } = [];

    /// <param name="data">Where servers keep their data; with the rest when absent.</param>
    public static async Task<SoakWorld> Open(SoakOptions options, string? data = null)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-soak-").FullName;
        var world = new SoakWorld(options, folder, data ?? folder);
        try
        {
            var first = world.Servers[0];
            world.Start(first, fuse: null);
            await first.Process!.Listens;
            world.Tenants = [await world.NewTenant("ann-soak"), await world.NewTenant("bob-soak")];
            foreach (var other in world.Servers.Skip(1))
            {
                Directory.CreateDirectory(world.Data(other));
                File.Copy(
                    Path.Combine(world.Data(first), "master.key"),
                    Path.Combine(world.Data(other), "master.key")
                );
            }
            return world;
        }
        catch (Exception error)
        {
            var said = string.Join('\n', world.Servers.Select(server => server.Process?.Output));
            await world.DisposeAsync();
            throw new InvalidOperationException($"The soak could not begin: {said}", error);
        }
    }

    public string Data(SoakServer server) => Path.Combine(_data, $"data{server.Place}");

    /// <summary>Arguments of a server at a place, but for what only the soak's knows.</summary>
    public string[] ServerArgs(SoakServer server) =>
        [
            "--data",
            Data(server),
            "--store",
            _options.Postgres ?? "sqlite",
            "--urls",
            "http://127.0.0.1:0",
            "--SLUICE_ADMIN_API_KEY",
            AdminKey,
            // A server that a busy machine does not let run for so long loses its runs as one that is suspended does.
            "--Presence:RenewMs",
            "300",
            "--Presence:StopMs",
            "1000",
            "--Presence:LeaseMs",
            "1500",
            "--Logging:LogLevel:Default",
            "Warning",
            // Callers here are many and in a hurry; a tenant's limits have tests of their own.
            "--Limits:TenantPerSecond",
            "0",
            "--Limits:InvocationsPerSecond",
            "0",
            .. _options.ServerArgs,
        ];

    /// <summary>Starts a process at a place; it listens a little later.</summary>
    public void Start(SoakServer server, string? fuse, params string[] more)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{server.Place}-{_started++:D5}");
        server.Process = HostProcess.Start([
            .. ServerArgs(server),
            "--soak-calls",
            Path.Combine(CallsFolder, name + ".calls"),
            .. (string[])(fuse is null ? [] : ["--soak-fuse", fuse]),
            .. more,
        ]);
        server.Name = name;
    }

    /// <summary>Takes leave of a process that has ended.</summary>
    public async Task Bury(SoakServer server)
    {
        if (server.Process is not { } process)
            return;
        await process.Ended;
        // A run that could not be carried on is a bug, wherever it ends. A server that found no store has said so, and ended.
        if (process.Output.Contains("could not be carried on", StringComparison.Ordinal))
            Outcries.Add($"server {server.Name} said: {process.Output}");
        // It cannot say that it lives, or was taken for dead: those that we stopped are counted already, and say so too.
        var standstills = Math.Max(Times(process, 1312), Times(process, 1313));
        while (Suspended.Count(name => name == server.Name) < standstills)
            Suspended.Add(server.Name);
        await process.DisposeAsync();
        server.Process = null;
    }

    private static int Times(HostProcess process, int happened) =>
        process.Output.Split($"\"event\":{happened}").Length - 1;

    /// <summary>Sends to one of the servers that listen now.</summary>
    /// <returns>Null when none did, or the answer was lost on its way.</returns>
    public async Task<(int Status, JsonElement Body)?> Send(
        HttpMethod method,
        string path,
        SoakTenant tenant,
        string? body = null,
        string? idempotencyKey = null,
        int pick = 0
    )
    {
        var listening = Servers
            .Select(server => server.Process)
            .Where(process => process is { Listens.IsCompletedSuccessfully: true, HasEnded: false })
            .ToList();
        if (listening.Count == 0)
            return null;
        try
        {
            using var request = new HttpRequestMessage(
                method,
                new Uri(await listening[pick % listening.Count]!.Listens, path)
            );
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tenant.Key);
            if (idempotencyKey is not null)
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            if (body is not null)
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
                Interlocked.Increment(ref _answers);
            if (answer.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
                Interlocked.Increment(ref _refusals);
            return ((int)answer.StatusCode, JsonDocument.Parse(text).RootElement.Clone());
        }
        catch (Exception error)
            when (error
                    is HttpRequestException
                        or IOException
                        or SocketException
                        or OperationCanceledException
                        or JsonException
                        or InvalidOperationException
            )
        {
            // Killed in the middle of it.
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var server in Servers)
            if (server.Process is { } process)
                await process.DisposeAsync();
    }

    private async Task<SoakTenant> NewTenant(string handle)
    {
        var address = await Servers[0].Process!.Listens;
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(address, "/api/v1/admin/organizations")
        );
        request.Headers.Add("X-Admin-API-Key", AdminKey);
        request.Content = new StringContent(
            $$$"""{"org_id":"{{{handle}}}","name":"{{{handle}}}","owner":{"email":"owner@{{{handle}}}.example","name":"Owner"}}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await _http.SendAsync(request);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
        var id = json.GetProperty("tenant_id").GetString()!;
        using var flows = await _http.PostAsync(
            new Uri(address, $"{SoakHost.Open}/flows/{id}/{handle}"),
            null
        );
        return new SoakTenant(
            id,
            handle,
            json.GetProperty("key").GetString()!,
            JsonSerializer.Deserialize<Dictionary<string, string>>(
                await flows.Content.ReadAsStringAsync()
            )!
        );
    }
}

/// <summary>A place for a server: a data folder, and the process that runs on it now.</summary>
internal sealed class SoakServer(int place)
{
    public int Place => place;

    /// <summary>Of the process, also of the file of its calls.</summary>
    public string Name { get; set; } = "";

    public HostProcess? Process { get; set; }
}
