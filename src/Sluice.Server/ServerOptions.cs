using Sluice.Server.Doors.Listeners;

namespace Sluice.Server;

/// <summary>What the operator says when starting the server, by argument, environment (<c>SLUICE_…</c>) or file.</summary>
internal sealed record ServerOptions
{
    /// <summary>Folder of everything that is kept. Default <c>./data</c>; made if it is missing.</summary>
    public required string Data { get; init; }

    /// <summary><c>sqlite</c> (default) or a PostgreSQL connection string (<c>Host=…</c>).</summary>
    public required string Store { get; init; }

    /// <summary><c>urls</c> (default <c>http://127.0.0.1:8787</c>), <c>Tls:…</c> and <c>Listeners:NAME:…</c>.</summary>
    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary><c>Doors:FAMILY</c>: the listeners that a family of routes is served on.</summary>
    public required IReadOnlyDictionary<string, string> Doors { get; init; }

    /// <summary>Plain HTTP on anything but loopback needs this said (design decision 16).</summary>
    public required bool AllowPlainHttp { get; init; }

    /// <summary>The origin under which people reach it, such as <c>https://sluice.example.com</c>: links are made of it. Default: where it listens.</summary>
    public required string? PublicUrl { get; init; }

    /// <summary>
    /// <c>Proxies</c>: addresses and CIDR ranges, with commas between, of proxies whose word on who called is taken
    /// (<c>X-Forwarded-For</c>). Default: none.
    /// </summary>
    public required IReadOnlyList<string> Proxies { get; init; }

    /// <summary>Development: a tenant, a member and a key ready made, and a loud notice.</summary>
    public required bool Dev { get; init; }

    /// <summary>Switches that need no value: <c>--dev</c> is <c>--dev true</c>, which the configuration reader does not know by itself.</summary>
    private static readonly string[] Switches =
    [
        "--dev",
        "--allow-plain-http",
        "--replace",
        "--with-master-key",
    ];

    public static string[] Normalise(string[] args) =>
        [.. args.SelectMany(arg => Switches.Contains(arg) ? new[] { arg, "true" } : [arg])];

    public static ServerOptions Read(IConfiguration configuration) =>
        new()
        {
            Data = Path.GetFullPath(
                configuration["data"] ?? configuration["SLUICE_DATA"] ?? "data"
            ),
            Store = configuration["store"] ?? configuration["SLUICE_STORE"] ?? "sqlite",
            Listeners = Listener.ReadAll(
                configuration,
                configuration["urls"] ?? configuration["SLUICE_URLS"]
            ),
            Doors = configuration
                .GetSection("Doors")
                .GetChildren()
                .ToDictionary(door => door.Key, door => door.Value ?? ""),
            AllowPlainHttp = IsOn(
                configuration["allow-plain-http"] ?? configuration["SLUICE_ALLOW_PLAIN_HTTP"]
            ),
            Proxies =
            [
                .. (configuration["Proxies"] ?? configuration["SLUICE_PROXIES"] ?? "").Split(
                    [',', ' '],
                    StringSplitOptions.RemoveEmptyEntries
                ),
            ],
            PublicUrl = configuration["public-url"] ?? configuration["SLUICE_PUBLIC_URL"],
            Dev = IsOn(configuration["dev"]),
        };

    /// <summary>Whether the embedded store is in use.</summary>
    public bool Embedded => Store == "sqlite";

    internal static bool IsOn(string? text) =>
        text is not null && text is not ("false" or "0" or "no");
}
