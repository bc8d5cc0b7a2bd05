using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Identity.Passwords;
using Sluice.Server.Keys;
using Sluice.Server.Outbound;
using Sluice.Server.Store;
using Sluice.Server.Tests.Identity;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests;

/// <summary>The real server on a free loopback port and an empty data folder; on SQLite unless told otherwise.</summary>
internal sealed class TestHouse : IAsyncDisposable
{
    public const string AdminKey = "an-admin-key-of-the-tests";

    /// <summary>Tests call faster than people; the limits have tests of their own.</summary>
    public static readonly string[] Unlimited =
    [
        "--Limits:TenantPerSecond",
        "0",
        "--Limits:InvocationsPerSecond",
        "0",
        "--Keys:BadKeysPerMinute",
        "1000000",
        "--Sessions:FailuresPerMinute",
        "1000000",
    ];

    /// <summary>Of passwords: few, since tests sign in often.</summary>
    public const int Rounds = 1000;

    private readonly WebApplication? _app;
    private readonly bool _ownsData;
    private static int _tenants;

    private TestHouse(WebApplication? app, Uri address, string data, bool ownsData)
    {
        (_app, Data, _ownsData) = (app, data, ownsData);
        // No cookies of its own: whoever signs in carries theirs.
        Client = new HttpClient(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
        )
        {
            BaseAddress = address,
        };
    }

    public HttpClient Client { get; }

    public string Data { get; }

    public IServiceProvider Services =>
        _app?.Services ?? throw new InvalidOperationException("That house is another process.");

    public Database Database => Services.GetRequiredService<Database>();

    /// <param name="data">A folder to go on with; a new one when absent.</param>
    /// <param name="store">PostgreSQL connection string; SQLite when absent.</param>
    /// <param name="adjust">Last word on the services, such as a clock.</param>
    public static async Task<TestHouse> Open(
        string? data = null,
        string? store = null,
        Action<WebApplicationBuilder>? adjust = null,
        params string[] args
    )
    {
        var folder = data ?? NewFolder();
        string[] all =
        [
            "--data",
            folder,
            "--urls",
            "http://127.0.0.1:0",
            "--SLUICE_ADMIN_API_KEY",
            AdminKey,
            "--store",
            store ?? "sqlite",
            .. Unlimited,
            .. args,
        ];
        var app = await House.Build(
            all,
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton(new PasswordCheck(Rounds));
                // What a start shows once is shown to nobody.
                builder.Services.AddSingleton(TextWriter.Null);
                // A name that nobody has is not asked for all over the world.
                builder.Services.AddSingleton<ResolveHost>(
                    (host, stop) =>
                        host.EndsWith(".invalid", StringComparison.Ordinal)
                            ? Task.FromResult<IPAddress[]>([])
                            : Dns.GetHostAddressesAsync(host, stop)
                );
                adjust?.Invoke(builder);
            }
        );
        await app.StartAsync();
        return new TestHouse(app, new Uri(app.Urls.First()), folder, data is null);
    }

    /// <summary>One that other users can pass through, as the runner's process tier needs it when started by root.</summary>
    private static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                folder,
                File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
            );
        return folder;
    }

    /// <summary>A house that runs in another process, with <see cref="AdminKey"/>; only its calls can be made.</summary>
    public static TestHouse At(Uri address, string data) =>
        new(null, address, data, ownsData: false);

    /// <summary>Issues and installs a license: for all servers on the store, when each reads it next.</summary>
    public async Task License(string tier)
    {
        using var issued = await Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            $$"""{"organization":"Tests","tier":"{{tier}}"}""",
            admin: true
        );
        var key = (await Json(issued)).GetProperty("key").GetString();
        using var installed = await Send(
            HttpMethod.Put,
            "/api/v1/admin/license",
            $$"""{"key":"{{key}}"}""",
            admin: true
        );
        Assert.True(installed.IsSuccessStatusCode);
    }

    /// <summary>A tenant with an owner and a live key that may do everything.</summary>
    public async Task<TestTenant> NewTenant(string? handle = null)
    {
        handle ??= $"t{Interlocked.Increment(ref _tenants)}-{Guid.NewGuid():N}"[..16];
        var body =
            $$$"""{"org_id":"{{{handle}}}","name":"Tenant {{{handle}}}","owner":{"email":"owner@{{{handle}}}.example","name":"Owner"}}""";
        using var answer = await Send(
            HttpMethod.Post,
            "/api/v1/admin/organizations",
            body,
            admin: true
        );
        var json = await Json(answer);
        return new TestTenant(
            this,
            handle,
            json.GetProperty("tenant_id").GetString()!,
            json.GetProperty("key").GetString()!
        );
    }

    public Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        string? body = null,
        string? key = null,
        bool admin = false,
        Action<HttpRequestMessage>? adjust = null
    )
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (admin)
            request.Headers.Add("X-Admin-API-Key", AdminKey);
        adjust?.Invoke(request);
        return Client.SendAsync(request);
    }

    public static async Task<JsonElement> Json(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        try
        {
            return JsonDocument.Parse(text).RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new InvalidOperationException(
                $"{(int)answer.StatusCode} with no JSON: {text}",
                error
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (_ownsData)
            DataFolder.Remove(Data);
    }
}

/// <summary>A tenant of a <see cref="TestHouse"/> and what its people do.</summary>
internal sealed record TestTenant(TestHouse House, string Handle, string Id, string Key)
{
    public Task<HttpResponseMessage> Get(string path) => House.Send(HttpMethod.Get, path, key: Key);

    public Task<HttpResponseMessage> Post(string path, string body = "{}") =>
        House.Send(HttpMethod.Post, path, body, Key);

    public Task<HttpResponseMessage> Put(string path, string body) =>
        House.Send(HttpMethod.Put, path, body, Key);

    public Task<HttpResponseMessage> Delete(string path) =>
        House.Send(HttpMethod.Delete, path, key: Key);

    /// <summary>A key with these members beside its name, such as <c>"scopes":["runs:read"]</c>.</summary>
    public async Task<(string Id, string Text)> MintKey(string? members = null)
    {
        using var answer = await Post(
            "/api/v1/keys",
            $$"""{"name":"a key"{{(members is null ? "" : "," + members)}}}"""
        );
        var json = await TestHouse.Json(answer);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return (json.GetProperty("id").GetString()!, json.GetProperty("key").GetString()!);
    }

    /// <summary>Another member, put into the store: people are invited where they can sign in.</summary>
    /// <returns>The member's id.</returns>
    public async Task<string> NewMember(string role, string? email = null)
    {
        var member = new Member
        {
            Id = House.Services.GetRequiredService<UlidSource>().Next().ToString(),
            Email = email ?? $"{Guid.NewGuid():N}@{Handle}.example",
            Name = role,
            Role = role,
            CreatedAt = 0,
        };
        await House.Database.Write(session => OwnerStore.Insert(session, Id, member));
        return member.Id;
    }

    /// <summary>A member who can sign in, with <see cref="Person.Password"/>.</summary>
    public async Task<Person> NewPerson(string role)
    {
        var id = await NewMember(role);
        return await WithPassword(id);
    }

    /// <summary>The member with a password, put into the store.</summary>
    public async Task<Person> WithPassword(string memberId)
    {
        var member = await House.Database.Read(session =>
            OwnerStore.FindMember(session, Id, memberId)
        );
        var stored = Password.Store(Person.Password, TestHouse.Rounds);
        await House.Database.Write(async session =>
        {
            await LoginStore.SetPassword(session, member!.Email, stored, 0);
            await OwnerStore.SetJoined(session, Id, memberId, 0);
        });
        return new Person(this, memberId, member!.Email);
    }

    /// <summary>A key of a member, put into the store: a member makes one after signing in.</summary>
    /// <returns>Its text.</returns>
    public async Task<string> KeyOf(string memberId)
    {
        var minted = CreateKey.Mint(
            new KeyWish("a member's", EnvironmentNames.Live, "standard", null),
            OwnerKinds.Member,
            memberId,
            new KeyOptions(),
            House.Services.GetRequiredService<UlidSource>(),
            TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()
        );
        await House.Database.Write(session => KeyStore.Insert(session, Id, minted.Key));
        return minted.Text;
    }

    /// <summary>A live or test key that the operator mints.</summary>
    public async Task<string> MintAsOperator(string members)
    {
        using var answer = await House.Send(
            HttpMethod.Post,
            $"/api/v1/admin/organizations/{Handle}/keys",
            $$"""{"name":"by the operator",{{members}}}""",
            admin: true
        );
        return (await TestHouse.Json(answer)).GetProperty("key").GetString()!;
    }
}
