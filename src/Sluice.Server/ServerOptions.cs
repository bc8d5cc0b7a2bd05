namespace Sluice.Server;

/// <summary>What the operator says when starting the server, by argument, environment (<c>SLUICE_…</c>) or file.</summary>
internal sealed record ServerOptions
{
    /// <summary>Folder of everything that is kept. Default <c>./data</c>; made if it is missing.</summary>
    public required string Data { get; init; }

    /// <summary><c>sqlite</c> (default) or a PostgreSQL connection string (<c>Host=…</c>).</summary>
    public required string Store { get; init; }

    /// <summary>Addresses to listen on. Default <c>http://127.0.0.1:8787</c>.</summary>
    public required string Urls { get; init; }

    /// <summary>Plain HTTP on anything but loopback needs this said (design decision 16).</summary>
    public required bool AllowPlainHttp { get; init; }

    /// <summary>Development: a tenant, a member and a key ready made, and a loud notice.</summary>
    public required bool Dev { get; init; }

    public static ServerOptions Read(IConfiguration configuration) =>
        new()
        {
            Data = Path.GetFullPath(
                configuration["data"] ?? configuration["SLUICE_DATA"] ?? "data"
            ),
            Store = configuration["store"] ?? configuration["SLUICE_STORE"] ?? "sqlite",
            Urls = configuration["urls"] ?? configuration["SLUICE_URLS"] ?? "http://127.0.0.1:8787",
            AllowPlainHttp = IsOn(
                configuration["allow-plain-http"] ?? configuration["SLUICE_ALLOW_PLAIN_HTTP"]
            ),
            Dev = IsOn(configuration["dev"]),
        };

    private static bool IsOn(string? text) =>
        text is not null && text is not ("false" or "0" or "no");
}
